using System.CommandLine;
using System.Globalization;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Client;
using LedgerCredit.Client.Models;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary><c>repair material upload | list | download | delete</c>: files of repairs that a node keeps.</summary>
internal static class MaterialCommands
{
    private const int IdLength = 32;
    private const string NodesOnly = "Materials are kept by nodes";

    /// <summary>Makes the commands.</summary>
    public static Command Create() => new("material", "Files of repairs that a node keeps, encrypted, for the authority and the reviewers of a case. With --node alone.")
    {
        CreateUpload(),
        CreateList(),
        CreateDownload(),
        CreateDelete(),
    };

    private static Command CreateUpload()
    {
        Argument<string?> sanction = new("SANCTION") { Description = "The sanction: its leaf hash or evidence file. With --from: none, the package names it.", Arity = ArgumentArity.ZeroOrOne };
        Option<string[]> materials = new("--material") { Description = "A document: its code and its file, as D06=receipt.pdf. Give one for each file.", HelpName = "CODE=FILE", AllowMultipleArgumentsPerToken = false };
        Option<string?> from = new("--from") { Description = "A repair package: all of its files are uploaded, with the salts that are on the ledger.", HelpName = "PACKAGE" };
        Command upload = new(
            "upload",
            """
            Give files to a node to keep. Those of a package (--from) fit the digests that were submitted with it, and the parties
            of the case may read them at once. For single files the node draws salts; they are read by nobody else, and removed
            after 90 days, until their digests are submitted. The same file is kept once.
            """)
        {
            sanction,
            materials,
            from,
        };
        NodeOptions node = NodeOptions.AddTo(upload, readsRecords: false);
        upload.SetAction(async (result, cancellationToken) =>
        {
            Uri url = node.RequireUrl(result, NodesOnly);
            CommandOutput output = new(result);
            string[] named = result.GetValue(materials) ?? [];
            IReadOnlyList<MaterialView> kept = (result.GetValue(sanction), result.GetValue(from), named.Length) switch
            {
                (null, string package, 0) => await ConnectedAsync(client => NodeMaterials.UploadAsync(client, package, output, cancellationToken)),
                (string text, null, > 0) => await ConnectedAsync(client => NodeMaterials.UploadAsync(client, CaseArgument.ReadSanction(text), MaterialOption.ReadFiles(named), cancellationToken)),
                _ => throw new InputException("Name the sanction and its files, SANCTION --material CODE=FILE, or a package with --from."),
            };
            Write(output, kept);
            return ExitCode.Done;

            async Task<IReadOnlyList<MaterialView>> ConnectedAsync(Func<LedgerCreditClient, Task<IReadOnlyList<MaterialView>>> uploadAsync)
            {
                using NodeSession session = await node.ConnectAsync(result, url, actor: null, uploads: true, cancellationToken);
                return await uploadAsync(session.Client);
            }
        });
        return upload;
    }

