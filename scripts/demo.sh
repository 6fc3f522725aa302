#!/usr/bin/env bash
# The main job, end to end, on the embedded ledger: records in, anchored, proven, verified, tampering caught; then repair.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
    cat <<'TEXT'
Usage: scripts/demo.sh [--dir DIR] [--records FILE --format F] [--issued-at T] [--keep-running]

Runs the whole life of a batch of records on a devnet of its own and checks every step; exit code 0 only when each did
what it says.

  --dir DIR         Keep everything in DIR (new or empty). Default: a folder below artifacts/demo.
  --records FILE    Your own records instead of the synthetic samples.
  --format F        What FILE is: ndjson, cf, worldbank, ebrd, ofac or ratings (docs/import.md).
  --issued-at T     Time of issue for files that state none, as ofac. Default for ofac: today.
  --keep-running    Leave the devnet running at the end.
TEXT
}

dir="" records="" format="" issued_at="" keep=no
while [ $# -gt 0 ]; do
    case "$1" in
        --dir | --records | --format | --issued-at)
            [ $# -ge 2 ] || { usage >&2; exit 2; }
            declare "$(printf '%s' "${1#--}" | tr - _)=$2"
            shift 2 ;;
        --keep-running) keep=yes; shift ;;
        --help | -h) usage; exit 0 ;;
        *) printf "'%s' is not an option.\n" "$1" >&2; usage >&2; exit 2 ;;
    esac
done
if [ -n "$records" ] && [ -z "$format" ]; then
    printf 'Say what %s is with --format.\n' "$records" >&2
    exit 2
fi
if [ -n "$records" ] && [ ! -f "$records" ]; then
    printf "The file '%s' does not exist.\n" "$records" >&2
    exit 2
fi

need dotnet
need node
need npm
ensure_tool
[ -n "${LEDGERCREDIT_ANVIL:-}" ] || ensure_node_modules devnet
if [ -z "$dir" ]; then
    mkdir -p "$home/artifacts/demo"
    dir="$(mktemp -d "$home/artifacts/demo/XXXXXX")"
fi
export LEDGERCREDIT_DATA="$dir"

bold="" plain=""
if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; fi
number=0
step() {
    number=$((number + 1))
    printf '\n%s%2d. %s%s\n' "$bold" "$number" "$1" "$plain"
}

lc() { dotnet "$home/artifacts/tool/ledgercredit.dll" "$@"; }

# Runs a command that must end with the given exit code; anything else ends the demonstration.
expect() {
    local wanted="$1" code=0
    shift
    printf '    $ ledgercredit %s\n' "$(shorten "$*")"
    lc "$@" 2>&1 | sed 's/^/    /' || code="${PIPESTATUS[0]}"
    if [ "$code" -ne "$wanted" ]; then
        printf '    Expected exit code %s, found %s.\n' "$wanted" "$code" >&2
        exit 1
    fi
}

shorten() { local text="${1//"$dir"/DIR}"; printf '%s' "${text//"$home/"/}"; }

tidy() {
    if [ "$keep" = no ] && [ -f "$dir/devnet/devnet.json" ]; then
        lc devnet down >/dev/null 2>&1 || printf 'The devnet of %s could not be stopped.\n' "$dir" >&2
    fi
}
trap tidy EXIT

printf 'LedgerCredit demonstration. DIR is %s\n' "$dir"

step 'Make a workspace and start the embedded ledger.'
expect 0 workspace init
expect 0 devnet up

step 'Deploy the contracts: who may anchor what, and the anchors themselves.'
expect 0 contracts deploy

step 'Register the members whose records are kept here.'
if [ -z "$records" ]; then
    expect 0 member add example-authority --role authority
    expect 0 member add northlight-ratings harbour-credit-rating meridian-ratings --role agency
else
    case "$format" in
        ndjson)
            issuers="$(node -e '
                const lines = require("node:readline").createInterface({ input: require("node:fs").createReadStream(process.argv[1]) });
                const issuers = new Set();
                lines.on("line", line => { try { issuers.add(JSON.parse(line).issuer); } catch { /* the import rejects it with a reason */ } });
                lines.on("close", () => console.log([...issuers].filter(issuer => /^[a-z0-9][a-z0-9-]{1,62}$/.test(issuer)).join(" ")));
            ' "$records")"
            # Slugs hold no blanks, so the list is split on purpose.
            # shellcheck disable=SC2086
            expect 0 member add $issuers --role authority --role agency
            options=() ;;
        worldbank | ebrd | ofac) expect 0 member add "$format" --role authority; options=() ;;
        ratings) expect 0 member add example-agency --role agency; options=(--issuer example-agency) ;;
        *) expect 0 member add example-authority --role authority; options=(--issuer example-authority) ;;
    esac
    [ "$format" != ofac ] || [ -n "$issued_at" ] || issued_at="$(date -u +%Y-%m-%dT00:00:00Z)"
    [ -z "$issued_at" ] || options+=(--issued-at "$issued_at")
