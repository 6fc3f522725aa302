#!/usr/bin/env bash
# Parses changed inputs with every parser of foreign bytes, a million each: docs/testing.md. '--help' says more.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need dotnet
project="$home/tests/LedgerCredit.Fuzz.Tests/LedgerCredit.Fuzz.Tests.csproj"
locked dotnet build "$project" -c Release -v quiet >&2 || die "The fuzzer does not build."
program="$(dotnet msbuild "$project" -p:Configuration=Release -getProperty:TargetPath)"
exec dotnet "$program" fuzz --out "$home/artifacts/fuzz-findings" "$@"
