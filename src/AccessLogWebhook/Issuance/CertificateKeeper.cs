using System.Collections.Immutable;
using AccessLogWebhook.Certificates;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Controllers;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Issuance;

/// <summary>
/// In the replica that leads: keeps the Secret, and in both webhook configurations the <c>caBundle</c> that the Secret asks for. It asks the API
/// server before each step and writes only what is unchanged since, so that a leader that has been succeeded spoils nothing.
/// </summary>
/// <remarks>
/// Needs nothing of the mesh. How long something has been so is counted by each leader for itself: a new one counts anew, which is only ever longer.
/// </remarks>
internal sealed partial class CertificateKeeper(
    LiveObjects objects, IssuancePlace place, CertificatePlan plan, CertificateMetrics metrics, TimeProvider time, ILogger<CertificateKeeper> logger)
{
    // Another who writes a caBundle of his own is not fought at full speed.
    private static readonly TimeSpan RepairSpacing = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    // A bundle of cert-manager's has one; a list without end is somebody's mistake.
    private const int MostAdopted = 8;

    private readonly HashSet<string> inPlace = [];
    private string trusted = "";
    private long trustedSince;
    private string served = "";
    private long servedSince;
    private long repairedAt;
    private bool repaired;
    private string? problem;
    private readonly HashSet<string> leftAlone = [];
    private string lastStep = "";
    private bool repeats;

    /// <summary>Runs while it leads, and then returns.</summary>
    /// <param name="changed">Ends when something has changed since it was asked for.</param>
    public async Task RunAsync(Func<Task> changed, Leadership leadership)
    {
        try
        {
            while (true)
            {
                var bell = changed();
                if (await GuardedStepAsync(leadership).ConfigureAwait(false) is var pause && pause > TimeSpan.Zero)
                {
                    // Its own write rings, too; a step that did not help is not taken again at full speed.
                    var waiting = Task.Delay(pause, time, leadership.Token);
                    await (repeats ? waiting : Task.WhenAny(bell, waiting)).ConfigureAwait(false);
                }

                leadership.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (leadership.Token.IsCancellationRequested)
        {
            // Another leads, or the host stops.
        }
    }

    private async Task<TimeSpan> GuardedStepAsync(Leadership leadership)
    {
        try
        {
            return await StepAsync(leadership).ConfigureAwait(false);
        }
        catch (Exception fault) when (!leadership.Token.IsCancellationRequested)
        {
            // What is in a Secret is anybody's. The certificates stay as they are, and the metric says so.
            metrics.Failed();
            Log.Fault(logger, fault, Pause.TotalSeconds);
            return Pause;
        }
    }

    /// <returns>How long there is nothing to do, if nothing changes; zero where more is to be done at once.</returns>
    internal async Task<TimeSpan> StepAsync(Leadership leadership)
    {
        repeats = false;
        var secret = await objects.GetAsync(place.Secret, leadership.Token).ConfigureAwait(false);
        if (secret is not (ObjectOutcome.Done or ObjectOutcome.NotFound))
        {
            return Failed($"secrets/{place.Secret.Name}", secret.Problem);
        }

        var configurations = new List<(ObjectPath Path, TrustingConfiguration Configuration)>();
        foreach (var path in place.Configurations)
        {
            var read = await objects.GetAsync(path, leadership.Token).ConfigureAwait(false);
            if (read is ObjectOutcome.Done { Object: var found } && TrustingConfiguration.Of(path, found) is { } configuration)
            {
                configurations.Add((path, configuration));
            }
            else if (read is not ObjectOutcome.NotFound)
            {
                return Failed($"{path.Plural}/{path.Name}", read.Problem.Length > 0 ? read.Problem : "what the API server answers is no configuration.");
            }
        }

        var now = time.GetUtcNow();
        var held = CertificateSecret.Read(secret is ObjectOutcome.Done { Object: var @object } ? @object : null);
        metrics.AuthorityExpires(held.Authority?.NotAfter);
        var isAnythingAskedFor = held.Bundle.Length > 0;
        held = Adopting(held, configurations.Select(each => each.Configuration), now);
        if (isAnythingAskedFor && await TrustAsync(held.Bundle, configurations, leadership).ConfigureAwait(false) is { } pause)
        {
            return pause;
        }

        Count(held);
        var step = plan.Next(held, now, time.GetElapsedTime(trustedSince), time.GetElapsedTime(servedSince));
        if (step is CertificateStep.Wait wait)
        {
            (problem, lastStep) = (null, "");
            return wait.For;
        }

        return await WriteAsync(step, plan.After(step, held, now), secret, leadership).ConfigureAwait(false);
    }

    /// <summary>Brings the bundle into each configuration that has another.</summary>
    /// <returns>Null where it is in force; else how long to wait.</returns>
    private async Task<TimeSpan?> TrustAsync(
        string bundle, List<(ObjectPath Path, TrustingConfiguration Configuration)> configurations, Leadership leadership)
    {
        if (bundle != trusted)
        {
            inPlace.Clear();
            (trusted, trustedSince) = (bundle, time.GetTimestamp());
        }

        foreach (var (path, configuration) in configurations)
        {
            if (configuration.Abstention() is { } why)
            {
                metrics.Failed();
                if (leftAlone.Add($"{configuration.Title} {why}"))
                {
                    Log.Troubled(logger, configuration.Title, why);
                }

                continue;
            }

            if (configuration.Trusts(bundle))
            {
                inPlace.Add(path.Plural);
                continue;
            }

            var isRepair = inPlace.Contains(path.Plural);
            if (isRepair && repaired && time.GetElapsedTime(repairedAt) is var since && since < RepairSpacing)
            {
                return RepairSpacing - since;
            }

            leadership.ThrowIfLost();
            var written = await objects.PatchAsync(path, configuration.ToPatch(bundle), leadership.Token).ConfigureAwait(false);
            if (written is not ObjectOutcome.Done)
            {
                return written is ObjectOutcome.Conflict ? TimeSpan.Zero : Failed(configuration.Title, written.Problem);
            }

            trustedSince = time.GetTimestamp();
            inPlace.Add(path.Plural);
            if (isRepair)
            {
                (repaired, repairedAt) = (true, time.GetTimestamp());
                metrics.Repaired(path.Plural);
                Log.Repaired(logger, configuration.Title);
            }
            else
            {
                Log.Trusted(logger, configuration.Title);
            }
        }

        return null;
    }

    private void Count(HeldCertificates held)
    {
        var leaf = held.Leaf?.Thumbprint ?? "";
        if (leaf != served)
        {
            (served, servedSince) = (leaf, time.GetTimestamp());
        }
    }

    private async Task<TimeSpan> WriteAsync(CertificateStep step, HeldCertificates after, ObjectOutcome secret, Leadership leadership)
    {
        leadership.ThrowIfLost();
        var written = secret is ObjectOutcome.Done { Object: var before }
            && before.Object("metadata") is { } metadata && metadata.Text("uid") is { } uid && metadata.Text("resourceVersion") is { } version
            ? await objects.MergeAsync(place.Secret, CertificateSecret.ToMerge(uid, version, after), leadership.Token).ConfigureAwait(false)
            : await objects.CreateAsync(place.Secret.Collection, CertificateSecret.ToCreate(place.Secret, after), leadership.Token).ConfigureAwait(false);
        if (written is ObjectOutcome.Done)
        {
            metrics.Did(step.Name);
            Log.Did(logger, step.Name, step.Reason);
            (repeats, lastStep) = (step.Name == lastStep, step.Name);
            return repeats ? Pause : TimeSpan.Zero;
        }

        return written is ObjectOutcome.Conflict ? TimeSpan.Zero : Failed($"secrets/{place.Secret.Name}", written.Problem);
    }

    /// <summary>
    /// With those authorities of <c>caBundle</c> as previous ones that something may still be served by. Without one in force that is any of them: replicas know the
    /// Secret that has gone, or those of another way of certificates run. Else it is what has signed the leaf, where somebody has put another authority in its place.
    /// </summary>
    private static HeldCertificates Adopting(HeldCertificates held, IEnumerable<TrustingConfiguration> configurations, DateTimeOffset now)
    {
        Func<KeptCertificate, bool> isWanted = _ => true;
        if (held.Authority is not null)
        {
            if (held.Leaf is not { } leaf || held.Trusted.Any(authority => CertificateTrust.IsTrusted(authority, leaf, now)))
            {
                return held;
            }

            isWanted = authority => CertificateTrust.IsTrusted(authority, leaf, now);
        }

        var known = held.Trusted.Select(authority => authority.Thumbprint).ToHashSet();
        return held with { Previous = [.. held.Previous, .. Adopted(configurations, now).Where(authority => !known.Contains(authority.Thumbprint) && isWanted(authority))] };
    }

    private static ImmutableArray<KeptCertificate> Adopted(IEnumerable<TrustingConfiguration> configurations, DateTimeOffset now) =>
    [
        .. configurations
            .SelectMany(configuration => configuration.Webhooks)
            .Select(webhook => webhook.Bundle)
            .Distinct()
            .SelectMany(KeptCertificate.ReadAll)
            .DistinctBy(authority => authority.Thumbprint)
            .Where(authority => !authority.IsExpired(now))
            .Take(MostAdopted),
    ];

    private TimeSpan Failed(string what, string why)
    {
        metrics.Failed();
        LogOnce(what, why);
        return Pause;
    }

    private void LogOnce(string what, string why)
    {
        if (problem != $"{what} {why}")
        {
            problem = $"{what} {why}";
            Log.Troubled(logger, what, why);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4110, LogLevel.Information, "Certificates, {Step}: {Reason}")]
        public static partial void Did(ILogger logger, string step, string reason);

        [LoggerMessage(4111, LogLevel.Information, "The caBundle of {Configuration} is brought in line with the Secret")]
        public static partial void Trusted(ILogger logger, string configuration);

        [LoggerMessage(4112, LogLevel.Warning, "The caBundle of {Configuration} was changed by somebody else, and is repaired")]
        public static partial void Repaired(ILogger logger, string configuration);

        [LoggerMessage(4113, LogLevel.Warning, "The certificates cannot be kept, {What}: {Why}")]
        public static partial void Troubled(ILogger logger, string what, string why);

        [LoggerMessage(4114, LogLevel.Error, "The certificates cannot be kept, for a cause that was not foreseen; trying again in {PauseSeconds:0} s")]
        public static partial void Fault(ILogger logger, Exception exception, double pauseSeconds);
    }
}
