namespace LedgerCredit.Primitives.Hashing;

/// <summary>The operations of SHA-256 on one vector that holds the same word of several messages, a lane for each.</summary>
/// <remarks>FIPS 180-4 section 4.1.2. Addition is modulo 2^32 in each lane.</remarks>
/// <typeparam name="TVector">A vector of 32-bit lanes.</typeparam>
internal interface ILaneOperations<TVector>
    where TVector : unmanaged
{
    /// <summary>The number of lanes, a multiple of four.</summary>
    static abstract int Lanes { get; }

    /// <summary>The same word in all lanes.</summary>
    static abstract TVector Broadcast(uint word);

    /// <summary>The sum in each lane.</summary>
    static abstract TVector Add(TVector x, TVector y);

    /// <summary>Equation 4.2: the bits of y where x is set, else those of z.</summary>
    static abstract TVector Choose(TVector x, TVector y, TVector z);

    /// <summary>Equation 4.3: each bit as it is in two of the three.</summary>
    static abstract TVector Majority(TVector x, TVector y, TVector z);

    /// <summary>Equation 4.4.</summary>
    static abstract TVector BigSigma0(TVector x);

    /// <summary>Equation 4.5.</summary>
    static abstract TVector BigSigma1(TVector x);

    /// <summary>Equation 4.6.</summary>
    static abstract TVector SmallSigma0(TVector x);

    /// <summary>Equation 4.7.</summary>
    static abstract TVector SmallSigma1(TVector x);
}
