using System.CommandLine.Parsing;

namespace AccessLogWebhook.Benchmarks.Load;

/// <summary>A server under load.</summary>
/// <param name="ProcessId">Whose processor time and memory is measured; null where that is not on this machine.</param>
internal sealed record LoadTarget(string Name, Uri Address, int? ProcessId)
{
    /// <param name="text"><c>NAME=URL</c> or <c>NAME=URL=PID</c>.</param>
    public static LoadTarget? Parse(string text) => text.Split('=') switch
    {
        [var name, var url] when IsHttps(url, out var address) => new(name, address, null),
        [var name, var url, var pid] when IsHttps(url, out var address) && int.TryParse(pid, out var id) => new(name, address, id),
        _ => null,
    };

    /// <summary>For an option that takes several.</summary>
    public static LoadTarget[] ParseAll(ArgumentResult result)
    {
        var parsed = result.Tokens.Select(token => Parse(token.Value)).ToArray();
        if (parsed.Contains(null))
        {
            result.AddError("It is NAME=URL or NAME=URL=PID, with a URL of https.");
        }

        return [.. parsed.OfType<LoadTarget>()];
    }

    private static bool IsHttps(string url, out Uri address) => Uri.TryCreate(url, UriKind.Absolute, out address!) && address.Scheme == Uri.UriSchemeHttps;
}
