using System.CommandLine;
using System.Net;
using AccessLogWebhook.Configuration;
using AccessLogWebhook.Hosting;
using Microsoft.Extensions.Logging.Console;

namespace AccessLogWebhook.Cli;

/// <summary><c>accesslog serve</c>: the webhook.</summary>
internal static class ServeCommand
{
    private static readonly ServingOptions Defaults = new();

    public static Command Create()
    {
        var cluster = new ClusterOptions();
        var httpsPort = new Option<int>("--https-port")
        {
            Description = "The port of /mutate and /validate. 0 takes a free one.",
            DefaultValueFactory = _ => Defaults.HttpsPort,
        };
        var httpPort = new Option<int>("--http-port")
        {
            Description = "The port of /healthz, /readyz and /metrics. 0 takes a free one.",
            DefaultValueFactory = _ => Defaults.HttpPort,
        };
        var bind = new Option<string>("--bind")
        {
            Description = "The address to listen on. Default: all.",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => Defaults.Address.ToString(),
        };
        var drain = new Option<int>("--drain-seconds")
        {
            Description = "How long requests are still taken once it is asked to stop, with readiness red: until everybody knows.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => (int)Defaults.Drain.TotalSeconds,
        };
        var certificate = new Option<string?>("--cert")
        {
            Description = "The serving certificate with its chain, PEM; followed. Without it a self-signed authority is made in memory, for development.",
            HelpName = "FILE",
        };
        var key = new Option<string?>("--key") { Description = "The private key of --cert, PEM; followed.", HelpName = "FILE" };
        var selfManaged = new Option<string?>("--self-managed")
        {
            Description = "In place of --cert: the replicas keep an authority and a certificate in a Secret of this namespace, that of their Service, and caBundle in the webhook configurations.",
            HelpName = "NAMESPACE",
        };
        var authorityOutput = new Option<string?>("--ca-out")
        {
            Description = "Without --cert: writes the certificate of the authority made in memory there, for clients to trust.",
            HelpName = "FILE",
        };
        var clientAuthority = new Option<string?>("--client-ca")
        {
            Description = "Only clients with a certificate of these authorities, PEM, may call the port of reviews; followed. Without it whoever reaches it may.",
            HelpName = "FILE",
        };
        var clientNames = new Option<string[]>("--client-name")
        {
            Description = "With --client-ca: the common names or DNS names that a client's certificate may be for. Without it: any.",
            HelpName = "NAME",
            AllowMultipleArgumentsPerToken = true,
        };
        var maxInFlight = new Option<int>("--max-in-flight")
        {
            Description = "How many reviews are answered at once; more are refused with 429, and fall as their failurePolicy says. A healthy server has a handful.",
            HelpName = "COUNT",
            DefaultValueFactory = _ => Defaults.MaxInFlight,
        };
        var maxConnections = new Option<int>("--max-connections")
        {
            Description = "How many connections are open at once on the port of reviews; more are closed as they come.",
            HelpName = "COUNT",
            DefaultValueFactory = _ => Defaults.MaxConnections,
        };
        var configuration = new Option<string?>("--config") { Description = "The configuration file, YAML; followed.", HelpName = "FILE" };
        var logFormat = new Option<string>("--log-format")
        {
            Description = "The form of the log. Default: text on a terminal, else json.",
            DefaultValueFactory = _ => Console.IsOutputRedirected ? ConsoleFormatterNames.Json : "text",
        };
        logFormat.AcceptOnlyFromAmong("text", "json");
        var logLevel = new Option<LogLevel>("--log-level")
        {
            Description = "The least level that is logged. Debug has a line for every request.",
            DefaultValueFactory = _ => LogLevel.Information,
        };

        var command = new Command("serve", "Serves the webhook: HTTPS /mutate and /validate; HTTP /healthz, /readyz and /metrics.")
        {
            httpsPort, httpPort, bind, drain, certificate, key, selfManaged, authorityOutput, clientAuthority, clientNames, maxInFlight, maxConnections, configuration,
            logFormat, logLevel,
        };
        cluster.AddTo(command);
        foreach (var port in new[] { httpsPort, httpPort })
        {
            port.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() is < 0 or > IPEndPoint.MaxPort)
                {
                    result.AddError($"{port.Name} must be from 0 to {IPEndPoint.MaxPort}.");
                }
            });
        }

        foreach (var count in new[] { maxInFlight, maxConnections })
        {
            count.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() is < 1 or > 1_000_000)
                {
                    result.AddError($"{count.Name} must be from 1 to 1000000.");
                }
            });
        }

        drain.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 300)
            {
                result.AddError("--drain-seconds must be from 0 to 300.");
            }
        });
        bind.Validators.Add(result =>
        {
            if (!IPAddress.TryParse(result.GetValueOrDefault<string>(), out _))
            {
                result.AddError("--bind must be an IP address, such as 127.0.0.1 or ::.");
            }
        });
        command.Validators.Add(result =>
        {
            if (result.GetValue(certificate) is null != result.GetValue(key) is null)
            {
                result.AddError("Give --cert and --key together, or neither.");
            }

            if (result.GetValue(authorityOutput) is not null && (result.GetValue(certificate) is not null || result.GetValue(selfManaged) is not null))
            {
                result.AddError("--ca-out is for development, without --cert and --self-managed: theirs are other authorities.");
            }

            if (result.GetValue(clientNames) is { Length: > 0 } && result.GetValue(clientAuthority) is null)
            {
                result.AddError("--client-name needs --client-ca: a name proves nothing without an authority.");
            }

            if (result.GetValue(selfManaged) is not null && result.GetValue(certificate) is not null)
            {
                result.AddError("Give --cert or --self-managed, not both: there is one serving certificate.");
            }

            if (result.GetValue(selfManaged) is not null && result.GetValue(cluster.Directory) is not null)
            {
                result.AddError("--self-managed needs a live cluster: it keeps a Secret there.");
            }
        });
        selfManaged.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } value && KubernetesNames.NamespaceFault(value) is { } fault)
            {
                result.AddError($"--self-managed: {value} {fault}");
            }
        });
        command.SetAction((parse, cancellationToken) => new ServingProcess(
            new ServingOptions
            {
                Address = IPAddress.Parse(parse.GetValue(bind)!),
                HttpsPort = parse.GetValue(httpsPort),
                HttpPort = parse.GetValue(httpPort),
                MaxInFlight = parse.GetValue(maxInFlight),
                MaxConnections = parse.GetValue(maxConnections),
                ClientNames = [.. parse.GetValue(clientNames) ?? []],
                Drain = TimeSpan.FromSeconds(parse.GetValue(drain)),
            },
            new ServingFiles(
                parse.GetValue(certificate), parse.GetValue(key), parse.GetValue(authorityOutput), parse.GetValue(configuration),
                parse.GetValue(cluster.Directory), parse.GetValue(cluster.Kubeconfig), parse.GetValue(selfManaged), parse.GetValue(clientAuthority)),
            TimeProvider.System,
            logging => Configure(logging, parse.GetValue(logFormat)!, parse.GetValue(logLevel)),
            Console.Error).RunAsync(cancellationToken));
        return command;
    }

    private static void Configure(ILoggingBuilder logging, string format, LogLevel level)
    {
        logging.SetMinimumLevel(level);
        // The framework's own lines about each request would say again what one line of ours says.
        // A log that nobody reads may lose lines; it may not hold up admissions.
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite);
        logging.AddFilter("Microsoft", level < LogLevel.Warning ? LogLevel.Warning : level);
        if (format == "text")
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                console.UseUtcTimestamp = true;
            });
        }
        else
        {
            logging.AddJsonConsole(console =>
            {
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
                console.UseUtcTimestamp = true;
            });
        }
    }
}