    private static Command CreateList()
    {
        Argument<string> about = new("CASE") { Description = "The case by its number, or a sanction by its leaf hash or evidence file." };
        Command list = new("list", "List the materials of a case or a sanction that the caller may read. That is logged, and shown to the subject.") { about };
        NodeOptions node = NodeOptions.AddTo(list, readsRecords: true);
        list.SetAction(async (result, cancellationToken) =>
        {
            Uri url = node.RequireUrl(result, NodesOnly);
            string text = result.GetRequiredValue(about);
            bool isCase = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long caseId);
            string sanction = isCase ? "" : CaseArgument.ReadSanction(text).ToString();
            using NodeSession session = await node.ConnectAsync(result, url, cancellationToken);
            List<MaterialView> found = [];
            await foreach (MaterialPage page in NodePages.ReadAsync(
                cursor => isCase
                    ? session.Client.ListMaterialsOfCaseAsync(caseId, cursor, cancellationToken)
                    : session.Client.ListMaterialsOfSanctionAsync(sanction, cursor, cancellationToken),
                page => page.Next,
                cancellationToken))
            {
                found.AddRange(page.Materials);
            }

            Write(new CommandOutput(result), found);
            return ExitCode.Done;
        });
        return list;
    }

    private static Command CreateDownload()
    {
        Argument<string> id = Id();
        Option<string> target = new("-o", "--output") { Description = "The file to write. It must not be there yet.", HelpName = "F", Required = true };
        Command download = new(
            "download",
            """
            Download the file of a material. It gets its name when it is there whole and its hash is that which the node says; compare
            its digest with the ledger: 'repair material list' has the salt, 'repair show' the digest. Logged, and shown to the subject.
            """)
        {
            id,
            target,
        };
        NodeOptions node = NodeOptions.AddTo(download, readsRecords: true);
        download.SetAction(async (result, cancellationToken) =>
        {
            Uri url = node.RequireUrl(result, NodesOnly);
            string material = ReadId(result, id);
            string path = result.GetRequiredValue(target);
            if (Path.Exists(path) || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            {
                throw new InputException($"The file cannot be written to '{path}': expected a new name in a folder that exists; nothing is overwritten.");
            }

            using NodeSession session = await node.ConnectAsync(result, url, cancellationToken);
            string hash = "";
            await DurableFile.CreateNewAsync(path, async stream => hash = await session.Client.DownloadMaterialAsync(material, stream, cancellationToken));
            long bytes = new FileInfo(path).Length;
            new CommandOutput(result).Result(
                new JsonObject(
                    new JsonMember("id", new JsonString(material)),
                    new JsonMember("file", new JsonString(path)),
                    new JsonMember("bytes", new JsonNumber(bytes)),
                    new JsonMember("sha256", new JsonString(hash))),
                text => text.WriteLine($"Wrote {path}: {bytes.ToString("N0", CultureInfo.InvariantCulture)} bytes, SHA-256 {hash}."));
            return ExitCode.Done;
        });
        return download;
    }

    private static Command CreateDelete()
    {
        Argument<string> id = Id();
        Command delete = new("delete", "Delete a material at the node for good. By who acts for the subject, until a case was decided on it.") { id };
        NodeOptions node = NodeOptions.AddTo(delete, readsRecords: false);
        delete.SetAction(async (result, cancellationToken) =>
        {
            Uri url = node.RequireUrl(result, NodesOnly);
            string material = ReadId(result, id);
            using NodeSession session = await node.ConnectAsync(result, url, cancellationToken);
            await session.Client.DeleteMaterialAsync(material, cancellationToken);
            new CommandOutput(result).Result(
                new JsonObject(new JsonMember("id", new JsonString(material)), new JsonMember("deleted", new JsonBoolean(true))),
                text => text.WriteLine($"The node has no material {material} any more. Backups and those who read it may."));
            return ExitCode.Done;
        });
        return delete;
    }

    private static Argument<string> Id() => new("ID") { Description = "The material's id, from 'repair material list'." };

    private static string ReadId(ParseResult result, Argument<string> id)
    {
        string text = result.GetRequiredValue(id);
        return text.Length == IdLength && text.All(char.IsAsciiHexDigitLower)
            ? text
            : throw new InputException($"'{text}' is no id of a material: expected {IdLength} lower-case hex digits.");
    }

    private static void Write(CommandOutput output, IReadOnlyList<MaterialView> materials) => output.Result(
        new JsonObject(new JsonMember("materials", new JsonArray([.. materials.Select(NodeJson.Of)]))),
        text =>
        {
            if (materials.Count == 0)
            {
                text.WriteLine("No such materials.");
                return;
            }

            CommandOutput.Table(
                text,
                ["id", "code", "type", "bytes", "uploaded", "by", "cases"],
                materials.Select(material => (IReadOnlyList<string>)
                [
                    CaseScreen.Printable(material.Id),
                    CaseScreen.Printable(material.Code),
                    CaseScreen.Printable(material.MediaType),
                    material.Bytes.ToString("N0", CultureInfo.InvariantCulture),
                    CaseScreen.Printable(material.UploadedAt),
                    CaseScreen.Printable(material.UploadedBy),
                    string.Join(' ', material.Cases),
                ]));
        });
}
