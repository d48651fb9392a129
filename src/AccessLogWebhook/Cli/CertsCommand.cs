using System.CommandLine;
using AccessLogWebhook.Certificates;

namespace AccessLogWebhook.Cli;

/// <summary><c>accesslog certs</c>: certificates for development.</summary>
internal static class CertsCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "The directory to write to; made where there is none.", HelpName = "DIR", Required = true };
        var names = new Option<string[]>("--dns")
        {
            Description = "The DNS names and IP addresses that the server is reached by.",
            HelpName = "NAME",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["localhost", "127.0.0.1", "::1"],
        };
        names.Validators.Add(result =>
        {
            foreach (var name in result.GetValueOrDefault<string[]>() ?? [])
            {
                if (Uri.CheckHostName(name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name) == UriHostNameType.Unknown)
                {
                    result.AddError($"--dns: {name} is neither a DNS name nor an IP address.");
                }
            }
        });
        var command = new Command(
            "certs",
            $"Writes certificates for development: {DevelopmentFiles.Authority}, {DevelopmentFiles.Certificate} and {DevelopmentFiles.Key}, good for 30 days.")
        {
            output, names,
        };
        command.SetAction(parse =>
        {
            var directory = parse.GetRequiredValue(output);
            try
            {
                DevelopmentFiles.Write(directory, parse.GetRequiredValue(names), TimeProvider.System);
                return ExitCodes.Fine;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                parse.InvocationConfiguration.Error.WriteLine($"{directory}: the certificates cannot be written: {problem.Message}");
                return ExitCodes.Usage;
            }
        });
        return command;
    }
}
