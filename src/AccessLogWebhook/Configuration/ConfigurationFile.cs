using System.Collections.Frozen;
using System.Diagnostics;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Decisions;

namespace AccessLogWebhook.Configuration;

/// <summary>
/// The configuration file, YAML or JSON. What it leaves out has its default, an empty file everything. Errors are
/// <c>file:line:column: field: message</c>, all of them at once.
/// </summary>
internal static class ConfigurationFile
{
    private const string ApiVersion = "accesslog.mesh/v1alpha1";
    private const string Kind = "AccessLogConfiguration";

    // A day: longer is a slip of a digit, not a timing.
    private const int LongestSeconds = 24 * 60 * 60;

    // Ten years, as authorities are made elsewhere.
    private const int LongestHours = 10 * 366 * 24;

    // Nobody leads for so long after a leader has died.
    private const int LongestLeaseSeconds = 300;

    /// <param name="path">Null where no file is named: then all is as the defaults say.</param>
    public static ConfigurationReading ReadOrDefault(string? path) => path is null ? new ConfigurationReading(new WebhookOptions(), []) : Read(path);

    public static ConfigurationReading Read(string path) => FileContent.Read(path) switch
    {
        FileContent.Readable(var utf8) => Read(path, utf8),
        FileContent.Unreadable(var error) => new ConfigurationReading(null, [error]),
        _ => throw new UnreachableException(),
    };

    /// <param name="source">The file's name in errors.</param>
    public static ConfigurationReading Read(string source, ReadOnlyMemory<byte> utf8)
    {
        var documents = YamlDocuments.Read(source, utf8);
        var errors = new ConfigurationErrors(source, documents.Errors);
        if (documents.Documents.Length > 1)
        {
            errors.Add(documents.Documents[1].Root, "", "is a second document: a configuration is one.");
        }

        var options = documents.Documents.IsEmpty ? new WebhookOptions() : ReadRoot(documents.Documents[0].Root, errors);
        return errors.IsEmpty ? new ConfigurationReading(options, []) : new ConfigurationReading(null, errors.InOrder());
    }

    private static WebhookOptions ReadRoot(YamlNode root, ConfigurationErrors errors)
    {
        if (ConfigurationSection.Of(root, "", errors) is not { } file)
        {
            return new WebhookOptions();
        }

        file.Constant("apiVersion", ApiVersion);
        file.Constant("kind", Kind);
        var options = new WebhookOptions
        {
            Policy = ReadPolicy(file),
            Cluster = ReadTimings(file.Section("cluster"), new ClusterTimings()),
            Controllers = ReadControllers(file.Section("controllers"), new ControllerSettings()),
            Auditing = ReadAuditing(file.Section("auditing"), new AuditSettings()),
            Certificates = ReadCertificates(file.Section("certificates"), new CertificateSettings()),
        };
        file.RefuseUnknown();
        return options;
    }

    private static PolicySettings ReadPolicy(ConfigurationSection file)
    {
        var @default = PolicySettings.Default;
        var defaults = file.Section("defaults");
        var exemptions = file.Section("exemptions");
        var mesh = file.Section("mesh");
        var labels = file.Section("namespaceLabels");
        var failure = file.Section("failure");
        var settings = @default with
        {
            Defaults = new ModeDefaults(
                defaults.ProfileOrOff("inject", @default.Defaults.Inject),
                defaults.ProfileOrOff("enforce", @default.Defaults.Enforce),
                defaults.ProfileOrOff("warn", @default.Defaults.Warn),
                defaults.ProfileOrOff("audit", @default.Defaults.Audit)),
            Exemptions = @default.Exemptions with
            {
                Namespaces = exemptions.Names("namespaces", KubernetesNames.NamespaceFault)?.ToFrozenSet(StringComparer.Ordinal) ?? @default.Exemptions.Namespaces,
                Usernames = exemptions.Names("usernames", _ => null)?.ToFrozenSet(StringComparer.Ordinal) ?? @default.Exemptions.Usernames,
                RuntimeClasses = exemptions.Names("runtimeClasses", KubernetesNames.SubdomainFault)?.ToFrozenSet(StringComparer.Ordinal) ?? @default.Exemptions.RuntimeClasses,
                AllowAnnotation = exemptions.Flag("annotation", @default.Exemptions.AllowAnnotation),
            },
            RootNamespace = mesh.Name("rootNamespace", KubernetesNames.NamespaceFault, @default.RootNamespace),
            EnableNamespacesByDefault = mesh.Flag("enableNamespacesByDefault", @default.EnableNamespacesByDefault),
            RefuseUnknownNamespaceLabels = labels.Choice("unknown", @default.RefuseUnknownNamespaceLabels, ("refuse", true), ("warn", false)),
            InjectFault = failure.Choice("inject", @default.InjectFault, ("open", FailureDirection.Open), ("closed", FailureDirection.Closed)),
            EnforceFault = failure.Choice("enforce", @default.EnforceFault, ("open", FailureDirection.Open), ("closed", FailureDirection.Closed)),
        };
        foreach (var section in (ReadOnlySpan<ConfigurationSection>)[defaults, exemptions, mesh, labels, failure])
        {
            section.RefuseUnknown();
        }

        return settings;
    }

