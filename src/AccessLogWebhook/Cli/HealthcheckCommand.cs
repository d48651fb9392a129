using System.CommandLine;
using System.Net;
using AccessLogWebhook.Hosting;

namespace AccessLogWebhook.Cli;

/// <summary><c>accesslog healthcheck</c>: what an image's HEALTHCHECK calls.</summary>
internal static class HealthcheckCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--http-port")
        {
            Description = "The --http-port of the server.",
            DefaultValueFactory = _ => new ServingOptions().HttpPort,
        };
        var host = new Option<string>("--host")
        {
            Description = "The server's name or address, such as that of its Service.",
            HelpName = "HOST",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        host.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } value && Uri.CheckHostName(value) == UriHostNameType.Unknown)
            {
                result.AddError($"--host: {value} is no name or address.");
            }
        });
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > IPEndPoint.MaxPort)
            {
                result.AddError($"--http-port must be from 1 to {IPEndPoint.MaxPort}.");
            }
        });
        var command = new Command("healthcheck", "Asks the server, by default that on this host, whether it is ready (GET /readyz). Exit code 1 if it is not.") { host, port };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var server = new UriBuilder(Uri.UriSchemeHttp, parse.GetRequiredValue(host), parse.GetValue(port)).Uri;
            if (await HealthProbe.FindProblemAsync(server, cancellationToken).ConfigureAwait(false) is not { } problem)
            {
                return ExitCodes.Fine;
            }

            await parse.InvocationConfiguration.Error.WriteLineAsync($"{server}readyz is not ready: {problem}").ConfigureAwait(false);
            return ExitCodes.Finding;
        });
        return command;
    }
}
