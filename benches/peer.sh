# Sourced by benches that merge beside PyTorch, with the FOLDER they were given or an empty text:
# sets python and folder, or ends where python lacks torch.
python=${PYTHON:-python3}
"$python" -c 'import torch; print("peer: PyTorch", torch.__version__, torch.get_num_threads(), "threads")' || {
  echo "PYTHON=$python lacks torch: pip install torch" >&2
  exit 2
}
if [ -n "$1" ]; then
  folder=$1
  mkdir -p "$folder"
else
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
fi
