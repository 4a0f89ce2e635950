#!/usr/bin/env bash
# The training step of the modality-specific model against the same model in eager PyTorch, with
# equal sizes, batch and threads, interleaved in one run:
#   benches/training-step.sh [WIDTH LAYERS HEADS BATCH STEPS THREADS ROUNDS]
# The peer runs six whole passes as the released code does, and once more with shared lower layers.
# PYTHON names a Python with torch (pip install torch, or Debian's python3-torch together with
# libopenblas0-openmp: without it, it computes with the reference BLAS, which is no fair peer).
set -euo pipefail
cd "$(dirname "$0")/.."
width=${1:-64} layers=${2:-6} heads=${3:-2} batch=${4:-64} steps=${5:-30} threads=${6:-1} rounds=${7:-3}
python=${PYTHON:-python3}
"$python" -c 'import torch; print("peer: PyTorch", torch.__version__)' || {
  echo "PYTHON=$python has no torch: pip install torch, or apt-get install python3-torch" >&2
  exit 2
}
mvn -q -B -Dquick -Dmaven.test.skip=true -Pbenches -pl benches -am package
classes="benches/target/classes:$(cat benches/target/classpath)"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
# As the launcher sets them.
export MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=33554432
export MALLOC_TRIM_THRESHOLD_=268435456 MALLOC_TOP_PAD_=67108864

ours() {
  java -XX:+UseSerialGC -Dai.djl.offline=true "-Dai.djl.pytorch.num_threads=$threads" \
    -cp "$classes" org.amalgam.benches.TrainingStep \
    "$out/work" "$width" "$layers" "$heads" "$batch" "$steps" "$threads"
}
peer() {
  env -u MALLOC_ARENA_MAX -u MALLOC_MMAP_THRESHOLD_ -u MALLOC_TRIM_THRESHOLD_ -u MALLOC_TOP_PAD_ \
    OMP_NUM_THREADS="$threads" OPENBLAS_NUM_THREADS="$threads" "$python" benches/torch_step.py \
    "$out/work" --width "$width" --layers "$layers" --heads "$heads" --threads "$threads" "$@"
}
# The first third of each run warms up and is not counted.
counted() { tail -n $((steps - steps / 3)) | cut -d' ' -f1; }
ours > /dev/null # the first run makes the data
for _ in $(seq "$rounds"); do
  ours | grep -E '^[0-9.]+ [0-9.]+$' | tee "$out/steps" | counted >> "$out/ours"
  peer | tee "$out/peer steps" | counted >> "$out/six passes"
  peer --shared | counted >> "$out/shared"
done
read -r needed peak samples < <(peer --facts)

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
mine=$(median "$out/ours")
echo "losses of ours and of the peer, step by step, differ by at most" \
  "$(paste -d' ' "$out/steps" "$out/peer steps" |
    awk '{ d = $2 - $4; if (d < 0) d = -d; if (d > m) m = d } END { print m + 0 }')"
echo "width $width, $layers layers, batch $batch, $threads threads, median ms a step:"
for name in ours 'six passes' shared; do
  other=$(median "$out/$name")
  awk -v n="$name" -v a="$mine" -v b="$other" -v f="$needed" -v p="$peak" -v s="$samples" 'BEGIN {
    printf "  %-12s %8.1f   ours / this %.2f   %6.0f samples/s   %6.1f GFLOP/s needed, %2.0f%% of %.0f\n",
      n, b, a / b, 1000 * s / b, 1000 * f / b, 100000 * f / b / p, p }'
done
