using System.CommandLine;
using AccessLogWebhook;
using AccessLogWebhook.Cli;

var root = new RootCommand("Access logging as a property of the namespace: an admission webhook for Istio meshes.")
{
    ServeCommand.Create(),
    DemoCommand.Create(),
    ReviewCommand.Create(),
    AuditCommand.Create(),
    ExplainCommand.Create(),
    LintCommand.Create(),
    RenderCommand.Create(),
    CertsCommand.Create(),
    HealthcheckCommand.Create(),
    CleanupCommand.Create(),
};
var parse = root.Parse(args);
var exitCode = await parse.InvokeAsync().ConfigureAwait(false);
return parse.Errors.Count > 0 ? ExitCodes.Usage : exitCode;
