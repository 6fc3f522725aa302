# The second half of the demonstration: credit repair by contract. Read by scripts/demo.sh, which gives dir, step, expect, lc.

materials="$dir/materials"

# A day in the zone of the rule pack, from the machine's clock.
day_before() { node -e 'console.log(new Date(Date.now() + 8 * 3600e3 - Number(process.argv[1]) * 86400e3).toISOString().slice(0, 10))' "$1"; }

# Sets the options that name the materials of an application: of the case of this number, without the payment where asked.
choose_materials() {
    options=(--material "D01=$materials/licence-$1.pdf" --material "D05=$materials/decision-$1.pdf,date=$decided"
        --material "D10=$materials/commitment-$1.pdf,date=$paid")
    [ "${2:-}" = unpaid ] || options+=(--material "D06=$materials/payment-$1.pdf,date=$paid,amount=20000.00,number=V-$1")
}

decided="$(day_before 3)"
paid="$(day_before 2)"

step 'Repair by contract. Start the ledger again; an authority with two keys, two reviewers, an arbiter, an auditor, an enterprise.'
expect 0 devnet up
expect 0 member add repair-authority --role authority
expect 0 member account repair-authority second
expect 0 member add review-north review-south --role reviewer
expect 0 member add arbiter-east --role arbiter
expect 0 member add auditor-west --role auditor
expect 0 member add enterprise-a17 --role enterprise

step 'The authority records two sanctions under the demonstration rules, anchors them and hands out the evidence files.'
node "$home/scripts/samples/materials.mjs" "$materials" "$decided"
expect 0 record import "$materials/sanctions.ndjson"
expect 0 log anchor --wait
expect 0 evidence create '示演罚〔2026〕1号' --output "$dir/sanction-1.evidence.json"
expect 0 evidence create '示演罚〔2026〕2号' --output "$dir/sanction-2.evidence.json"
expect 0 evidence trust

step 'It checks who the enterprise is, and lets its account act for the subject.'
expect 0 member appoint enterprise-a17 --subject uscc:91998272MAKXLPUW9J --as repair-authority

step 'The enterprise asks what it takes.'
expect 0 repair plan "$dir/sanction-1.evidence.json"

step 'It forgets the proof of payment. Nothing is sent.'
choose_materials 1 unpaid
expect 2 repair open "$dir/sanction-1.evidence.json" --as enterprise-a17 "${options[@]}"

step 'Now complete. The ledger gets salted digests; files and salts stay in a package for the reviewers.'
choose_materials 1
expect 0 repair open "$dir/sanction-1.evidence.json" --as enterprise-a17 "${options[@]}" --package "$dir/case-1.repair.zip"

step 'The first reviewer compares the package with the ledger, file by file, and approves what it saw.'
expect 0 repair check "$dir/case-1.repair.zip"
expect 0 repair approve 1 --as review-north --package "$dir/case-1.repair.zip"

step 'Another member objects.'
expect 0 repair object 1 --as auditor-west --grounds 'The ledgers of the last quarter were not shown.'

step 'The authority confirms the performance, the second reviewer approves.'
expect 0 repair confirm 1 --as repair-authority --statement 'The fine was paid in full and the ledgers are kept.'
expect 0 repair approve 1 --as review-south --package "$dir/case-1.repair.zip"

step 'The objector cannot decide on its own objection; an arbiter dismisses it.'
expect 2 repair resolve 1 --objector auditor-west --uphold --reasons 'They were not.' --as auditor-west
expect 0 repair resolve 1 --objector auditor-west --dismiss --reasons 'They were shown on site.' --as arbiter-east

step 'Only time is missing now: the objection window.'
expect 0 repair show 1
expect 0 node run --once
expect 0 repair list --under-way

step 'Ten minutes later the keeper triggers the repair. Nobody had to decide.'
expect 0 devnet advance 10m
expect 0 node run --once
expect 0 repair show 1 --lang zh

step 'The other case is repaired on a slip that turns out to be false.'
choose_materials 2
expect 0 repair open "$dir/sanction-2.evidence.json" --as enterprise-a17 "${options[@]}" --package "$dir/case-2.repair.zip"
expect 0 repair confirm 2 --as repair-authority --statement 'The slip shows the whole amount.'
expect 0 repair approve 2 --as review-north --package "$dir/case-2.repair.zip"
expect 0 repair approve 2 --as review-south --package "$dir/case-2.repair.zip"
expect 0 devnet advance 10m
expect 0 repair trigger 2 --as enterprise-a17

step 'It takes two keys of the authority to revoke it. The sanction is in force again, and the subject barred.'
expect 0 repair revoke 2 --as repair-authority --findings 'The bank never issued this slip.'
expect 2 repair revoke 2 --as repair-authority
expect 0 repair revoke 2 --as repair-authority.second
expect 0 repair show 2

step 'Each step is a record in the log of the party that took it. Anchor them, and prove both outcomes.'
expect 0 log anchor --wait
expect 0 evidence create '示演罚〔2026〕1号' --status --output "$dir/repaired.evidence.json"
expect 0 evidence status "$dir/sanction-2.evidence.json" --output "$dir/revoked.evidence.json"
expect 0 evidence trust
expect 0 log audit

if [ "$keep" = no ]; then
    step 'Stop the ledger. A bank verifies offline that the one is repaired and the other in force again.'
    expect 0 devnet down
else
    step 'The ledger is left running. A bank verifies, without asking it, that the one is repaired and the other in force again.'
fi
expect 0 evidence verify "$dir/repaired.evidence.json" --lang zh
expect 0 evidence verify "$dir/revoked.evidence.json"
