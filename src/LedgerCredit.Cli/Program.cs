using System.CommandLine;
using System.Runtime.InteropServices;

namespace LedgerCredit.Cli;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        Console.OutputEncoding = System.Text.Encoding.UTF8;
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await CommandLine.RunAsync(arguments, new InvocationConfiguration(), Console.OpenStandardInput, stop.Token);

        // The first signal asks the command to stop where nothing is half done; the second ends the process as it is.
        void Stop(PosixSignalContext context)
        {
            if (stop.IsCancellationRequested)
            {
                return;
            }

            context.Cancel = true;
            Console.Error.WriteLine("Stopping; a second signal ends it at once.");
            stop.Cancel();
        }
    }
}
