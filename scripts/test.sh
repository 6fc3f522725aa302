#!/usr/bin/env bash
# Runs all tests: the C# ones, the contracts', and the walk of the README. The last line is 'N passed, N failed'.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
    cat <<'TEXT'
Usage: scripts/test.sh [--contracts | --dotnet]

Without an option all tests run. Tests that need the published vectors and real files beside the checkout
(../shared, or the folder named by LEDGERCREDIT_SHARED) are inconclusive where these are absent.
TEXT
}

what=all
case "${1:-}" in
    "") ;;
    --contracts) what=contracts ;;
    --dotnet) what=dotnet ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac

passed=0
failed=0
status=0
output="$(mktemp)"
trap 'rm -f "$output"' EXIT

# Adds a run to the sums: number passed, number failed, exit code. A run that died without saying so counts as one failure.
count() {
    passed=$((passed + ${1:-0}))
    failed=$((failed + ${2:-0}))
    if [ "$3" -ne 0 ]; then
        status=1
        [ "${2:-0}" -ne 0 ] || failed=$((failed + 1))
    fi
}

number() { sed -n "s/^ *$1: *\([0-9][0-9]*\).*/\1/p" "$output" | tail -n 1; }

if [ "$what" != contracts ]; then
    need dotnet
    need npm
    need curl
    ensure_node_modules devnet
    ensure_node_modules contracts/peers
    ensure_tool
    code=0
    (cd "$home" && locked dotnet build LedgerCredit.sln -c Debug) || die "The solution does not build."
    (cd "$home" && dotnet test --solution LedgerCredit.sln -c Debug --no-build --no-progress) 2>&1 | tee "$output" || code=$?
    count "$(number succeeded || true)" "$(number failed || true)" "$code"

    # What the README tells a new user to do, exactly as it stands there, and the demonstration.
    for check in tests/walk.sh scripts/demo.sh; do
        if "$home/$check"; then count 1 0 0; else count 0 1 1; fi
    done
fi

if [ "$what" != dotnet ]; then
    need node
    code=0
    "$home/contracts/test.sh" 2>&1 | tee "$output" || code=$?
    count "$(sed -n 's/^contracts: \([0-9]*\) passed.*/\1/p' "$output" | tail -n 1)" \
        "$(sed -n 's/^contracts: [0-9]* passed, \([0-9]*\) failed.*/\1/p' "$output" | tail -n 1)" "$code"
fi

printf '%s passed, %s failed\n' "$passed" "$failed"
exit "$status"
