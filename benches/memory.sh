#!/usr/bin/env bash
# Resident memory over the steps of a pre-training with everything on, every 500 steps; Linux only:
#   benches/memory.sh [WIDTH LAYERS HEADS BATCH STEPS]
set -euo pipefail
cd "$(dirname "$0")/.."
mvn -q -B -Dquick -Dmaven.test.skip=true -Pbenches -pl benches -am package
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
# As the launcher sets them.
export MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=33554432
export MALLOC_TRIM_THRESHOLD_=268435456 MALLOC_TOP_PAD_=67108864
java -Xmx256m -XX:+UseSerialGC -Dai.djl.offline=true \
  -cp "benches/target/classes:$(cat benches/target/classpath)" \
  org.amalgam.benches.MemoryOverSteps \
  "$out" "${1:-32}" "${2:-3}" "${3:-2}" "${4:-8}" "${5:-3000}"
