using LedgerCredit.Fuzz.Tests;
using Microsoft.Testing.Platform.Builder;

if (args is [FuzzCommand.Name, ..])
{
    return FuzzCommand.Run(args[1..], Console.Out, Console.Error);
}

ITestApplicationBuilder builder = await TestApplication.CreateBuilderAsync(args);
SelfRegisteredExtensions.AddSelfRegisteredExtensions(builder, args);
using ITestApplication application = await builder.BuildAsync();
return await application.RunAsync();
