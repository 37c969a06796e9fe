#!/usr/bin/env bash
# Makes the reference results again, or goes on where it was stopped: what is recorded is not trained again.
#
#     Results/reference/reproduce.sh                             every claim on both data sets: some six hours on two cores
#     Results/reference/reproduce.sh digits                      on one of them
#     Results/reference/reproduce.sh fashion-mnist family sanity    some claims on one of them
#
# What is trained is in the packed files beside this one; to train it anew, remove them first. `made.csv` lists what was
# made when, by which commit, on which machine, and how long it took; a second pass over what is recorded is not listed.
set -euo pipefail
cd "$(dirname "$0")/../.."

# Those that need the least time first.
claims=(
  sanity init-scale regularization gradient-flow affine learning-rate convergence internal-shift smoothness
  inference-statistics covariate-shift placement recurrent family batch-size whitening
)
sets=(digits fashion-mnist)
case "${1:-}" in
  "") ;;
  digits | fashion-mnist) sets=("$1") && shift ;;
  *) echo "reproduce.sh: '$1' is no data set: digits, fashion-mnist" >&2 && exit 64 ;;
esac
if (($#)); then claims=("$@"); fi

swift build --product compare
commit=$(git rev-parse --short HEAD)
machine=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -1 || true)
machine="${machine:-$(uname -m)}, $(getconf _NPROCESSORS_ONLN) cores"

# How many runs are recorded, and the line with the names.
count() {
  if [ -e "$folder/runs.csv" ]; then wc -l < "$folder/runs.csv"; else echo 1; fi
}

# The files that several claims share, small enough to be kept.
pack() {
  for file in runs curves outcomes trials layers landscape; do
    if [ -e "$folder/$file.csv" ]; then gzip -9 --no-name --keep --force "$folder/$file.csv"; fi
  done
}

for data in "${sets[@]}"; do
  folder=Results/reference/$data
  mkdir -p "$folder"
  for packed in "$folder"/*.csv.gz; do
    if [ -e "$packed" ] && [ ! -e "${packed%.gz}" ]; then gunzip --keep "$packed"; fi
  done
  trap pack EXIT
  limit=0
  if [ "$data" = fashion-mnist ]; then limit=10000; fi
  for claim in "${claims[@]}"; do
    echo "== $claim, $data"
    recorded=$(count)
    start=$(date +%s)
    .build/debug/compare claims "$claim" --data "$data" --train-limit $limit --seeds 5 --markdown --results "$folder" \
      > "$folder/$claim.new"
    mv "$folder/$claim.new" "$folder/$claim.md"
    trained=$(($(count) - recorded))
    if ((trained > 0)); then
      made=Results/reference/made.csv
      [ -e $made ] || echo data,claim,train_limit,runs,seconds,date,commit,machine > $made
      echo "$data,$claim,$limit,$trained,$(($(date +%s) - start)),$(date -u +%F),$commit,\"$machine\"" >> $made
    fi
  done
  pack
done