fi

step 'Import the records. Each is committed under a fresh secret and appended to its log; rows that are none are listed.'
if [ -z "$records" ]; then
    samples="$home/scripts/samples"
    expect 0 record import "$samples/penalties-2018.csv" "$samples/penalties-old-layout.csv" --format cf --issuer example-authority --reject "$dir/rejected.ndjson"
    expect 0 record import "$samples/ratings.csv" --format ratings --reject "$dir/rejected-ratings.ndjson"
    printf '    Rejected, and why:\n'
    sed 's/^/      /' "$dir/rejected.ndjson"
    printf '    The same records again, this time as NDJSON, add nothing:\n'
    expect 0 record import "$samples/penalties.ndjson" "$samples/ratings.ndjson"
else
    expect 0 record import "$records" --format "$format" "${options[@]}" --reject "$dir/rejected.ndjson"
fi

step 'Anchor the logs: one transaction a log, however many records.'
expect 0 log anchor --wait
expect 0 log status

step 'Write an evidence file for every record, and the trust policy that a verifier gets from the regulator.'
expect 0 evidence create --all --output "$dir/evidence"
expect 0 evidence trust --output "$dir/trust.json"

step 'Audit the logs: recompute everything from the first record and compare it with the ledger.'
expect 0 log audit

step 'Alter one digit of one record in a copy of the store. The audit names it.'
mkdir -p "$dir/tampered/devnet"
cp -r "$dir/workspace.json" "$dir/ledgercredit.db" "$dir/keys" "$dir/tampered/"
cp "$dir/devnet/devnet.json" "$dir/tampered/devnet/"
node -e '
    const fs = require("node:fs");
    const file = process.argv[1];
    const bytes = fs.readFileSync(file);
    const at = bytes.lastIndexOf("\"issuedAt\":\"") + "\"issuedAt\":\"".length + 3;
    const before = String.fromCharCode(bytes[at]);
    bytes[at] = before === "9" ? 0x38 : bytes[at] + 1;
    fs.writeFileSync(file, bytes);
    console.log(`    Changed the last digit of the year of issue of one record from ${before} to ${String.fromCharCode(bytes[at])}.`);
' "$dir/tampered/ledgercredit.db"
expect 1 log audit --data "$dir/tampered"

if [ "$keep" = no ]; then
    step 'Stop the ledger. From here on nothing is asked of anyone.'
    expect 0 devnet down
else
    step 'The ledger is left running, but nothing below asks it.'
fi

step 'Verify all evidence offline.'
printf '    $ ledgercredit evidence verify DIR/evidence/*.evidence.json --trust DIR/trust.json\n'
count="$(find "$dir/evidence" -name '*.evidence.json' | wc -l | tr -d ' ')"
[ "$count" -gt 0 ] || die 'No evidence file was written.'
if ! find "$dir/evidence" -name '*.evidence.json' -print0 | xargs -0 -n 2000 dotnet "$home/artifacts/tool/ledgercredit.dll" evidence verify --trust "$dir/trust.json" >"$dir/verified.txt"; then
    cat "$dir/verified.txt" >&2
    exit 1
fi
printf '    %s of %s files are valid.\n' "$(grep -c ': Valid' "$dir/verified.txt")" "$count"
one="$(find "$dir/evidence" -name '*.evidence.json' | LC_ALL=C sort | sed -n 1p)"
expect 0 evidence verify "$one" --trust "$dir/trust.json"

step 'Show a bank only who stated it and when, and withhold the rest. It still verifies.'
expect 0 evidence redact "$one" --disclose id,issuedAt --output "$dir/redacted.evidence.json"
expect 0 evidence verify "$dir/redacted.evidence.json" --trust "$dir/trust.json"

step 'Alter the evidence file. Verification says which step fails.'
node -e '
    const fs = require("node:fs");
    const evidence = JSON.parse(fs.readFileSync(process.argv[1], "utf8"));
    const [salt, name, value] = JSON.parse(Buffer.from(evidence.record.disclosures[2], "base64url"));
    const forged = value.replace(/\d/, digit => digit === "9" ? "8" : String(Number(digit) + 1));
    evidence.record.disclosures[2] = Buffer.from(JSON.stringify([salt, name, forged])).toString("base64url");
    fs.writeFileSync(process.argv[2], JSON.stringify(evidence));
    console.log(`    Changed ${name} from ${value} to ${forged}.`);
' "$one" "$dir/forged.evidence.json"
expect 1 evidence verify "$dir/forged.evidence.json" --trust "$dir/trust.json"

. "$home/scripts/demo/repair.sh"

printf '\n%sEvery step did what it says.%s\n' "$bold" "$plain"
printf 'Look around: scripts/ledgercredit --data %s log status, record show ID, subject report SUBJECT, …\n' "$dir"
