using AccessLogWebhook.Benchmarks.Load;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

if (args is ["load", ..])
{
    return await LoadCommand.Create().Parse(args[1..]).InvokeAsync();
}

// In this process: nothing is restored or compiled for a run, so that it works without a network.
var config = DefaultConfig.Instance.AddJob(Job.MediumRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(LoadCommand).Assembly).Run(args, config);
return 0;
