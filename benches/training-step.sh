#!/usr/bin/env bash
# The training step of the modality-specific model against the same model in eager PyTorch: the very
# same weights, batches and losses, equal threads, interleaved in one run.
#   benches/training-step.sh                                    widths 64, 128, 256 and 768 (20 minutes)
#   benches/training-step.sh WIDTH LAYERS HEADS BATCH STEPS THREADS ROUNDS
# The peer runs six whole passes as the released code does, and once more with shared lower layers.
# "Products alone" are the matrix products of the step and nothing else, by our engine: the share of
# the peak that they reach is what no step at these sizes can pass.
# PYTHON names a Python with torch (pip install torch, or Debian's python3-torch together with
# libopenblas0-openmp: without it, it computes with the reference BLAS, which is no fair peer).
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
"$python" -c 'import torch; print("peer: PyTorch", torch.__version__)' || {
  echo "PYTHON=$python has no torch: pip install torch, or apt-get install python3-torch" >&2
  exit 2
}
mvn -q -B -Dquick -Dmaven.test.skip=true -Pbenches -pl benches -am package
classes="benches/target/classes:$(cat benches/target/classpath)"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

java_bench() {
  # As the launcher sets them.
  MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=268435456 \
    MALLOC_TOP_PAD_=67108864 \
    java -XX:+UseSerialGC -Dai.djl.offline=true "-Dai.djl.pytorch.num_threads=$threads" \
    -cp "$classes" "org.amalgam.benches.$1" "${@:2}"
}
ours() {
  java_bench TrainingStep "$work" "$width" "$layers" "$heads" "$batch" "$steps" "$threads"
}
peer() {
  OMP_NUM_THREADS="$threads" OPENBLAS_NUM_THREADS="$threads" "$python" benches/torch_step.py \
    "$work" --width "$width" --layers "$layers" --heads "$heads" --threads "$threads" "$@"
}
# The first third of each run warms up and is not counted.
counted() { tail -n $((steps - steps / 3)) | cut -d' ' -f1; }
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

measure() {
  local width=$1 layers=$2 heads=$3 batch=$4 steps=$5 threads=$6 rounds=$7
  local work="$out/$width-$layers" alone=
  ours > /dev/null # the first run makes the data
  peer --products > "$work/products"
  for _ in $(seq "$rounds"); do
    ours | grep -E '^[0-9.]+ [0-9.]+$' | tee "$work/steps" | counted >> "$work/ours"
    peer | tee "$work/peer steps" | counted >> "$work/six passes"
    peer --shared | counted >> "$work/shared"
    java_bench Products "$threads" < "$work/products" > "$work/alone"
    cut -d' ' -f1 "$work/alone" >> "$work/products alone"
    cut -d' ' -f2 "$work/alone" >> "$work/peaks"
  done
  read -r needed peak samples < <(peer --facts)
  # The higher of the two libraries' peaks.
  peak=$(sort -n "$work/peaks" | awk -v p="$peak" '{ if ($1 > p) p = $1 } END { print p }')
  echo "width $width, $layers layers, batch $batch, $threads threads, median ms a step;" \
    "losses of ours and the peer differ by at most" \
    "$(paste -d' ' "$work/steps" "$work/peer steps" |
      awk '{ d = $2 - $4; if (d < 0) d = -d; if (d > m) m = d } END { print m + 0 }')"
  for name in ours 'six passes' shared 'products alone'; do
    awk -v n="$name" -v a="$(median "$work/ours")" -v b="$(median "$work/$name")" -v f="$needed" \
      -v p="$peak" -v s="$samples" 'BEGIN {
      printf "  %-14s %8.1f   ours / this %.2f   %6.0f samples/s   %6.1f GFLOP/s needed, %2.0f%% of %.0f\n",
        n, b, a / b, 1000 * s / b, 1000 * f / b, 100000 * f / b / p, p }'
  done
}

if [ $# -gt 0 ]; then
  measure "${1:-64}" "${2:-6}" "${3:-2}" "${4:-64}" "${5:-30}" "${6:-1}" "${7:-3}"
else
  measure 64 6 2 64 30 2 3
  measure 128 6 4 64 12 2 3
  measure 128 12 4 64 9 2 3
  measure 256 6 8 64 6 2 3
  measure 768 12 12 8 3 2 3
fi
