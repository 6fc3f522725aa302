#!/usr/bin/env bash
# Kills the tool at random moments, at least 200 times, and checks that nothing is lost: docs/faults.md. '--help' says more.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need dotnet
need npm
[ -n "${LEDGERCREDIT_ANVIL:-}" ] || ensure_node_modules devnet
ensure_tool
project="$home/tests/LedgerCredit.Faults.Tests/LedgerCredit.Faults.Tests.csproj"
locked dotnet build "$project" -c Release -v quiet >&2 || die "The harness does not build."
program="$(dotnet msbuild "$project" -p:Configuration=Release -getProperty:TargetPath)"
exec dotnet "$program" torture --tool "$home/artifacts/tool/ledgercredit.dll" "$@"
