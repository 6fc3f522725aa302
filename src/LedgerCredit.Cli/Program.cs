using System.CommandLine;
using System.Runtime.InteropServices;

namespace LedgerCredit.Cli;

internal static class Program
{
    // signal(7) of Linux and macOS.
    private const int FileSizeLimitExceeded = 25;

    // A write beyond 'ulimit -f' is to fail like any other, with a message, and not to end the process in the middle of it. Never
    // disposed: a signal is looked at after the write has failed, on a busy machine as late as the command's last line.
    private static readonly PosixSignalRegistration? FileTooLarge = OperatingSystem.IsWindows()
        ? null
        : PosixSignalRegistration.Create((PosixSignal)FileSizeLimitExceeded, context => context.Cancel = true);

    private static async Task<int> Main(string[] arguments)
    {
        Console.OutputEncoding = System.Text.Encoding.UTF8;
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        GC.KeepAlive(FileTooLarge);
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
