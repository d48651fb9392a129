using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using AccessLogWebhook.Certificates;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Issuance;

/// <summary>What one of the two webhook configurations says about whom the API server trusts.</summary>
/// <param name="Title"><c>mutatingwebhookconfigurations/accesslog-webhook</c>, for people.</param>
/// <param name="IsOurs">Whether it bears the label of an installation; another's of the same name is never written.</param>
/// <param name="Injector">The annotation by which cert-manager fills in <c>caBundle</c>; null where there is none. Two who write it would never end.</param>
/// <param name="Webhooks">Those of ours, by the end of their name.</param>
internal sealed record TrustingConfiguration(
    string Title, string ResourceVersion, bool IsOurs, string? Injector, ImmutableArray<TrustingConfiguration.Webhook> Webhooks)
{
    private const string NameLabel = "app.kubernetes.io/name";
    private const string NameEnd = ".accesslog.mesh";

    // inject-ca-from, inject-ca-from-secret, inject-apiserver-ca.
    private const string InjectorBeginning = "cert-manager.io/inject-";

    /// <param name="Bundle">PEM; empty where there is none, or none that can be read.</param>
    /// <param name="Host">The name by which the API server verifies the certificate; null where it calls an address.</param>
    internal sealed record Webhook(int Index, string Name, string Bundle, string? Host);

    /// <returns>Null where it is no such object.</returns>
    public static TrustingConfiguration? Of(ObjectPath path, JsonElement configuration)
    {
        if (configuration.Object("metadata") is not { } metadata || metadata.Text("resourceVersion") is not { Length: > 0 } version)
        {
            return null;
        }

        var webhooks = ImmutableArray.CreateBuilder<Webhook>();
        if (configuration.Member("webhooks") is { ValueKind: JsonValueKind.Array } list)
        {
            foreach (var (index, webhook) in list.EnumerateArray().Index())
            {
                if (webhook.Text("name") is { } name && name.EndsWith(NameEnd, StringComparison.Ordinal) && webhook.Object("clientConfig") is { } client)
                {
                    var service = client.Object("service");
                    webhooks.Add(new Webhook(
                        index, name, Decode(client.Text("caBundle")), service is { } called ? $"{called.Text("name")}.{called.Text("namespace")}.svc" : null));
                }
            }
        }

        return new TrustingConfiguration(
            $"{path.Plural}/{path.Name}", version, metadata.Object("labels")?.Text(NameLabel) == IssuancePlace.Name, InjectorOf(metadata), webhooks.ToImmutable());
    }

    private static string? InjectorOf(JsonElement metadata) => metadata.Object("annotations") is { } annotations
        ? annotations.EnumerateObject().Select(annotation => annotation.Name).FirstOrDefault(name => name.StartsWith(InjectorBeginning, StringComparison.Ordinal))
        : null;

    /// <summary>Why its <c>caBundle</c> is left to others, a sentence; null where it is kept.</summary>
    public string? Abstention() =>
        !IsOurs ? $"it has no label {NameLabel}: {IssuancePlace.Name}, so it is somebody else's, and its caBundle is left alone."
        : Injector is not null ? $"it has the annotation {Injector}, by which cert-manager fills in its caBundle, so that is left alone; take the annotation off to have it kept here."
        : null;

    public bool Trusts(string bundle) => Webhooks.All(webhook => webhook.Bundle == bundle);

    /// <returns>Why the API server would not accept a certificate, a sentence; null where it would.</returns>
    public string? FindProblem(X509Certificate2 leaf, DateTimeOffset now)
    {
        foreach (var called in Webhooks.DistinctBy(webhook => (webhook.Bundle, webhook.Host)))
        {
            if (CertificateTrust.FindProblem(called.Bundle, leaf, called.Host, now) is { } problem)
            {
                return $"The serving certificate {problem}, by the caBundle of {called.Name} in {Title}"
                    + (IsOurs ? "." : $", which is not looked after: it has no label {NameLabel}: {IssuancePlace.Name}.");
            }
        }

        return null;
    }

    /// <summary>
    /// An RFC 6902 document that sets <c>caBundle</c> of our webhooks and nothing else. It is a conflict once anybody has changed the object, and
    /// fails where a webhook is not where it was.
    /// </summary>
    public ReadOnlyMemory<byte> ToPatch(string bundle) => ObjectJson.Of(json =>
    {
        json.WriteStartArray();
        Write(json, "replace", "/metadata/resourceVersion", ResourceVersion);
        foreach (var webhook in Webhooks)
        {
            Write(json, "test", $"/webhooks/{webhook.Index}/name", webhook.Name);
            Write(json, "add", $"/webhooks/{webhook.Index}/clientConfig/caBundle", Convert.ToBase64String(Encoding.UTF8.GetBytes(bundle)));
        }

        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, string operation, string path, string value)
    {
        json.WriteStartObject();
        json.WriteString("op"u8, operation);
        json.WriteString("path"u8, path);
        json.WriteString("value"u8, value);
        json.WriteEndObject();
    }

    private static string Decode(string? encoded)
    {
        var bytes = new byte[encoded?.Length ?? 0];
        return Convert.TryFromBase64String(encoded ?? "", bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : "";
    }
}
