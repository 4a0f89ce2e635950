#!/usr/bin/env bash
# Merging a base-size modality-specific checkpoint of random weights (0.84 GB in f32) by
# interpolation, against the same in PyTorch (load, merge, save) and against copying the file,
# interleaved:
#   benches/merge.sh [ROUNDS] [FOLDER]
# FOLDER (default: a new one below TMPDIR) needs 3 GB; name one on the disk that is to be measured.
# Amalgam is run as it is by default, hashing what it reads, and with --no-parents. PyTorch is run
# on safetensors, by the package where PYTHON has it and else by lines that map the file, and on
# what torch.save writes. Files are in the page cache for all alike. PYTHON names a Python with
# torch.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
source benches/peer.sh "${2:-}"
model=$folder/specific.safetensors
[ -f "$model" ] || "$python" benches/torch_merge.py make "$model"
[ -f "$folder/specific.pt" ] || "$python" benches/torch_merge.py pickle "$model" "$folder/specific.pt"
./amalgam --version >/dev/null
rm -f "$folder"/*.times
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { print b - a }'; }
field() { sed -n "s/.*\"$1\" *: *\([0-9.E-]*\).*/\1/p" "$2"; }

ours() { # NAME OPTION...
  local name=$1 began
  shift
  rm -f "$folder/ours.safetensors"
  began=$(now)
  AMALGAM_JAVA_FLAGS=-Xmx512m ./amalgam merge "$model" -o "$folder/ours.safetensors" \
    --method interpolation --alpha 0.5 --output json "$@" > "$folder/ours.json"
  since "$began" >> "$folder/$name-process.times"
  field seconds "$folder/ours.json" >> "$folder/$name.times"
}

theirs() { # NAME ENDING
  local began
  began=$(now)
  "$python" benches/torch_merge.py merge "$folder/specific.$2" "$folder/theirs.$2" 0.5 \
    >> "$folder/$1.times"
  since "$began" >> "$folder/$1-process.times"
}

for round in $(seq "$rounds"); do
  began=$(now)
  dd if="$model" of="$folder/copy" bs=1M status=none
  since "$began" >> "$folder/dd.times"
  rm -f "$folder/copy"
  began=$(now)
  cp "$model" "$folder/copy"
  since "$began" >> "$folder/cp.times"
  rm -f "$folder/copy"
  ours hashed
  ours plain --no-parents
  theirs mapped safetensors
  [ "$round" -gt 1 ] ||
    "$python" benches/torch_merge.py compare "$folder/ours.safetensors" "$folder/theirs.safetensors"
  rm -f "$folder/theirs.safetensors"
  theirs pickled pt
  rm -f "$folder/theirs.pt"
done

median() { sort -g "$folder/$1.times" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
size=$(stat -c %s "$model")
moved=$(($(field bytes_read "$folder/ours.json") + $(field bytes_written "$folder/ours.json")))
dd=$(median dd)
cp=$(median cp)
row() { # LABEL SECONDS BYTES
  awk -v label="$1" -v t="$2" -v bytes="$3" -v dd="$dd" -v cp="$cp" -v copied=$((2 * size)) \
    -v safe="$4" -v pickle="$5" 'BEGIN {
    printf "  %-26s %6.2f s  %5.2f GB/s, %3.0f %% of dd, %3.0f %% of cp", label, t, bytes / t / 1e9,
      100 * bytes / t * dd / copied, 100 * bytes / t * cp / copied
    if (safe) printf ", %.2f and %.2f of PyTorch", t / safe, t / pickle
    print ""
  }'
}
echo "medians of $rounds rounds, $(nproc) cores; bytes read and written; of PyTorch: with safetensors, with torch.save"
row "copy by dd bs=1M" "$dd" $((2 * size)) 0 0
row "copy by cp" "$cp" $((2 * size)) 0 0
for name in hashed plain; do
  label=$([ "$name" = hashed ] && echo "amalgam merge" || echo "amalgam merge --no-parents")
  row "$label" "$(median $name)" "$moved" "$(median mapped)" "$(median pickled)"
  row "  whole process" "$(median $name-process)" "$moved" "$(median mapped-process)" \
    "$(median pickled-process)"
done
row "PyTorch, safetensors" "$(median mapped)" "$moved" 0 0
row "PyTorch, torch.save" "$(median pickled)" "$moved" 0 0
