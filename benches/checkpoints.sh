#!/usr/bin/env bash
# Checkpoints made afresh by whatever PyTorch there is, read back bit for bit, and one of ours read
# by it:
#   benches/checkpoints.sh
# The same tests run in `mvn verify` on files that PyTorch 1.13 wrote. PYTHON names a Python with torch.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
"$python" -c 'import torch; print("PyTorch", torch.__version__)' || {
  echo "PYTHON=$python lacks torch: pip install torch, or apt-get install python3-torch" >&2
  exit 2
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" stages/src/tools/checkpoints/write_checkpoints.py "$folder"
mvn -q -B -Dquick -pl stages -am test -Dtest=PyTorchCheckpointTest \
  -Dsurefire.failIfNoSpecifiedTests=false -Damalgam.checkpoints="$folder"
"$python" stages/src/tools/checkpoints/write_checkpoints.py --check "$folder/ours.ckpt"
