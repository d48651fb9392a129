using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AccessLogWebhook.Policy.Tests.Logging;

/// <summary>The short forms of EnvoyFilters and Telemetries in <c>istiod-cases.txt</c>, as the specs that they stand for.</summary>
internal static partial class FilterText
{
    private const string Types = "type.googleapis.com/envoy.extensions.";
    private const string Hcm = "envoy.filters.network.http_connection_manager";
    private const string Tcp = "envoy.filters.network.tcp_proxy";

    /// <summary><c>priority=5 app=x to=Gateway/name | OPERATION OBJECT CONTEXT option=value … | …</c></summary>
    public static string Spec(string text) => Read(text, "workloadSelector", "labels", "configPatches", Patch);

    /// <summary><c>app=x to=Gateway/name | providers=a,b mode=CLIENT disabled expression=… | …</c></summary>
    public static string TelemetrySpec(string text) => Read(text, "selector", "matchLabels", "accessLogging", Entry);

    private static string Read(string text, string selector, string labels, string list, Func<string, JsonNode> item)
    {
        if (text.StartsWith('{'))
        {
            return text;
        }

        var parts = text.Split('|', StringSplitOptions.TrimEntries);
        var spec = new JsonObject();
        foreach (var (key, value) in Options(parts[0]))
        {
            switch (key)
            {
                case "all":
                    break;
                case "priority":
                    spec["priority"] = int.Parse(value, CultureInfo.InvariantCulture);
                    break;
                case "to":
                    spec["targetRefs"] = new JsonArray([.. value.Split(',').Select(Target)]);
                    break;
                default:
                    spec[selector] = new JsonObject { [labels] = new JsonObject { [key] = value } };
                    break;
            }
        }

        spec[list] = new JsonArray([.. parts.Skip(1).Select(item)]);
        return spec.ToJsonString();
    }

    private static JsonObject Target(string target)
    {
        var slash = target.IndexOf('/', StringComparison.Ordinal);
        var kind = target[..slash];
        var group = kind switch { "Service" => "", "ServiceEntry" => "networking.istio.io", _ => "gateway.networking.k8s.io" };
        return new JsonObject { ["group"] = group, ["kind"] = kind, ["name"] = target[(slash + 1)..] };
    }

    private static JsonObject Entry(string text)
    {
        var options = Options(text);
        var entry = new JsonObject();
        if (options.TryGetValue("providers", out var providers))
        {
            entry["providers"] = new JsonArray([.. providers.Split(',').Select(provider => new JsonObject { ["name"] = provider })]);
        }

        if (options.TryGetValue("mode", out var mode))
        {
            entry["match"] = new JsonObject { ["mode"] = mode };
        }

        if (options.ContainsKey("disabled"))
        {
            entry["disabled"] = true;
        }

        if (options.TryGetValue("expression", out var expression))
        {
            entry["filter"] = new JsonObject { ["expression"] = expression.Replace('_', ' ') };
        }

        return entry;
    }

    private static JsonObject Patch(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var options = Options(string.Join(' ', words.Skip(3)));
        var (operation, target, context) = (words[0], words[1], words[2]);
        var match = new JsonObject();
        if (context != "-")
        {
            match["context"] = context;
        }

        if (options.TryGetValue("version", out var version))
        {
            match["proxy"] = new JsonObject { ["proxyVersion"] = version.Replace(@"\\", @"\", StringComparison.Ordinal) };
        }

        if (Listener(target, options) is { Count: > 0 } listener)
        {
            match["listener"] = listener;
        }

        var patch = new JsonObject { ["operation"] = operation };
        if (Value(target, options) is { } value)
        {
            patch["value"] = value;
        }

        var applyTo = target switch { "listener" => "LISTENER", "chain" => "FILTER_CHAIN", "http" => "HTTP_FILTER", _ => "NETWORK_FILTER" };
        return new JsonObject { ["applyTo"] = applyTo, ["match"] = match, ["patch"] = patch };
    }

    private static JsonObject Listener(string target, Dictionary<string, string> options)
    {
        var listener = new JsonObject();
        if (options.TryGetValue("listener", out var name))
        {
            listener["name"] = name;
        }

        if (options.TryGetValue("port", out var port))
        {
            listener["portNumber"] = int.Parse(port, CultureInfo.InvariantCulture);
        }

        var filter = target switch { "hcm" => Hcm, "tcp" => Tcp, "old" => "envoy.http_connection_manager", "other" => "envoy.filters.network.mysql_proxy", _ => "" };
        if (filter.Length > 0)
        {
            var chain = new JsonObject { ["filter"] = new JsonObject { ["name"] = filter } };
            if (options.TryGetValue("sni", out var sni))
            {
                chain["sni"] = sni;
            }

            listener["filterChain"] = chain;
        }

        return listener;
    }

    private static JsonNode? Value(string target, Dictionary<string, string> options)
    {
        if (options.TryGetValue("json", out var json))
        {
            return JsonNode.Parse(json);
        }

        if (!options.TryGetValue("log", out var log))
        {
            return null;
        }

        var loggers = new JsonArray([.. log.Split(',').Where(path => path != "none").Select(path => Logger(path, options.GetValueOrDefault("if")))]);
        if (target == "listener")
        {
            return new JsonObject { ["access_log"] = loggers };
        }

        var isTcp = (options.GetValueOrDefault("type") ?? target) == "tcp";
        var config = Any($"filters.network.{(isTcp ? "tcp_proxy.v3.TcpProxy" : "http_connection_manager.v3.HttpConnectionManager")}");
        if (loggers.Count > 0)
        {
            config["access_log"] = loggers;
        }

        return new JsonObject { ["name"] = isTcp ? Tcp : Hcm, ["typed_config"] = config };
    }

    private static JsonObject Logger(string path, string? condition)
    {
        var logger = new JsonObject { ["name"] = "x" };
        if (condition is not null)
        {
            logger["filter"] = condition == "nothing"
                ? new JsonObject { ["runtime_filter"] = new JsonObject { ["runtime_key"] = "x" } }
                : new JsonObject
                {
                    ["status_code_filter"] = new JsonObject
                    {
                        ["comparison"] = new JsonObject
                        {
                            ["op"] = "GE",
                            ["value"] = new JsonObject { ["default_value"] = int.Parse(condition, CultureInfo.InvariantCulture), ["runtime_key"] = "x" },
                        },
                    },
                };
        }

        logger["typed_config"] = path switch
        {
            "stream" => Any("access_loggers.stream.v3.StdoutAccessLog"),
            "otel" => Grpc("access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig", "collector"),
            "als" => Grpc("access_loggers.grpc.v3.HttpGrpcAccessLogConfig", "als"),
            _ => File(path == "out" ? "/dev/stdout" : path),
        };
        return logger;
    }

    private static JsonObject File(string path)
    {
        var config = Any("access_loggers.file.v3.FileAccessLog");
        config["path"] = path;
        return config;
    }

    private static JsonObject Grpc(string type, string cluster)
    {
        var config = Any(type);
        config["common_config"] = new JsonObject { ["grpc_service"] = new JsonObject { ["envoy_grpc"] = new JsonObject { ["cluster_name"] = cluster } } };
        return config;
    }

    private static JsonObject Any(string type) => new() { ["@type"] = $"{Types}{type}" };

    private static Dictionary<string, string> Options(string text) =>
        Option().Matches(text).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value, StringComparer.Ordinal);

    [GeneratedRegex(@"(\w+)(?:=(\S+))?(?:\s+|$)")]
    private static partial Regex Option();
}
