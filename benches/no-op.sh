#!/usr/bin/env bash
# A run in which nothing is to be done: 1,000 trivial stages, 100 chains of 10, for Amalgam, for
# Snakemake (Debian's 7) and for GNU make, from cold processes and interleaved:
#   benches/no-op.sh [ROUNDS]
# The target is 1.5 CPU seconds. Before it each really runs for the first time, which is timed too.
# The target for Amalgam is 20 ms a stage in process.
#
# What is compared: the recipe and the Makefile spell 1,000 stages out. Snakemake gets that too
# (snakemake-rules), and one rule with wildcards (snakemake), which is how its users write it and
# quicker. Amalgam compares settings, code and contents; Snakemake, with its default rerun triggers
# (code, input, mtime, params, software-env), what it wrote down in the first run; make compares times,
# as does Snakemake with --rerun-triggers mtime, told besides.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
chains=100 links=10
for tool in snakemake make; do
  command -v "$tool" >/dev/null || { echo "there is no $tool: apt-get install $tool" >&2; exit 2; }
done
here=$PWD
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
mkdir -p "$out/make" "$out/snakemake" "$out/snakemake-rules"

awk -v chains=$chains -v links=$links 'BEGIN {
  print "recipe: no-op\nstages:"
  for (c = 0; c < chains; c++) for (i = 0; i < links; i++) {
    printf "  c%d-%d: {uses: noop, text: chain %d link %d", c, i, c, i
    if (i) printf ", inputs: [${c%d-%d}]", c, i - 1
    print "}"
  }
}' > "$out/no-op.yaml"
awk -v chains=$chains -v links=$links 'BEGIN {
  printf "all:"
  for (c = 0; c < chains; c++) printf " c%d-%d.txt", c, links - 1
  print ""
  for (c = 0; c < chains; c++) for (i = 0; i < links; i++) {
    printf "c%d-%d.txt:", c, i
    if (i) printf " c%d-%d.txt", c, i - 1
    printf "\n\t@echo chain %d link %d > $@\n", c, i
  }
}' > "$out/make/Makefile"
cat > "$out/snakemake/Snakefile" <<EOF
rule all:
    input: expand("c{c}-$((links - 1)).txt", c=range($chains))
rule link:
    output: "c{c,[0-9]+}-{i,[0-9]+}.txt"
    input: lambda w: [] if w.i == "0" else ["c" + w.c + "-" + str(int(w.i) - 1) + ".txt"]
    shell: "echo chain {wildcards.c} link {wildcards.i} > {output}"
EOF
awk -v chains=$chains -v links=$links 'BEGIN {
  printf "rule all:\n    input: "
  for (c = 0; c < chains; c++) printf "\"c%d-%d.txt\", ", c, links - 1
  print ""
  for (c = 0; c < chains; c++) for (i = 0; i < links; i++) {
    printf "rule c%d_%d:\n    output: \"c%d-%d.txt\"\n", c, i, c, i
    if (i) printf "    input: \"c%d-%d.txt\"\n", c, i - 1
    printf "    shell: \"echo chain %d link %d > {output}\"\n", c, i
  }
}' > "$out/snakemake-rules/Snakefile"

ours() { (cd "$out" && "$here/amalgam" run no-op.yaml --store store --progress none); }
gnu() { make -s -C "$out/make"; }
snake() { (cd "$out/$1" && snakemake --cores 2 --quiet "${@:2}"); }
# CPU seconds of user and system, then wall seconds, of a command and its children.
timed() {
  local TIMEFORMAT='%U %S %R'
  { time "$@" >"$out/said" 2>&1; } 2>&1 | awk '{ printf "%.3f %.3f\n", $1 + $2, $3 }'
}
first() { awk -v what="$1" -v n=$((chains * links)) \
  '{ printf "  %-15s %7.2f s, %5.2f ms a stage, %7.2f CPU s\n", what, $2, 1000 * $2 / n, $1 }'; }

"$here/amalgam" --version
echo "snakemake $(snakemake --version), $(make --version | head -1), $(nproc) cores"
echo "first run of $((chains * links)) stages:"
timed ours | first amalgam
timed gnu | first make
for way in snakemake snakemake-rules; do
  timed snake $way | first $way
  # What it made must be what make made, and what it wrote down of all of it must be there.
  [ "$(cat "$out/$way"/c*.txt | sort | sha256sum)" = "$(cat "$out"/make/c*.txt | sort | sha256sum)" ]
  [ "$(find "$out/$way/.snakemake/metadata" -type f | wc -l)" = $((chains * links)) ]
done
for _ in $(seq "$rounds"); do
  timed ours >> "$out/ours.times"
  timed gnu >> "$out/make.times"
  timed snake snakemake >> "$out/snakemake.times"
  timed snake snakemake --rerun-triggers mtime >> "$out/snakemake-mtime.times"
  timed snake snakemake-rules >> "$out/snakemake-rules.times"
done
median() { cut -d' ' -f"$2" "$out/$1.times" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
echo "nothing to do, medians of $rounds rounds:"
for tool in ours make snakemake snakemake-mtime snakemake-rules; do
  awk -v tool="$tool" -v cpu="$(median $tool 1)" -v wall="$(median $tool 2)" -v ours="$(median ours 1)" \
    'BEGIN { printf "  %-15s %6.3f CPU s, %6.3f s", tool == "ours" ? "amalgam" : tool, cpu, wall
      if (tool != "ours") printf "; amalgam / this %.2f", ours / (cpu > 0.001 ? cpu : 0.001)
      print "" }'
done
