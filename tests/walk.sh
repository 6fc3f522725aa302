#!/usr/bin/env bash
# Runs the walk of the README as it stands there, but for the port of its service, in the repository's root. Called by scripts/test.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
walk="$(awk '/^<!-- walk:/ { found = 1; next } found && /^```bash$/ { inside = 1; next } inside && /^```$/ { exit } inside' README.md)"
[ -n "$walk" ] || { echo 'README.md has no walk.' >&2; exit 1; }

# The service's own port may be taken, by another walk for example.
port="$(node -e 'const server = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(server.address().port); server.close(); });')"
case "$walk" in
    *127.0.0.1:8420*) walk="${walk//127.0.0.1:8420/127.0.0.1:$port}" ;;
    *) echo 'The walk of README.md starts no service.' >&2; exit 1 ;;
esac

# A walk that fails leaves neither service nor devnet behind. One that waits for ever is ended: bash first, which then runs the trap.
tidy='trap '\''kill $(jobs -p) 2>/dev/null || :; [ ! -f "$LEDGERCREDIT_DATA/devnet/devnet.json" ] || scripts/ledgercredit devnet down'\'' EXIT
trap "exit 1" TERM'
timeout --kill-after=60 900 bash -euo pipefail -c "$tidy
$walk"
