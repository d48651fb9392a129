namespace AccessLogWebhook.Configuration;

/// <summary>How the controllers that write to a live cluster run.</summary>
internal sealed record ControllerSettings
{
    /// <summary>False leaves everything as it is in the cluster: references are then rendered and applied by others.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Whether reports, gauges and Events say what is true of the workloads of each namespace.</summary>
    public bool Reports { get; init; } = true;

    /// <summary>Where the Lease is by which one replica leads. Null is the Pod's own namespace, and outside a Pod the mesh's root namespace.</summary>
    public string? LeaseNamespace { get; init; }

    /// <summary>A leader that has not renewed the Lease for so long is succeeded by another.</summary>
    public int LeaseDurationSeconds { get; init; } = 10;

    /// <summary>A leader that could not renew the Lease for so long stops writing.</summary>
    public int RenewDeadlineSeconds { get; init; } = 7;

    /// <summary>Between two looks at the Lease.</summary>
    public int RetrySeconds { get; init; } = 2;

    /// <summary>A reference that nobody has used for so long is removed: as long as a replica may hand out its revision from a cache that lags.</summary>
    public int RemoveAfterSeconds { get; init; } = 300;
}
