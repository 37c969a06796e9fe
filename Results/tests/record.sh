#!/usr/bin/env bash
# Records the folders that the tests read, anew.
set -euo pipefail
cd "$(dirname "$0")/../.."
to=Results/tests/recorded
compare() { swift run --skip-build compare "$@" --quiet >/dev/null; }
rm -rf "$to"
compare --norm none,batch,layer --model cnn --batch-size 4,32 --epochs 2 --seeds 3 --train-limit 300 --results "$to/plain"
compare --norm none,layer --model cnn --epochs 2 --seeds 3 --train-limit 300 --tune learning-rate --budget 4 --results "$to/tuned"
compare --norm none,layer --model mlp --epochs 1 --seeds 2 --train-limit 128 --evaluate-every 2 --record layers,landscape \
  --results "$to/inside"
compare --norm none,batch --model cnn --learning-rate 0.03,1e8 --epochs 2 --seeds 2 --train-limit 500 --results "$to/diverged"
compare claims family --norm batch,layer --train-limit 200 --seeds 3 --results "$to/claims"
rm -f "$to"/*/.lock
