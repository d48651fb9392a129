using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>Reads <c>spec.output</c>.</summary>
internal static partial class OutputReader
{
    private const int LongestPath = 256;
    private const int LongestLogName = 253;
    private const int MostAttributes = 32;
    private const int LongestAttribute = 1024;
    private const int LongestAttributeName = 256;
    private const int MostNames = 64;
    private const int LongestName = 256;
    private const int LongestHost = 253;
    private const int LongestNamespace = 63;

    public static LogOutput Read(string profile, SpecFields spec)
    {
        if (spec.Object("output") is not { } output)
        {
            return LogOutput.StandardOutput;
        }

        ImmutableArray<LogOutput?> read = [ReadPath(output), ReadOpenTelemetry(profile, output), ReadGrpc(profile, output), ReadProvider(output)];
        var given = ((ReadOnlySpan<string>)["path", "openTelemetry", "grpc", "provider"]).ToArray().Count(output.Has);
        if (given != 1)
        {
            output.RefuseWhole("exactly one of path, openTelemetry, grpc and provider must be set.");
        }

        output.End();
        return read.FirstOrDefault(one => one is not null) ?? LogOutput.StandardOutput;
    }

    private static LogOutput.File? ReadPath(SpecFields output)
    {
        if (output.Text("path", 2, LongestPath) is not { } path)
        {
            return null;
        }

        if (path[0] != '/' || path.Any(char.IsControl))
        {
            output.Refuse("path", "must be an absolute path, such as /dev/stdout.");
        }

        return new LogOutput.File(path);
    }

    private static LogOutput.OpenTelemetry? ReadOpenTelemetry(string profile, SpecFields output)
    {
        if (output.Object("openTelemetry") is not { } fields)
        {
            return null;
        }

        var read = new LogOutput.OpenTelemetry(
            ReadService(fields),
            fields.Text("logName", 1, LongestLogName) ?? DefaultLogName(profile),
            fields.Map("resourceAttributes", MostAttributes, AttributeFault),
            fields.Flag("disableBuiltinLabels"));
        fields.End();
        return read;
    }

    private static LogOutput.Grpc? ReadGrpc(string profile, SpecFields output)
    {
        if (output.Object("grpc") is not { } fields)
        {
            return null;
        }

        var read = new LogOutput.Grpc(
            ReadService(fields),
            fields.Text("logName", 1, LongestLogName) ?? DefaultLogName(profile),
            ReadHeaders(fields, "requestHeaders"),
            ReadHeaders(fields, "responseHeaders"),
            ReadHeaders(fields, "responseTrailers"),
            fields.Set("filterStateObjects", MostNames, NameFault));
        fields.End();
        return read;
    }

    private static LogOutput.Provider? ReadProvider(SpecFields output)
    {
        if (output.Text("provider", 1, ProviderNames.Longest) is not { } name)
        {
            return null;
        }

        if (ProviderNames.Fault(name) is { } fault)
        {
            output.Refuse("provider", fault);
        }

        return new LogOutput.Provider(name);
    }

    private static ServicePort ReadService(SpecFields fields)
    {
        const string message = "must be a host name as the mesh knows it, with NAMESPACE/ before it where several namespaces have it.";
        var text = fields.Text("service", 1, LongestNamespace + 1 + LongestHost);
        var port = fields.Integer("port", 1, 65535);
        foreach (var required in (ReadOnlySpan<string>)["service", "port"])
        {
            if (!fields.Has(required))
            {
                fields.Refuse(required, "is missing.");
            }
        }

        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        var (@namespace, host) = slash < 0 ? ("", text) : (text![..slash], text[(slash + 1)..]);
        if (host is not null
            && (host.Length > LongestHost || !ResourceNames.IsName(host)
                || (slash >= 0 && (@namespace.Length > LongestNamespace || !ResourceNames.IsNamespace(@namespace)))))
        {
            fields.Refuse("service", message);
        }

        return new ServicePort(@namespace, host ?? "", port ?? 0);
    }

    /// <summary>Header names have no case; Envoy keeps them in lower case.</summary>
    private static ImmutableArray<string> ReadHeaders(SpecFields fields, string name) =>
        fields.Set(name, MostNames, header => header.Length is 0 or > LongestName ? SpecFields.Lengths(header.Length, 1, LongestName)
            : HeaderName().IsMatch(header) ? null : "must be the name of a header, in lower case.");

    private static string? NameFault(string name) => name.Length is 0 or > LongestName ? SpecFields.Lengths(name.Length, 1, LongestName) : null;

    private static string? AttributeFault(string key, string value) =>
        key.Length is 0 or > LongestAttributeName ? $"the name {SpecFields.Lengths(key.Length, 1, LongestAttributeName)}"
        : value.Length > LongestAttribute ? SpecFields.Lengths(value.Length, 0, LongestAttribute)
        : null;

    /// <summary>A log must have a name, which tells it from others at the collector.</summary>
    private static string DefaultLogName(string profile) => profile;

    // RFC 9110, "Tokens"; a colon begins the pseudo-headers of HTTP/2.
    [GeneratedRegex(@"\A:?[!#$%&'*+.^_`|~0-9a-z-]+\z")]
    private static partial Regex HeaderName();
}
