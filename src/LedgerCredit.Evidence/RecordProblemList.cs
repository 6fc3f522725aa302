using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>
/// Collects the problems of one record, up to a bound, so that a hostile record cannot make the list long.
/// </summary>
internal sealed class RecordProblemList
{
    // More than anyone reads; with shortened member names about 100 KB at worst.
    private const int MaxProblems = 100;

    private readonly List<RecordProblem> _problems = [];

    public IReadOnlyList<RecordProblem> Problems => _problems;

    public void Add(string code, string path, string message)
    {
        if (_problems.Count < MaxProblems)
        {
            _problems.Add(new RecordProblem(code, path, message));
        }
        else if (_problems.Count == MaxProblems)
        {
            _problems.Add(
                new RecordProblem("too-many-problems", "", $"Only the first {MaxProblems} problems are listed."));
        }
    }

    public void AddMissing(string parent, string name) =>
        Add("missing-member", JsonPointer.Append(parent, name), "Expected this member, found none.");

    public void AddWrongType(string path, string expected, JsonValue found) =>
        Add("wrong-type", path, $"Expected {expected}, found {found.TypeName}.");
}
