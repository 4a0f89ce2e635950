#!/usr/bin/env bash
# RegMean at base size: a modality-specific checkpoint of random weights (0.84 GB in f32) and random
# Gram matrices of all its layers and experts (2.3 GB in f64), merged with 512 MiB of heap, and the
# same in PyTorch (load, torch.linalg in f64, save), interleaved:
#   benches/regmean.sh [ROUNDS] [FOLDER]
# FOLDER (default: a new one below TMPDIR) needs 5 GB. Resident memory includes the mapped pages of
# the files, which can be dropped at any time; the most of what cannot is told beside it. PYTHON
# names a Python with torch. Needs GNU time and Linux.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-1}
source benches/peer.sh "${2:-}"
model=$folder/specific.safetensors
grams=$folder/grams.safetensors
[ -f "$model" ] || "$python" benches/torch_merge.py make "$model"
[ -f "$grams" ] || "$python" benches/torch_merge.py grams "$grams"
./amalgam --version >/dev/null

anonymous() { # PID: the most memory that is no file's, in KiB
  local most=0 now
  while now=$(awk '/^RssAnon/ { print $2 }' "/proc/$1/status" 2>/dev/null) && [ -n "$now" ]; do
    [ "$now" -le "$most" ] || most=$now
    sleep 0.1
  done
  echo "$most"
}

for _ in $(seq "$rounds"); do
  rm -f "$folder/ours.safetensors" "$folder/theirs.safetensors"
  AMALGAM_JAVA_FLAGS=-Xmx512m command time -f '%e %M %U' -o "$folder/time" \
    sh -c 'echo $$ > "$1/pid"; shift; exec "$@"' - "$folder" ./amalgam merge "$model" \
    -o "$folder/ours.safetensors" --method regmean --gamma 0.9 --grams "$grams" --output json \
    > "$folder/ours.json" &
  sleep 0.2
  anon=$(anonymous "$(cat "$folder/pid")")
  wait $!
  read -r elapsed resident user < "$folder/time"
  theirs=$("$python" benches/torch_merge.py regmean "$model" "$grams" "$folder/theirs.safetensors" 0.9)
  "$python" benches/torch_merge.py compare "$folder/ours.safetensors" "$folder/theirs.safetensors"
  awk -v e="$elapsed" -v r="$resident" -v u="$user" -v a="$anon" -v t="$theirs" '
    /"seconds"/ { gsub(/[^0-9.]/, ""); s = $0 }
    END {
      printf "amalgam merge: %.1f s (process %.1f s, %.1f s of user time), ", s, e, u
      printf "%.0f MB resident at most, %.0f MB without mapped files\n", r / 1000, a / 1000
      printf "PyTorch: %.1f s; ours / this %.2f\n", t, s / t
    }' "$folder/ours.json"
done
echo "thread-seconds a layer:"
sed -n '/layer_thread_seconds/,/}/p' "$folder/ours.json"
