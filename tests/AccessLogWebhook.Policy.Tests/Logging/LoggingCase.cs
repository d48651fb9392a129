using System.Globalization;
using System.Text.Json;
using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Tests.Support;

namespace AccessLogWebhook.Policy.Tests.Logging;

/// <summary>
/// One case of <c>istiod-cases.txt</c>: a proxy, what there is around it, and what its loggers are. The file's head says how a case is written.
/// </summary>
internal sealed class LoggingCase
{
    private const string JsonProvider = """{"name": "envoy-json", "envoyFileAccessLog": {"path": "/dev/stdout", "logFormat": {"labels": {}}}}""";

    private readonly List<string> expectations = [];

    private LoggingCase(string title) => Title = title;

    public string Title { get; }

    public Proxy Proxy { get; private set; } = new Proxy.Sidecar("default", LabelSet.Of(("app", "test")), IsCertain: true);

    public MeshSnapshot Mesh { get; private set; } = MeshSnapshot.Empty;

    public ProxyLogging Logging => LoggingModel.Of(Proxy, Mesh, Scene.Root);

    public static IEnumerable<LoggingCase> ReadAll()
    {
        LoggingCase? current = null;
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Logging", "istiod-cases.txt")).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line.StartsWith("== ", StringComparison.Ordinal))
            {
                if (current is not null)
                {
                    yield return current;
                }

                current = new LoggingCase(line[3..]) { Mesh = Configured("{}") };
            }
            else
            {
                current!.Take(line);
            }
        }

