using System.Collections.Immutable;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>How the product is started.</summary>
public sealed record WebhookProcessOptions
{
    /// <summary>The path of a kubeconfig: <see cref="ControlPlane.AdminKubeconfig"/>, or that of a <see cref="ClusterUser"/>.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>The text of the configuration file; without it, none is given.</summary>
    public string? Configuration { get; init; }

    /// <summary>The namespace where it keeps a certificate that it makes itself; without it, it serves one of the harness.</summary>
    public string? SelfManaged { get; init; }

    /// <summary>Arguments after those that the harness gives.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>Variables of its environment beside those of the tests.</summary>
    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Another program in the product's place.</summary>
    public string? Executable { get; init; }
}
