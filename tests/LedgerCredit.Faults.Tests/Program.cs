using LedgerCredit.Faults.Tests;
using LedgerCredit.Faults.Tests.Torture;
using Microsoft.Testing.Platform.Builder;

if (args is [TortureCommand.Name, ..])
{
    return await TortureCommand.RunAsync(args[1..], Console.Out, Console.Error);
}

ITestApplicationBuilder builder = await TestApplication.CreateBuilderAsync(args);
SelfRegisteredExtensions.AddSelfRegisteredExtensions(builder, args);
using ITestApplication application = await builder.BuildAsync();
return await application.RunAsync();
