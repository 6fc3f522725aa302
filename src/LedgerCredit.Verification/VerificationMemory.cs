using System.Buffers.Binary;

namespace LedgerCredit.Verification;

/// <summary>Remembers the costly answers that many files share: signatures, seals and state proofs of one anchor.</summary>
/// <remarks>
/// <para>
/// Files of one anchor hold the same signed note, headers and proofs, and those of one status block too. With a memory in
/// <see cref="VerificationOptions.Memory"/> each of them is computed once. Every step still runs for every file and says all that it
/// would say without: only functions whose answer follows from bytes alone are remembered, and never a verdict.
/// </para>
/// <para>
/// An answer is found again by the function and by every byte that it read, with its length: keys of the policy that a function reads
/// are among these bytes, so that a memory may serve several policies. Nothing else of a policy is read by what is remembered.
/// Bounded, whatever the files hold. Thread-safe.
/// </para>
/// </remarks>
public sealed class VerificationMemory
{
    /// <summary>So many answers are kept; with one more, all are forgotten.</summary>
    public const int MaxAnswers = 1024;

    /// <summary>Answers to longer questions are not kept: the questions take 32 MiB at most.</summary>
    public const int MaxQuestionBytes = 32 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<Question, object> _answers = [];

    /// <summary>How many answers are remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _answers.Count;
            }
        }
    }

    /// <summary>The answer of a function to its input, from memory where it is there.</summary>
    /// <param name="memory">The memory, or null to compute in any case.</param>
    /// <param name="function">Which function.</param>
    /// <param name="input">All that it reads.</param>
    /// <param name="compute">The function; pure, and its answer is never changed.</param>
    internal static T Recall<T>(VerificationMemory? memory, RememberedFunction function, ReadOnlySpan<ReadOnlyMemory<byte>> input, Func<T> compute)
        where T : notnull
    {
        if (memory is null || Question.TryMake(function, input) is not Question question)
        {
            return compute();
        }

        lock (memory._lock)
        {
            if (memory._answers.TryGetValue(question, out object? known))
            {
                return (T)known;
            }
        }

        // Outside the lock, so that others need not wait. Two may compute the same answer.
        T answer = compute();
        lock (memory._lock)
        {
            if (memory._answers.Count >= MaxAnswers)
            {
                memory._answers.Clear();
            }

            memory._answers[question] = answer;
        }

        return answer;
    }

    /// <summary>A function with all bytes that it reads.</summary>
    private sealed class Question : IEquatable<Question>
    {
        private readonly byte[] _bytes;
        private readonly int _hashCode;

        private Question(byte[] bytes)
        {
            _bytes = bytes;
            HashCode hash = default;
            hash.AddBytes(bytes);
            _hashCode = hash.ToHashCode();
        }

        /// <summary>The function, then each part behind its length, so that no two inputs look alike. Null where it is too long.</summary>
        public static Question? TryMake(RememberedFunction function, ReadOnlySpan<ReadOnlyMemory<byte>> input)
        {
            long length = 1;
            foreach (ReadOnlyMemory<byte> part in input)
            {
                length += sizeof(int) + part.Length;
            }

            if (length > MaxQuestionBytes)
            {
                return null;
            }

            byte[] bytes = new byte[length];
            bytes[0] = (byte)function;
            int at = 1;
            foreach (ReadOnlyMemory<byte> part in input)
            {
                BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), part.Length);
                part.Span.CopyTo(bytes.AsSpan(at + sizeof(int)));
                at += sizeof(int) + part.Length;
            }

            return new Question(bytes);
        }

        public bool Equals(Question? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

        public override bool Equals(object? obj) => Equals(obj as Question);

        public override int GetHashCode() => _hashCode;
    }
}

/// <summary>The functions whose answers are remembered.</summary>
internal enum RememberedFunction : byte
{
    /// <summary>How a note stands to a key: the note, the key.</summary>
    NoteSignature = 1,

    /// <summary>The account that a proof shows: state root, address, nodes.</summary>
    AccountProof,

    /// <summary>The word that a proof shows: storage root, slot, nodes.</summary>
    StorageProof,

    /// <summary>Who sealed a QBFT block: the header.</summary>
    QbftSeals,

    /// <summary>Who sealed a Clique block: the header.</summary>
    CliqueSigner,

    /// <summary>How a note stands to a log and witnesses: the note, the log's key, the witnesses' keys.</summary>
    Cosignatures,
}
