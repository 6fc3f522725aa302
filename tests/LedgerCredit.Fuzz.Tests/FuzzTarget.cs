namespace LedgerCredit.Fuzz.Tests;

/// <summary>How the inputs of a parser are built, and so how they are best changed.</summary>
internal enum InputForm
{
    /// <summary>Bytes of a form of their own: only changed as bytes.</summary>
    Bytes = 0,

    /// <summary>Lines, perhaps of cells.</summary>
    Text,

    /// <summary>A JSON document.</summary>
    Json,

    /// <summary>An item of Recursive Length Prefix encoding.</summary>
    Rlp,

    /// <summary>Words of 32 bytes.</summary>
    Words,
}

/// <summary>What a parser made of an input.</summary>
internal sealed class FuzzResult
{
    private FuzzResult(bool isAccepted, ParseProblem? problem, Func<string?>? check)
    {
        IsAccepted = isAccepted;
        Problem = problem;
        Check = check;
    }

    /// <summary>A refusal by a parser that gives no reasons.</summary>
    public static FuzzResult RefusedWithoutReason { get; } = new(false, null, null);

    public bool IsAccepted { get; }

    /// <summary>Why the input was refused, where the parser says so.</summary>
    public ParseProblem? Problem { get; }

    /// <summary>Looks at what was read: null, or which promise is broken.</summary>
    public Func<string?>? Check { get; }

    public static FuzzResult Accepted(Func<string?> check) => new(true, null, check);

    public static FuzzResult Refused(ParseProblem? problem) =>
        new(false, problem ?? new ParseProblem("", "", "The parser refused the input and gave no problem."), null);

    /// <summary>The promise of a canonical format: what was read is written with the same bytes.</summary>
    public static FuzzResult WritesBack(byte[] input, Func<byte[]> write) =>
        Accepted(() => write().AsSpan().SequenceEqual(input) ? null : "What was read is written with other bytes.");
}

/// <summary>A parser of foreign bytes.</summary>
/// <param name="Name">Its name in the table, and a part of the seed.</param>
/// <param name="Form">How its inputs are built.</param>
/// <param name="Seeds">Inputs that it accepts.</param>
/// <param name="Parse">Parses an input. Throwing is a finding.</param>
internal sealed record FuzzTarget(string Name, InputForm Form, IReadOnlyList<byte[]> Seeds, Func<byte[], FuzzResult> Parse)
{
    /// <summary>How many bytes may be allocated for each byte of an input, beside <see cref="ConstantBytes"/>.</summary>
    public int BytesPerByte { get; init; } = 256;

    /// <summary>How many bytes may be allocated whatever the input.</summary>
    public int ConstantBytes { get; init; } = 512 * 1024;

    /// <summary>How much slower than a cheap parser it is: in the short run it gets so many times fewer inputs.</summary>
    public int Cost { get; init; } = 1;

    /// <summary>Makes checksums and hash links of a changed input right again, so that what lies behind them is reached.</summary>
    public Func<byte[], byte[]>? Mend { get; init; }

    public override string ToString() => Name;
}
