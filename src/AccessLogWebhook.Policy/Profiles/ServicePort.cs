using System.Globalization;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>A port of a service of the mesh.</summary>
/// <param name="Namespace">Empty where the host's name alone is enough.</param>
/// <param name="Host">Its host name as the mesh knows it.</param>
public sealed record ServicePort(string Namespace, string Host, int Port)
{
    /// <summary>The name of Envoy's cluster for it (<c>pilot/pkg/model/push_context.go</c>, BuildSubsetKey), which has no subset.</summary>
    public string ClusterName => string.Create(CultureInfo.InvariantCulture, $"outbound|{Port}||{Host}");

    /// <summary><c>NAMESPACE/HOST</c>, or the bare host.</summary>
    public string Service => Namespace.Length == 0 ? Host : $"{Namespace}/{Host}";
}
