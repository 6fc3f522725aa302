using System.CommandLine;

namespace LedgerCredit.Cli;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        Console.OutputEncoding = System.Text.Encoding.UTF8;
        return await CommandLine.RunAsync(arguments, new InvocationConfiguration());
    }
}
