using System.CommandLine;
using System.Runtime.InteropServices;

namespace LedgerCredit.Cli;

internal static class Program
{
    // signal(7) of Linux and macOS.
    private const int FileSizeLimitExceeded = 25;

    private static async Task<int> Main(string[] arguments)
    {
        Console.OutputEncoding = System.Text.Encoding.UTF8;
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

        // A write beyond 'ulimit -f' is to fail like any other, with a message, and not to end the process in the middle of it.
        using PosixSignalRegistration? tooLarge = OperatingSystem.IsWindows()
            ? null
            : PosixSignalRegistration.Create((PosixSignal)FileSizeLimitExceeded, context => context.Cancel = true);
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