    private static ClusterTimings ReadTimings(ConfigurationSection cluster, ClusterTimings @default)
    {
        var timings = new ClusterTimings
        {
            WatchStallSeconds = cluster.Seconds("watchStallSeconds", @default.WatchStallSeconds, LongestSeconds),
            StaleAfterSeconds = cluster.Seconds("staleAfterSeconds", @default.StaleAfterSeconds, LongestSeconds),
        };
        cluster.RefuseUnknown();
        if (timings.StaleAfterSeconds <= timings.WatchStallSeconds)
        {
            // Else a watch that merely stalls makes the webhook unready before it is begun again.
            cluster.Refuse(
                "staleAfterSeconds", "watchStallSeconds",
                $"must be more than watchStallSeconds, but {timings.StaleAfterSeconds} is not more than {timings.WatchStallSeconds}.");
        }

        return timings;
    }

    private static AuditSettings ReadAuditing(ConfigurationSection auditing, AuditSettings @default)
    {
        var trail = auditing.Name("trail", TrailFault, @default.Trail ?? Modes.Off);
        auditing.RefuseUnknown();
        return new AuditSettings { Trail = trail == Modes.Off ? null : trail };
    }

    private static string? TrailFault(string trail) =>
        trail is Modes.Off or "stdout" || Path.IsPathFullyQualified(trail) ? null : "is no place for a trail: \"off\", stdout, or the full path of a file.";

    private static ControllerSettings ReadControllers(ConfigurationSection controllers, ControllerSettings @default)
    {
        var settings = new ControllerSettings
        {
            Enabled = controllers.Flag("enabled", @default.Enabled),
            Reports = controllers.Flag("reports", @default.Reports),
            LeaseNamespace = controllers.Name("leaseNamespace", KubernetesNames.NamespaceFault, "") is { Length: > 0 } name ? name : @default.LeaseNamespace,
            LeaseDurationSeconds = controllers.Seconds("leaseDurationSeconds", @default.LeaseDurationSeconds, LongestLeaseSeconds),
            RenewDeadlineSeconds = controllers.Seconds("renewDeadlineSeconds", @default.RenewDeadlineSeconds, LongestLeaseSeconds),
            RetrySeconds = controllers.Seconds("retrySeconds", @default.RetrySeconds, LongestLeaseSeconds),
            RemoveAfterSeconds = controllers.Seconds("removeAfterSeconds", @default.RemoveAfterSeconds, LongestSeconds),
        };
        controllers.RefuseUnknown();
        if (settings.LeaseDurationSeconds <= settings.RenewDeadlineSeconds)
        {
            // Else another starts before the one before has stopped.
            controllers.Refuse(
                "leaseDurationSeconds", "renewDeadlineSeconds",
                $"must be more than renewDeadlineSeconds, but {settings.LeaseDurationSeconds} is not more than {settings.RenewDeadlineSeconds}.");
        }

        if (settings.RenewDeadlineSeconds < 2 * settings.RetrySeconds)
        {
            // Else one request that fails ends a leadership.
            controllers.Refuse(
                "renewDeadlineSeconds", "retrySeconds",
                $"must be at least twice retrySeconds, but {settings.RenewDeadlineSeconds} is less than twice {settings.RetrySeconds}.");
        }

        return settings;
    }

    private static CertificateSettings ReadCertificates(ConfigurationSection certificates, CertificateSettings @default)
    {
        var settings = new CertificateSettings
        {
            LeafHours = certificates.Hours("leafHours", @default.LeafHours, LongestHours),
            AuthorityHours = certificates.Hours("authorityHours", @default.AuthorityHours, LongestHours),
            SettleSeconds = certificates.Seconds("settleSeconds", @default.SettleSeconds, LongestSeconds),
            RetireAfterSeconds = certificates.Seconds("retireAfterSeconds", @default.RetireAfterSeconds, LongestSeconds),
        };
        certificates.RefuseUnknown();
        if (settings.AuthorityHours < 3 * settings.LeafHours)
        {
            // It is succeeded at two thirds of its life; its last leaf must find room in the rest.
            certificates.Refuse(
                "authorityHours", "leafHours",
                $"must be at least three times leafHours, but {settings.AuthorityHours} is less than three times {settings.LeafHours}.");
        }

        return settings;
    }
}
