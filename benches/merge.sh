#!/usr/bin/env bash
# Merging a base-size modality-specific checkpoint of random weights (0.84 GB in f32) by
# interpolation, against the same in PyTorch (load, merge, save) and against copying the file,
# interleaved:
#   benches/merge.sh [ROUNDS] [FOLDER]
# FOLDER (default: a new one below TMPDIR) needs 3 GB; name one on the disk that is to be measured.
# Neither side hashes what it reads (--no-parents). Files are in the page cache for all alike. PYTHON names a Python with torch and safetensors.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
python=${PYTHON:-python3}
"$python" -c 'import torch, safetensors; print("peer: PyTorch", torch.__version__)' || {
  echo "PYTHON=$python lacks torch or safetensors: pip install torch safetensors" >&2
  exit 2
}
if [ $# -ge 2 ]; then
  folder=$2
  mkdir -p "$folder"
else
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
fi
model=$folder/specific.safetensors
[ -f "$model" ] || "$python" benches/torch_merge.py make "$model"
./amalgam --version >/dev/null
rm -f "$folder"/*.times
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { print b - a }'; }
field() { sed -n "s/.*\"$1\": *\([0-9.E-]*\).*/\1/p" "$2"; }

for _ in $(seq "$rounds"); do
  rm -f "$folder/copy" "$folder/ours.safetensors" "$folder/theirs.safetensors"
  began=$(now)
  dd if="$model" of="$folder/copy" bs=1M status=none
  since "$began" >> "$folder/dd.times"
  rm -f "$folder/copy"
  began=$(now)
  cp "$model" "$folder/copy"
  since "$began" >> "$folder/cp.times"
  rm -f "$folder/copy"
  began=$(now)
  AMALGAM_JAVA_FLAGS=-Xmx512m ./amalgam merge "$model" -o "$folder/ours.safetensors" \
    --method interpolation --alpha 0.5 --no-parents --output json > "$folder/ours.json"
  since "$began" >> "$folder/ours-process.times"
  field seconds "$folder/ours.json" >> "$folder/ours.times"
  began=$(now)
  "$python" benches/torch_merge.py merge "$model" "$folder/theirs.safetensors" 0.5 \
    >> "$folder/torch.times"
  since "$began" >> "$folder/torch-process.times"
done
"$python" benches/torch_merge.py compare "$folder/ours.safetensors" "$folder/theirs.safetensors"

median() { sort -g "$folder/$1.times" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
size=$(stat -c %s "$model")
moved=$(($(field bytes_read "$folder/ours.json") + $(field bytes_written "$folder/ours.json")))
awk -v rounds="$rounds" -v size="$size" -v moved="$moved" -v dd="$(median dd)" -v cp="$(median cp)" \
  -v ours="$(median ours)" -v process="$(median ours-process)" \
  -v torch="$(median torch)" -v theirs="$(median torch-process)" 'BEGIN {
  printf "medians of %d rounds, %d cores:\n", rounds, '"$(nproc)"'
  printf "  copy by dd bs=1M     %6.2f s  %5.2f GB/s read and written\n", dd, 2 * size / dd / 1e9
  printf "  copy by cp           %6.2f s  %5.2f GB/s\n", cp, 2 * size / cp / 1e9
  printf "  amalgam merge        %6.2f s  %5.2f GB/s, %.0f %% of dd, %.0f %% of cp\n", ours,
    moved / ours / 1e9, 100 * moved / ours / (2 * size / dd), 100 * moved / ours / (2 * size / cp)
  printf "    whole process      %6.2f s  %5.2f GB/s, %.0f %% of dd, %.0f %% of cp\n", process,
    moved / process / 1e9, 100 * moved / process / (2 * size / dd),
    100 * moved / process / (2 * size / cp)
  printf "  PyTorch              %6.2f s  ours / this %.2f\n", torch, ours / torch
  printf "    whole process      %6.2f s  ours / this %.2f\n", theirs, process / theirs
}'
