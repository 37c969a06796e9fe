#!/usr/bin/env bash
# Trains the default comparison in every way that must not change a bit, and prints a digest of each.
#
#     Tests/reproducibility.sh
#
# A digest covers runs.csv and curves.csv but for the columns that hold times. It exits with 1 if two differ.
# Needs some two minutes, most of them for building.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

digest() {
  for file in "$1/runs.csv" "$1/curves.csv"; do
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) drop[i] = $i ~ /^(seconds|samples_per_second|elapsed_seconds|version)$/ }
             { line = ""; for (i = 1; i <= NF; i++) if (!drop[i]) line = line "," $i; print line }' "$file"
  done | cksum | cut -d' ' -f1
}

first=
failed=0
report() {
  local found
  found=$(digest "$2")
  first=${first:-$found}
  [ "$found" = "$first" ] || failed=1
  printf '%-42s %s\n' "$1" "$found"
}

run() { "$1/compare" --norm all --model all --quiet --results "$2" "${@:3}" >/dev/null; }

debug=$(swift build --show-bin-path)
swift build >/dev/null
release=$(swift build -c release --scratch-path .build-release --show-bin-path)
swift build -c release --scratch-path .build-release >/dev/null
portable=$(NORMS_PORTABLE=1 swift build --scratch-path .build-portable --show-bin-path)
NORMS_PORTABLE=1 swift build --scratch-path .build-portable >/dev/null

for threads in 1 2 3; do
  run "$debug" "$scratch/threads$threads" --jobs 1 --threads "$threads"
  report "debug build, $threads thread(s)" "$scratch/threads$threads"
done
for jobs in 2 3; do
  run "$debug" "$scratch/jobs$jobs" --jobs "$jobs"
  report "debug build, $jobs runs side by side" "$scratch/jobs$jobs"
done
run "$release" "$scratch/release"
report "release build" "$scratch/release"
run "$portable" "$scratch/portable"
report "x86-64-v3 (NORMS_PORTABLE=1)" "$scratch/portable"
run "$debug" "$scratch/beside1" --threads 2 & run "$debug" "$scratch/beside2" --threads 2 &
run "$debug" "$scratch/beside3" --threads 1
wait
for other in 1 2 3; do report "beside two other comparisons ($other)" "$scratch/beside$other"; done

if [ $failed = 0 ]; then echo "All digests are equal."; else echo "Digests differ."; fi
exit $failed
