namespace LedgerCredit.Fuzz.Tests.Mutations;

/// <summary>Makes inputs: mostly valid ones with one change or a few, now and then something else altogether.</summary>
internal static class InputMaker
{
    /// <summary>Inputs are cut to this size.</summary>
    public const int MaxBytes = 192 * 1024;

    public static byte[] Make(FuzzTarget target, FuzzRandom random)
    {
        byte[] input = [.. random.Pick(target.Seeds)];
        if (random.OneIn(64))
        {
            input = Noise(random);
        }

        // One change mostly: what is wrong in one place only comes furthest.
        int changes = 1;
        while (changes < 12 && random.OneIn(3))
        {
            changes++;
        }

        for (int i = 0; i < changes; i++)
        {
            input = Change(target, input, random);
            if (input.Length > MaxBytes)
            {
                input = input[..MaxBytes];
            }
        }

        return target.Mend is null || random.OneIn(4) ? input : target.Mend(input);
    }

    private static byte[] Change(FuzzTarget target, byte[] input, FuzzRandom random)
    {
        byte[]? changed = random.OneIn(3) ? null : target.Form switch
        {
            InputForm.Json => JsonMutator.Change(input, random.Pick(target.Seeds), random),
            InputForm.Rlp => RlpMutator.Change(input, random.Pick(target.Seeds), random),
            InputForm.Words => WordMutator.Change(input, random),
            InputForm.Text => TextMutator.Change(input, random.Pick(target.Seeds), random),
            _ => null,
        };
        return changed ?? ByteMutator.Change(input, random.Pick(target.Seeds), random);
    }

    private static byte[] Noise(FuzzRandom random)
    {
        byte[] noise = new byte[random.NextLength(4096)];
        bool isText = random.OneIn(2);
        for (int i = 0; i < noise.Length; i++)
        {
            noise[i] = isText ? (byte)(' ' + random.Next(95)) : random.NextByte();
        }

        return noise;
    }
}
