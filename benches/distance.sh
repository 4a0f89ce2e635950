#!/usr/bin/env bash
# Distances within a base-size modality-specific checkpoint of random weights (0.84 GB in f32), TSSD
# included, with 512 MiB of heap: seconds and the most resident memory of each round. That includes
# the file's pages, which are mapped and can be dropped at any time.
#   benches/distance.sh [ROUNDS] [FILE]
# FILE (default: made anew below TMPDIR) is such a checkpoint; to make one, PYTHON must name a Python
# with torch and safetensors. Needs GNU time.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-3}
model=${2:-}
if [ -z "$model" ]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  model=$folder/specific.safetensors
  "${PYTHON:-python3}" benches/torch_merge.py make "$model"
fi
./amalgam --version >/dev/null
cat "$model" >/dev/null
for _ in $(seq "$rounds"); do
  AMALGAM_JAVA_FLAGS=-Xmx512m command time -f '%e s, %M kB resident at most, %U s of user time' \
    ./amalgam distance "$model" --output json >/dev/null
done
