#!/usr/bin/env bash
# Publishes the command-line tool into artifacts/tool. Called by the other scripts, which hold the lock.
set -euo pipefail
home="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
mkdir -p "$home/artifacts/tool"
started="$home/artifacts/tool/.started"
touch "$started"

# Compiled ahead of time where the compiler for it is to be had, because start-up is most of a short command's time.
case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) ahead=(-p:AheadOfTime=true) ;;
    *) ahead=() ;;
esac

log="$home/artifacts/tool/build.log"
if ! dotnet publish "$home/src/LedgerCredit.Cli" -c Release "${ahead[@]}" -o "$home/artifacts/tool" >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi

# Stamped with the time the build began: a source that changed meanwhile is built next time.
mv "$started" "$home/artifacts/tool/.built"
