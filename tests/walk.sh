#!/usr/bin/env bash
# Runs the walk of the README exactly as it stands there, in the repository's root. Called by scripts/test.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
walk="$(awk '/^<!-- walk:/ { found = 1; next } found && /^```bash$/ { inside = 1; next } inside && /^```$/ { exit } inside' README.md)"
[ -n "$walk" ] || { echo 'README.md has no walk.' >&2; exit 1; }
tidy='trap '\''[ ! -f "$LEDGERCREDIT_DATA/devnet/devnet.json" ] || scripts/ledgercredit devnet down'\'' EXIT'
bash -euo pipefail -c "$tidy
$walk"
