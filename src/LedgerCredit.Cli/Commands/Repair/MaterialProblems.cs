using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Materials;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>What is wrong with an application, for its applicant.</summary>
internal static class MaterialProblems
{
    /// <summary>Says all of it, and that nothing was sent.</summary>
    public static void Write(CommandOutput output, Bytes32 sanction, IReadOnlyList<MaterialProblem> problems, string language)
    {
        if (output.IsJson)
        {
            output.Result(
                new JsonObject(
                    new JsonMember("sanction", new JsonString(sanction.ToString())),
                    new JsonMember("sent", new JsonBoolean(false)),
                    new JsonMember("problems", new JsonArray([.. problems.Select(problem => ToJson(problem, language))]))),
                _ => { });
            return;
        }

        output.Note(language == "zh"
            ? $"发现 {problems.Count} 个问题，未发送任何内容："
            : $"{problems.Count} {(problems.Count == 1 ? "problem" : "problems")}; nothing was sent:");
        foreach (MaterialProblem problem in problems)
        {
            string[] about = [problem.Kind is int kind ? RuleMaterial.CodeOf(kind) : "", problem.File ?? ""];
            string where = string.Join(' ', about.Where(part => part.Length > 0));
            output.Note($"  {(where.Length > 0 ? $"{where}: " : "")}{problem.Message.In(language)} ({problem.Code})");
        }
    }

    private static JsonObject ToJson(MaterialProblem problem, string language)
    {
        List<JsonMember> members = [new("code", new JsonString(problem.Code))];
        if (problem.Kind is int kind)
        {
            members.Add(new("material", new JsonString(RuleMaterial.CodeOf(kind))));
        }

        if (problem.File is string file)
        {
            members.Add(new("file", new JsonString(file)));
        }

        members.Add(new("message", new JsonString(problem.Message.In(language))));
        return new JsonObject(members);
    }
}
