#!/usr/bin/env bash
# How long planning takes: the final recipe asked for as many alphas as make about 1,000, 10,000 and
# 100,000 points in ten replicates, each size in a process of its own:
#   benches/planning.sh [SIZE...]
# The target is 3 s for 100,000 points, and a time in proportion to the points.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- 1000 10000 100000
mvn -q -B -Dquick -Dmaven.test.skip=true -Pbenches -pl benches -am package
for size in "$@"; do
  java -Xmx1g -XX:+UseSerialGC -cp "benches/target/classes:$(cat benches/target/classpath)" \
    org.amalgam.benches.Planning recipes/final-recipe.yaml "$size"
done