        yield return current!;
    }

    /// <summary>The same with the resources put in another order.</summary>
    public MeshSnapshot Reversed() => Mesh with
    {
        EnvoyFilters = Mesh.EnvoyFilters.Clear().AddRange(Mesh.EnvoyFilters.Reverse()),
        Telemetries = Mesh.Telemetries.Clear().AddRange(Mesh.Telemetries.Reverse()),
    };

    public void Check()
    {
        var logging = Logging;
        foreach (var expectation in expectations)
        {
            var words = expectation.Split(' ', 2);
            switch (words[0])
            {
                case "inbound" or "outbound" or "gateway":
                    var colon = words[1].IndexOf(':', StringComparison.Ordinal);
                    var protocol = Enum.Parse<LogProtocol>(words[1][..colon], ignoreCase: true);
                    var loggers = logging.Of(Enum.Parse<LogDirection>(words[0], ignoreCase: true), protocol);
                    Assert.Equal(words[1][(colon + 1)..].Trim(), loggers.IsEmpty ? "none" : string.Join(" + ", loggers.Select(Describe)));
                    break;
                case "doubt":
                    Assert.Contains(logging.Doubts, doubt => doubt.Problem.Contains(words[1], StringComparison.Ordinal));
                    break;
                case "certain":
                    Assert.Empty(logging.Doubts);
                    break;
                case "doubled":
                    var doubled = DoubledLines.Of(logging).Select(each => $"{each.Direction} {each.Protocol} {each.Loggers.Length}".ToLowerInvariant());
                    Assert.Equal(words[1], string.Join(", ", doubled.DefaultIfEmpty("none")));
                    break;
                case "considered":
                    Assert.Contains(ConsideredResources.Of(Proxy, Mesh, Scene.Root), considered => considered.ToString().Contains(words[1], StringComparison.Ordinal));
                    break;
                case "format":
                    Assert.Equal(words[1], string.Join(" + ", logging.Events[0].Loggers.Select(logger => logger.Content.Format.Description)));
                    break;
                default:
                    Assert.Fail($"Nothing is expected by \"{expectation}\".");
                    break;
            }
        }

        Assert.NotEmpty(expectations);
    }

    private void Take(string line)
    {
        var words = line.Split(' ', 3);
        switch (words[0])
        {
            case "proxy":
                Proxy = ReadProxy(words[1], words[2].Split(' '));
                break;
            case "mesh":
                Mesh = words[1] == "unknown" ? Mesh with { Configurations = Mesh.Configurations.Clear() } : Configured(line["mesh ".Length..].Replace("$json", JsonProvider, StringComparison.Ordinal)) with { EnvoyFilters = Mesh.EnvoyFilters, Telemetries = Mesh.Telemetries };
                break;
            case "filter":
                var filter = ReadResource(LoggingResourceKind.EnvoyFilter, words[1], FilterText.Spec(words[2]));
                Mesh = Mesh with { EnvoyFilters = Mesh.EnvoyFilters.Add(filter.Key, filter) };
                break;
            case "telemetry":
                var telemetry = ReadResource(LoggingResourceKind.Telemetry, words[1], FilterText.TelemetrySpec(words[2]));
                Mesh = Mesh with { Telemetries = Mesh.Telemetries.Add(telemetry.Key, telemetry) };
                break;
            default:
                expectations.Add(line);
                break;
        }
    }

    private static MeshSnapshot Configured(string json)
    {
        using var document = JsonDocument.Parse(json);
        return MeshSnapshot.Empty with
        {
            Configurations = MeshSnapshot.Empty.Configurations.Add(new ObjectKey(Scene.Root, "istio"), MeshLoggingReader.Read(document.RootElement)),
        };
    }

    private static Proxy ReadProxy(string kind, string[] words)
    {
        var labels = LabelSet.From(words.Skip(1).Select(word => word.Split('=')).Where(pair => pair.Length == 2).Select(pair => KeyValuePair.Create(pair[0], pair[1])));
        var name = words.Skip(1).FirstOrDefault(word => !word.Contains('=', StringComparison.Ordinal)) ?? "";
        return kind switch
        {
            "sidecar" => new Proxy.Sidecar(words[0], labels, IsCertain: true),
            "injected" => new Proxy.Sidecar(words[0], labels, IsCertain: true) { IsGateway = true },
            "generated" => new Proxy.GeneratedGateway(words[0], name, labels.With(LabelSet.Of((MeshKeys.GatewayName, name)))),
            "waypoint" => new Proxy.Waypoint(words[0], name) { Served = labels["served"] },
            _ => throw new ArgumentException(kind),
        };
    }

    /// <param name="title"><c>namespace/name</c>, perhaps with <c>@</c> and the second of its creation.</param>
    private static LoggingResource ReadResource(LoggingResourceKind kind, string title, string spec)
    {
        var at = title.IndexOf('@', StringComparison.Ordinal);
        var key = Scene.Key(at < 0 ? title : title[..at]);
        var created = at < 0 ? "" : DateTimeOffset.FromUnixTimeSeconds(long.Parse(title[(at + 1)..], CultureInfo.InvariantCulture)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        using var document = JsonDocument.Parse($$"""{"metadata": {"namespace": "{{key.Namespace}}", "name": "{{key.Name}}", "creationTimestamp": "{{created}}"}, "spec": {{spec}}}""");
        return LoggingResourceReader.Read(kind, key, LabelSet.Empty, document.RootElement.GetProperty("spec")) with { Effects = LoggingEffectsReader.Read(kind, document.RootElement) };
    }

    private static string Describe(ActiveLogger logger)
    {
        var origin = logger.Origin switch
        {
            LoggerOrigin.MeshSetting setting => $"mesh.{setting.Name}",
            LoggerOrigin.Provider { Telemetry: { } key } provider => $"{key}:{provider.Name}",
            LoggerOrigin.Provider provider => $"mesh:{provider.Name}",
            LoggerOrigin.Patch patch => $"{patch.EnvoyFilter}#{patch.Index}",
            _ => "?",
        };
        var sink = logger.Content.Sink == LogSink.Stdout ? "out" : logger.Content.Sink.Title;
        var filter = logger.Content.Filter is { } some ? $" if {some.Description}{(some.PassesNothing ? " (nothing)" : "")}" : "";
        return $"{origin} > {sink}{filter}{(logger.Where.Length > 0 ? $" at {logger.Where}" : "")}{(logger.IsCertain ? "" : " (perhaps)")}";
    }
}
