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
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > IPEndPoint.MaxPort)
            {
                result.AddError($"--http-port must be from 1 to {IPEndPoint.MaxPort}.");
            }
        });
        var command = new Command("healthcheck", "Asks the server on this host whether it is ready (GET /readyz). Exit code 1 if it is not.") { port };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var server = new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", parse.GetValue(port)).Uri;
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
