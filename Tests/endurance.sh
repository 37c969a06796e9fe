#!/usr/bin/env bash
# All that takes longer than a check of every change may, a stage after the other; some hours on two cores.
#
#     Tests/endurance.sh                 # every stage
#     Tests/endurance.sh kills slurm     # some: fuzz kills disk threads slurm memory grid formats bits
#
# Needs Linux and root (control groups, small disks, Slurm), and Debian's packages slurm-wlm, munge, faketime and
# dataset-fashion-mnist; a stage without what it needs says so. Stops at the first that fails.
set -euo pipefail
cd "$(dirname "$0")/.."

stage() {
  echo "== $1"
  case "$1" in
    fuzz) NORMS_MUTATIONS="${NORMS_MUTATIONS:-1000000}" swift test --no-parallel --filter Mutated ;;
    kills) python3 Tests/kills.py --kills 300 --seed 1 ;;
    disk) python3 Tests/disturbances.py ;;
    threads) Tests/threads.sh ;;
    slurm) python3 Tests/Slurm/array.py ;;
    memory) python3 Tests/memory.py ;;
    grid) python3 Tests/grid.py --runs 20000 ;;
    formats) python3 Tests/formats.py --gigabytes 2 ;;
    bits) Tests/reproducibility.sh ;;
    *)
      echo "endurance.sh: there is no stage '$1'; there are fuzz kills disk threads slurm memory grid formats bits." >&2
      exit 64
      ;;
  esac
}

swift build --product compare
[ $# -gt 0 ] || set -- fuzz kills disk threads slurm memory grid formats bits
for name in "$@"; do stage "$name"; done
