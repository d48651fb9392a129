using System.CommandLine;
using AccessLogWebhook.Cli;

var root = new RootCommand("Access logging as a property of the namespace: an admission webhook for Istio meshes.")
{
    ServeCommand.Create(),
};
return await root.Parse(args).InvokeAsync().ConfigureAwait(false) is var exitCode and not 1 || root.Parse(args).Errors.Count == 0 ? exitCode : ExitCodes.Usage;
