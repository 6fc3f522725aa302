using System.Diagnostics;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Repair;
using LedgerCredit.Repair.Cases;

namespace LedgerCredit.Node.RepairScreens;

/// <summary>Says of one case who and when, in one language: organisations by slug, times in the zone of the rule pack.</summary>
public sealed class CaseWording
{
    private const int ShortHead = 6;
    private const int ShortTail = 4;

    private readonly CaseReport _report;
    private readonly LedgerIndexReader _index;
    private readonly Func<Address, string?> _findKeyName;

    /// <summary>Binds the words to a case.</summary>
    /// <param name="report">The case.</param>
    /// <param name="index">The index, for the names of organisations.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    /// <param name="findKeyName">Finds the name of the key of an account whose key is here, or null; without it none is known.</param>
    public CaseWording(CaseReport report, LedgerIndexReader index, string language, Func<Address, string?>? findKeyName = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(index);
        _report = report;
        _index = index;
        _findKeyName = findKeyName ?? (_ => null);
        Language = language;
        Clock = new CaseClock(report.Pack.UtcOffset, language);
        Events = new EventTexts(Clock, language, index.NameOf, report.Pack);
    }

    /// <summary><c>en</c> or <c>zh</c>.</summary>
    public string Language { get; }

    /// <summary>Moments and days.</summary>
    public CaseClock Clock { get; }

    /// <summary>Events and materials.</summary>
    public EventTexts Events { get; }

    /// <summary>The organisation that decided.</summary>
    public string Authority => _index.NameOf(_report.Case.Terms.Authority);

    /// <summary>From when on only time was missing; null where something else is, or nothing can say.</summary>
    public ulong? HoldsFrom
    {
        get
        {
            ConditionView[] open = [.. _report.View.Conditions.Where(condition => condition.State != ConditionState.Met)];
            return _report.Case.Stage == CaseStage.UnderReview && open.Length > 0 && open.All(condition => condition is { State: ConditionState.Waiting, HoldsFrom: not null })
                ? open.Max(condition => condition.HoldsFrom)
                : null;
        }
    }

    /// <summary>A text in the language.</summary>
    public string Text(string english, string chinese) => new LocalText(english, chinese).In(Language);

    /// <summary>A party, with the name of its organisation where there is only one that can be meant.</summary>
    public string Party(CaseParty party) => party switch
    {
        CaseParty.Authority => Parenthesis(Authority, CaseTexts.Of(party).In(Language)),
        CaseParty.Applicant => Parenthesis(Account(_report.Case.Applicant), CaseTexts.Of(party).In(Language)),
        _ => CaseTexts.Of(party).In(Language),
    };

    /// <summary>An account by its organisation, else by its own beginning and end.</summary>
    public string Account(Address account)
    {
        Bytes32 organisation = _index.OrganisationOf(account);
        return organisation == Bytes32.Zero ? Abbreviate(account.ToString()) : _index.NameOf(organisation);
    }

    /// <summary>An organisation with its account.</summary>
    /// <param name="organisation">The organisation; zero where the account has none.</param>
    /// <param name="account">The account.</param>
    public string Who(Bytes32 organisation, Address account)
    {
        string name = organisation == Bytes32.Zero
            ? _findKeyName(account) ?? Text("an account of no member", "非成员账户")
            : _index.NameOf(organisation);
        return Parenthesis(name, Abbreviate(account.ToString()));
    }

    /// <summary>What the events of a case mean, one sentence for each; approvals are counted from the last that were voided.</summary>
    public IReadOnlyList<string> DescribeAll(IEnumerable<IndexedEvent> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        List<string> sentences = [];
        int approvals = 0;
        foreach (IndexedEvent line in history)
        {
            approvals = line.Event switch
            {
                CaseApprovedEvent => approvals + 1,
                ApprovalsVoidedEvent => 0,
                _ => approvals,
            };
            sentences.Add(Events.Describe(line.Event, approvals));
        }

        return sentences;
    }

    /// <summary>Why an approval does not count; empty where it does.</summary>
    public string Flaw(ApprovalFlaw flaw) => flaw switch
    {
        ApprovalFlaw.None => "",
        ApprovalFlaw.Suspended => Text("does not count: its organisation is suspended", "不计入：该机构已被暂停"),
        ApprovalFlaw.Interest => Text("does not count: its organisation may act for the subject", "不计入：该机构可代表该主体"),
        _ => throw new UnreachableException($"There is no flaw {flaw}."),
    };

    /// <summary>By when something is due, in full.</summary>
    public string Due(CaseDue due) => Clock.Describe(due, _report.Calendar);

    /// <summary>What has to happen next, a line for each: who, what, by when.</summary>
    public IEnumerable<string> Next() => Next(isBesideConditions: false);

    /// <summary>What has to happen next, where the conditions are shown, too: what they say of due dates is not said again.</summary>
    public IEnumerable<string> NextBesideConditions() => Next(isBesideConditions: true);

    /// <summary>A long text by its beginning and its end.</summary>
    public static string Abbreviate(string hex)
    {
        ArgumentNullException.ThrowIfNull(hex);
        return hex.Length <= ShortHead + ShortTail + 1 ? hex : $"{hex[..ShortHead]}…{hex[^ShortTail..]}";
    }

    private IEnumerable<string> Next(bool isBesideConditions)
    {
        foreach (CaseStep step in _report.View.Steps)
        {
            bool isSaid = isBesideConditions && _report.View.Conditions.Any(condition => condition.Due == step.Due);
            string due = step.Due is null || isSaid ? "" : Text($" {Capital(Due(step.Due))}.", $"{Due(step.Due)}。");
            yield return Text($"{Party(step.Party)}: {step.What.English}{due}", $"{Party(step.Party)}：{step.What.Chinese}{due}");
        }

        foreach (CaseParty party in _report.View.Steps.Select(step => step.Party).Where(_report.Standing.IsSuspended).Distinct())
        {
            yield return Text(
                $"{Party(party)} is suspended: the consortium's admin can resume it.",
                $"{Party(party)}已被暂停：可由联盟管理员恢复。");
        }

        if (HoldsFrom is ulong from)
        {
            yield return Text(
                $"Only time is missing: from {Clock.From(from)} on the repair can be triggered, by the keeper or by anyone.",
                $"仅待时间届满：自 {Clock.From(from)} 起可触发修复，由看护程序或任何人触发。");
        }
        else if (_report.Case.Revocation is IndexedRevocation proposal)
        {
            yield return Text(
                $"Another account of {Authority} can revoke the repair with the same findings; {Proposer(proposal)} proposed it.",
                $"{Authority} 的另一账户可就同一认定确认撤销修复；由 {Proposer(proposal)} 提议。");
        }
        else if (_report.Case.Stage is CaseStage.Refused or CaseStage.Withdrawn or CaseStage.Lapsed)
        {
            yield return Text(
                "The case has ended and the sanction is as it was before; another case may be opened for it.",
                "本次申请已终结，处罚状态不变，可重新申请。");
        }
    }

    // Two accounts of one organisation are told apart: by the name of the key where it is here.
    private string Proposer(IndexedRevocation proposal) => _findKeyName(proposal.ProposedBy) is string name
        ? Parenthesis(name, Abbreviate(proposal.ProposedBy.ToString()))
        : Who(_index.OrganisationOf(proposal.ProposedBy), proposal.ProposedBy);

    private string Parenthesis(string text, string inside) => Text($"{text} ({inside})", $"{text}（{inside}）");

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
