#!/usr/bin/env bash
# Has the thread sanitizer look at the tests that use threads, after planted races have shown that it sees.
#
#     Tests/threads.sh            # plants races in a clone (needs Python, builds six times), then the tests: an hour or so
#     Tests/threads.sh --clean    # only the tests
#
# What it is told of: Tensors/ThreadSanitizer.swift; what it must report: RACES in Tests/Mutations/mutations.py; what is the toolchain's
# own: Tests/threads.suppressions. Data files by the thousand, comparisons with other libraries, and claims on made-up records use no
# threads and are left out; so are the sums of ten million values, what must be done within a second, and what is measured in
# memory, of which the sanitizer takes its own. Tests wait for each other a minute at most: leave both cores to it.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" != --clean ]; then
  echo "Planted, and to be reported:"
  python3 Tests/Mutations/mutate.py --races
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
export TSAN_OPTIONS="exitcode=66 suppressions=$PWD/Tests/threads.suppressions"
code=0
swift test --sanitize=thread --scratch-path .build-tsan \
  --skip 'Mutated|BadData|DataMemoryTests|ForeignFiles|ReferenceTests|StressTests|ClaimsTests|ProgramTests/timeLimit|LockedFolderTests/recording' >"$log" 2>&1 || code=$?
reports=$(grep -c 'WARNING: ThreadSanitizer' "$log" || true)
[ "$code" = 0 ] && [ "$reports" = 0 ] || cat "$log"
tail -1 "$log"
echo "The thread sanitizer reports $reports races."
[ "$code" = 0 ] && [ "$reports" = 0 ]
