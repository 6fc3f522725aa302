#!/usr/bin/env bash
# Tests the contracts: committed build, format, lint, tests, gas snapshots, coverage. Needs node 20, and the npm registry
# when node_modules is missing or stale; nothing else is downloaded.
#
#   contracts/test.sh             FOUNDRY_FUZZ_RUNS=10000 for longer fuzzing
#
# Prints "contracts: N passed, N failed" at the end, each check counting as one. Exit 0 only if nothing failed.
#
# The tool is forge: the one that LEDGERCREDIT_FORGE names, else npm's (Linux on x64), else the one on PATH.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

if [[ $# -ne 0 ]]; then
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' test.sh
  [[ $1 == --help ]] && exit 0
  exit 2
fi

passed=0
failed=0

# Runs one check; its output is shown if it fails.
check() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
    echo "passed: $name"
  else
    failed=$((failed + 1))
    printf '%s\nFAILED: %s\n' "$output" "$name"
  fi
}

# Runs forge test and counts its tests. A run that fails without a failed test (it does not compile) counts as one.
tests() {
  local name=$1 output status summary
  shift
  output=$(FOUNDRY_OFFLINE=true "$forge" test "$@" 2>&1)
  status=$?
  summary=$(grep -oE '[0-9]+ tests passed, [0-9]+ failed' <<<"$output" | tail -n 1)
  local ran=0 broken=0
  [[ $summary =~ ^([0-9]+)\ tests\ passed,\ ([0-9]+) ]] && ran=${BASH_REMATCH[1]} broken=${BASH_REMATCH[2]}
  if [[ $status -ne 0 && $broken -eq 0 ]] || [[ $ran -eq 0 && $broken -eq 0 ]]; then
    broken=1
  fi
  passed=$((passed + ran))
  failed=$((failed + broken))
  if [[ $broken -eq 0 ]]; then
    echo "passed: $name ($ran)"
  else
    printf '%s\nFAILED: %s\n' "$(grep -v '^\[PASS\]' <<<"$output")" "$name"
  fi
}

# forge's own comparison (FORGE_SNAPSHOT_CHECK) passes over numbers that only one side has; this one does not.
snapshots_are_equal() {
  diff -u snapshots out/snapshots || {
    echo "If the new numbers are meant: npm run snapshots"
    return 1
  }
}

coverage() {
  "$forge" coverage --no-match-contract '^(Gas[A-Za-z]*|Build)Test$' --report lcov --report-file out/lcov.info &&
    node tools/coverage.mjs out/lcov.info
}

stamp=node_modules/.installed-package-lock.json
if ! cmp -s package-lock.json "$stamp"; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || exit 3
  cp package-lock.json "$stamp"
fi

forge=${LEDGERCREDIT_FORGE:-node_modules/.bin/forge}
if [[ ! -x $forge ]]; then
  forge=$(command -v "${LEDGERCREDIT_FORGE:-forge}") || {
    echo "forge was not found. Name it in LEDGERCREDIT_FORGE or put it on PATH (Foundry 1.7.1)." >&2
    exit 3
  }
fi

rm -rf out/snapshots
mkdir -p out
check "build/ is the compiler's output" node tools/build.mjs --check
check "format" "$forge" fmt --check
# Only what is deployed: in tests, linting finds nothing but casts of numbers that the test itself has bounded.
check "lint" "$forge" lint src
tests "tests" --no-match-contract '^Gas[A-Za-z]*Test$'
FOUNDRY_SNAPSHOTS=out/snapshots tests "gas" --isolate --match-contract '^Gas[A-Za-z]*Test$'
check "gas snapshots" snapshots_are_equal
check "coverage" coverage

echo "contracts: $passed passed, $failed failed"
[[ $failed -eq 0 ]]
