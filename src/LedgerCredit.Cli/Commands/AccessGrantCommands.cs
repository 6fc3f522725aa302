using System.CommandLine;
using System.Globalization;
using LedgerCredit.Cli.Commands.Repair;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Client.Models;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>access grant give | list | withdraw</c>: what a subject lets others read at a node.</summary>
internal static class AccessGrantCommands
{
    private const string NodesOnly = "Grants are kept by nodes";

    /// <summary>Makes the commands.</summary>
    public static Command Create() => new("grant", "What a subject lets organisations read at a node, for a purpose and a time. With --node alone.")
    {
        CreateGive(),
        CreateList(),
        CreateWithdraw(),
    };

    private static Command CreateGive()
    {
        int maxDays = (int)AccessGrants.MaxLifetime.TotalDays;
        Argument<string> subject = HistoryCommands.SubjectArgument();
        Option<string> consumer = new("--consumer") { Description = "The organisation that may read.", HelpName = "SLUG", Required = true };
        Option<string> purpose = new("--purpose") { Description = $"What it may read for: {string.Join(", ", Purposes.Grantable)}.", HelpName = "P", Required = true };
        Option<int> expires = new("--expires") { Description = $"After how many days it ends: 1 to {maxDays}.", HelpName = "DAYS", Required = true };
        Command give = new("give", "Let an organisation read the records of a subject. By an account that acts for the subject: sign in with it.")
        {
            subject,
            consumer,
            purpose,
            expires,
        };
        NodeOptions node = NodeOptions.AddTo(give, readsRecords: false);
        give.SetAction(async (result, cancellationToken) =>
        {
            Uri url = node.RequireUrl(result, NodesOnly);
            SubjectId whom = HistoryCommands.ReadSubject(result.GetRequiredValue(subject));
            int days = result.GetRequiredValue(expires);
            if (days < 1 || days > maxDays)
            {
                throw new InputException($"Expected 1 to {maxDays} days.");
            }

            if (!Purposes.Grantable.Contains(result.GetRequiredValue(purpose)))
            {
                throw new InputException($"'{result.GetRequiredValue(purpose)}' is not a purpose that is granted: expected one of {string.Join(", ", Purposes.Grantable)}.");
            }

            using NodeSession session = await node.ConnectAsync(result, url, cancellationToken);
            GrantView grant = await session.Client.GiveGrantAsync(
                new NewGrant(whom.ToString(), result.GetRequiredValue(consumer), result.GetRequiredValue(purpose), UtcTime.Format(TimeProvider.System.GetUtcNow().AddDays(days))),
                cancellationToken);
            new CommandOutput(result).Result(
                NodeJson.Of(grant),
                text => text.WriteLine(CaseScreen.Printable($"Grant {grant.Number}: {grant.Consumer} may read what is recorded about {grant.Subject} for {grant.Purpose} until {grant.ExpiresAt}. 'ledgercredit access grant withdraw {grant.Number}' ends it.")));
            return ExitCode.Done;
        });
        return give;
    }

    private static Command CreateList()
    {
        Argument<string?> subject = new("SUBJECT") { Description = "Whose grants: scheme:value. Default: those that the caller's organisation was given.", Arity = ArgumentArity.ZeroOrOne };
        Command list = new("list", "List the grants of a subject, for who acts for it, or those that the caller's organisation was given.") { subject };
        NodeOptions node = NodeOptions.AddTo(list, readsRecords: false);
        list.SetAction(async (result, cancellationToken) =>
        {
            Uri url = node.RequireUrl(result, NodesOnly);
            string? whom = result.GetValue(subject) is string named ? HistoryCommands.ReadSubject(named).ToString() : null;
            using NodeSession session = await node.ConnectAsync(result, url, cancellationToken);
            List<GrantView> grants = [];
            await foreach (GrantPage page in NodePages.ReadAsync(
                cursor => session.Client.SearchGrantsAsync(new SubjectQuery(whom, cursor), cancellationToken), page => page.Next, cancellationToken))
            {
                grants.AddRange(page.Grants);
            }

            new CommandOutput(result).Result(
                new JsonObject(new JsonMember("grants", new JsonArray([.. grants.Select(NodeJson.Of)]))),
                text => CommandOutput.Table(text, ["number", "subject", "consumer", "purpose", "given", "until", "state"], grants.Select(ToRow)));
            return ExitCode.Done;
        });
        return list;
    }

    private static Command CreateWithdraw()
    {
        Argument<long> number = new("NUMBER") { Description = "The grant's number, from 'access grant list'." };
        Command withdraw = new("withdraw", "Withdraw a grant, from now on. By an account that acts for the subject.") { number };
        NodeOptions node = NodeOptions.AddTo(withdraw, readsRecords: false);
        withdraw.SetAction(async (result, cancellationToken) =>
        {
            Uri url = node.RequireUrl(result, NodesOnly);
            long grant = result.GetRequiredValue(number);
            using NodeSession session = await node.ConnectAsync(result, url, cancellationToken);
            await session.Client.WithdrawGrantAsync(grant, cancellationToken);
            new CommandOutput(result).Result(
                new JsonObject(new JsonMember("number", new JsonNumber(grant)), new JsonMember("withdrawn", new JsonBoolean(true))),
                text => text.WriteLine($"Grant {grant} is withdrawn. What was read before stays read."));
            return ExitCode.Done;
        });
        return withdraw;
    }

    private static IReadOnlyList<string> ToRow(GrantView grant) =>
    [
        grant.Number.ToString(CultureInfo.InvariantCulture),
        CaseScreen.Printable(grant.Subject),
        CaseScreen.Printable(grant.Consumer),
        CaseScreen.Printable(grant.Purpose),
        CaseScreen.Printable(grant.GrantedAt),
        CaseScreen.Printable(grant.ExpiresAt),
        grant.InForce ? "in force" : grant.WithdrawnAt is null ? "over" : "withdrawn",
    ];
}
