using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.Access;

/// <summary>The class of each member, held against the table of the specification.</summary>
[TestClass]
public sealed class DataClassesTests
{
    [TestMethod]
    public void Of_EveryMember_IsThatOfTheSpecification()
    {
        Dictionary<(RecordKind, string), DataClass> written = [];
        foreach (string line in File.ReadLines(RepositoryFiles.Path("docs", "spec", "access.md")))
        {
            // | sanction | open | `id`, `subject`, … |
            string[] cells = [.. line.Split('|').Select(cell => cell.Trim())];
            if (cells.Length == 5 && RecordKinds.TryParse(cells[1], out RecordKind kind))
            {
                DataClass dataClass = Enum.GetValues<DataClass>().Single(candidate => DataClasses.NameOf(candidate) == cells[2]);
                foreach (string name in cells[3].Split(',').Select(name => name.Trim().Trim('`')))
                {
                    written.Add((kind, name), dataClass);
                }
            }
        }

        List<string> inCode = [.. RecordKinds.Stated.SelectMany(kind => DataClasses.TableOf(kind).Select(row => $"{kind} {row.Key} {row.Value}")).Order(StringComparer.Ordinal)];

        Assert.AreEqual(string.Join('\n', inCode), string.Join('\n', written.Select(row => $"{row.Key.Item1} {row.Key.Item2} {row.Value}").Order(StringComparer.Ordinal)));
    }

    [TestMethod]
    [DataRow("claims.secretRemark")]
    [DataRow("claims.")]
    [DataRow("claims.Facts")]
    [DataRow("claims.facts.more")]
    [DataRow("facts")]
    [DataRow("")]
    public void Of_AnythingElse_IsConfidential(string name)
    {
        foreach (RecordKind kind in RecordKinds.Stated)
        {
            Assert.AreEqual(DataClass.Confidential, DataClasses.Of(kind, name));
        }
    }

    [TestMethod]
    public void Of_ALineOfTheAccessLog_IsNotAsked()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => DataClasses.Of(RecordKind.Access, "id"));
    }
}
