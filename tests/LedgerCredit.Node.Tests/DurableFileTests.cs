using System.Text;
using LedgerCredit.Node.Workspaces;

namespace LedgerCredit.Node.Tests;

/// <summary>Files that are there completely or not at all. That the folder is flushed, too, no test in one process can show.</summary>
[TestClass]
public sealed class DurableFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Replace_NewAndOldFile_HasTheNewContentAndNoTemporaryFile()
    {
        string path = _folder.File("file");

        DurableFile.Replace(path, "one"u8);
        DurableFile.Replace(path, stream => stream.Write("two"u8));

        Assert.AreEqual("two", File.ReadAllText(path));
        ExpectFiles("file");
    }

    // What a crash before the rename leaves.
    [TestMethod]
    public void Replace_TemporaryFileOfACrash_IsOverwritten()
    {
        string path = _folder.File("file");
        File.WriteAllText(path, "old");
        File.WriteAllText(path + ".new", "half of a much longer content");

        DurableFile.Replace(path, "new"u8);

        Assert.AreEqual("new", File.ReadAllText(path));
        ExpectFiles("file");
    }

    [TestMethod]
    public void Replace_WritingFails_LeavesTheOldFile()
    {
        string path = _folder.File("file");
        File.WriteAllText(path, "old");

        Assert.ThrowsExactly<InvalidOperationException>(() => DurableFile.Replace(path, stream =>
        {
            stream.Write("ne"u8);
            throw new InvalidOperationException("no more");
        }));

        Assert.AreEqual("old", File.ReadAllText(path));
    }

    [TestMethod]
    public async Task CreateNew_FileIsThere_LeavesItAsItIs()
    {
        string path = _folder.File("file");
        DurableFile.CreateNew(path, "first"u8);

        Assert.ThrowsExactly<IOException>(() => DurableFile.CreateNew(path, "second"u8));
        await Assert.ThrowsExactlyAsync<IOException>(() => DurableFile.CreateNewAsync(path, stream => stream.WriteAsync("third"u8.ToArray(), Token).AsTask()));

        Assert.AreEqual("first", File.ReadAllText(path));
    }

    [TestMethod]
    public async Task CreateNewAsync_WritingFails_LeavesNothing()
    {
        string path = _folder.File("file");

        await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => DurableFile.CreateNewAsync(path, async stream =>
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes("half"), Token);
            throw new InvalidOperationException("no more");
        }));

        ExpectFiles();
    }

    [TestMethod]
    public async Task CreateNewAsync_AnotherIsWritingIt_IsRefused()
    {
        string path = _folder.File("file");

        await DurableFile.CreateNewAsync(path, async stream =>
        {
            await stream.WriteAsync("one"u8.ToArray(), Token);
            await Assert.ThrowsExactlyAsync<IOException>(() => DurableFile.CreateNewAsync(path, _ => Task.CompletedTask));
        });

        Assert.AreEqual("one", await File.ReadAllTextAsync(path, Token));
        ExpectFiles("file");
    }

    private void ExpectFiles(params string[] names) =>
        Assert.AreSequenceEqual(names, Directory.GetFiles(Path.GetDirectoryName(_folder.File("x"))!).Select(path => Path.GetFileName(path)));
}
