#!/usr/bin/env bash
# Makes the reference results again, or goes on where it was stopped: what is recorded is not trained again.
#
#     Results/reference/reproduce.sh                             every claim on both data sets: some three and a half hours on two cores
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
for claim in "$@"; do
  case " ${claims[*]} " in
    *" $claim "*) ;;
    *) echo "reproduce.sh: '$claim' is no claim: ${claims[*]}" >&2 && exit 64 ;;
  esac
done
if (($#)); then claims=("$@"); fi

swift build --product compare
commit=$(git rev-parse --short HEAD)
machine=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -1 || true)
machine="${machine:-$(uname -m)}, $(getconf _NPROCESSORS_ONLN) cores"

# How many images a claim trains and is tested on, 0 for all: all of Fashion-MNIST would take days, and 10,000 of them nine
# hours with the networks that are the dearest.
limits() {
  case "$1 $2" in
    digits\ *) echo 0 0 ;;
    *\ convergence | *\ smoothness | *\ placement) echo 2000 2000 ;;
    *\ family) echo 2000 0 ;;
    *\ batch-size) echo 2000 5000 ;;
    *\ inference-statistics | *\ covariate-shift | *\ recurrent) echo 1000 5000 ;;
    *) echo 10000 0 ;;
  esac
}

# How many runs are recorded, and the line with the names.
count() {
  if [ -e "$folder/runs.csv" ]; then wc -l < "$folder/runs.csv"; else echo 1; fi
}

# Whether a packed file has lines that the plain one lacks: results are only ever added to.
is_ahead() {
  [ -e "$1.gz" ] && { [ ! -e "$1" ] || (($(gunzip --stdout "$1.gz" | wc -l) > $(wc -l < "$1"))); }
}

# The files that several claims share, small enough to be kept; never in the place of more than they hold.
pack() {
  for file in runs curves outcomes trials chosen layers landscape; do
    if [ ! -e "$folder/$file.csv" ]; then continue; fi
    if is_ahead "$folder/$file.csv"; then
      echo "reproduce.sh: $folder/$file.csv holds less than what is packed, and is left as it is" >&2 && exit 65
    fi
    gzip -8 --no-name --keep --force "$folder/$file.csv"
  done
}

for data in "${sets[@]}"; do
  folder=Results/reference/$data
  mkdir -p "$folder"
  for packed in "$folder"/*.csv.gz; do
    if is_ahead "${packed%.gz}"; then gunzip --keep --force "$packed"; fi
  done
  trap pack EXIT
  for claim in "${claims[@]}"; do
    read -r limit test_limit <<< "$(limits "$data" "$claim")"
    echo "== $claim, $data"
    recorded=$(count)
    start=$(date +%s)
    .build/debug/compare claims "$claim" --data "$data" --train-limit "$limit" --test-limit "$test_limit" --seeds 5 --markdown --results "$folder" \
      > "$folder/$claim.new"
    mv "$folder/$claim.new" "$folder/$claim.md"
    trained=$(($(count) - recorded))
    if ((trained > 0)); then
      made=Results/reference/made.csv
      [ -e $made ] || echo data,claim,train_limit,test_limit,runs,seconds,date,commit,machine > $made
      echo "$data,$claim,$limit,$test_limit,$trained,$(($(date +%s) - start)),$(date -u +%F),$commit,\"$machine\"" >> $made
    fi
  done
  pack
done
