namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// What Envoy or Istio has better words for. <c>REQ_WITHOUT_QUERY</c> is not among them: Envoy recommends <c>PATH(NQ)</c> in its place, but
/// there still are proxies that reject that, and none that rejects the former.
/// </summary>
internal static class DeprecationRules
{
    public static string? Find(CommandOperator definition, string? argument)
    {
        if (argument is null)
        {
            return null;
        }

        return definition.Argument switch
        {
            // Header values had a form of their own; in a log it is a namespace that nobody has.
            ArgumentKind.MetadataPath or ArgumentKind.TypedMetadataPath or ArgumentKind.FilterState when argument.StartsWith('[') =>
                $"has the list form of header values, which logs \"-\": write %{definition.Name}(NAMESPACE:KEY)%.",
            ArgumentKind.MetadataPath when definition.Name == "DYNAMIC_METADATA" && argument.StartsWith("istio.mixer", StringComparison.Ordinal) =>
                "always logs \"-\", since Istio 1.8 has no Mixer: leave it out.",
            // istio/proxy#5825; the old names are written no more.
            ArgumentKind.FilterState when argument.StartsWith("wasm.downstream_peer", StringComparison.Ordinal) || argument.StartsWith("wasm.upstream_peer", StringComparison.Ordinal) =>
                $"has the name that Istio used before 1.24: write %{definition.Name}({argument["wasm.".Length..]})%.",
            _ => null,
        };
    }
}
