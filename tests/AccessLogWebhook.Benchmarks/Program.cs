using System.CommandLine;
using AccessLogWebhook.Benchmarks.Load;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Spectre.Console;

if (args is ["load" or "create", ..])
{
    // A table of figures is for a page, not for the width of whatever it is piped into.
    AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 160);
    return await new RootCommand { LoadCommand.Create(), CreateCommand.Create() }.Parse(args).InvokeAsync();
}

// In this process: nothing is restored or compiled for a run, so that it works without a network.
var config = DefaultConfig.Instance.AddJob(Job.MediumRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(LoadCommand).Assembly).Run(args, config);
return 0;
