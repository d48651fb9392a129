using System.Buffers;
using System.Collections.Immutable;
using AccessLogWebhook.Auditing;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Admission;

/// <summary>
/// The two endpoints of the webhook: read the review, ask Policy, write the answer. Every request is answered within its deadline; a fault
/// of ours falls the way that the settings name for the endpoint.
/// </summary>
internal sealed partial class AdmissionEndpoint(
    ClusterFacts cluster, LivePolicySettings settings, WebhookMetrics metrics, AuditTrail? trail, TimeProvider time, ILogger<AdmissionEndpoint> logger)
{
    /// <summary>
    /// The largest body that is read: two objects of 3 MiB, etcd's limit with its margin, and 1 MiB for the rest of the review, as
    /// controller-runtime derives it.
    /// </summary>
    public const int MaxBodyBytes = 7 * 1024 * 1024;

    private const string Mutate = "mutate";
    private const string Validate = "validate";

    public Task MutateAsync(HttpContext http) => AnswerAsync(http, Mutate);

    public Task ValidateAsync(HttpContext http) => AnswerAsync(http, Validate);

    private async Task AnswerAsync(HttpContext http, string endpoint)
    {
        var began = time.GetTimestamp();
        metrics.Began();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        deadline.CancelAfter(AdmissionDeadline.From(http.Request.Query["timeout"]));
        byte[]? rented = null;
        try
        {
            var (body, length, refused) = await AdmissionBody.ReadAsync(http.Request, deadline.Token).ConfigureAwait(false);
            rented = body;
            var review = refused ?? AdmissionReviewReader.Read(body.AsSpan(0, length));
            await AnswerAsync(http, endpoint, review, began, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException || (gone is OperationCanceledException && http.RequestAborted.IsCancellationRequested))
        {
            // There is nobody left to answer.
            metrics.Reviewed(endpoint, "unknown", "unknown", "abandoned", "ClientGone", dryRun: false);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }

            metrics.Ended();
            metrics.Answered(endpoint, time.GetElapsedTime(began));
        }
    }

    private async Task AnswerAsync(
        HttpContext http, string endpoint, ReadReview review, long began, CancellationToken deadline)
    {
        AuditEntry? entry = null;
        switch (review)
        {
            case ReadReview.Malformed malformed:
                metrics.Reviewed(endpoint, "unknown", "unknown", "malformed", $"Http{malformed.StatusCode}", dryRun: false);
                Log.Malformed(logger, endpoint, malformed.StatusCode, Loggable(malformed.Message));
                if (malformed.StatusCode is StatusCodes.Status408RequestTimeout or StatusCodes.Status413PayloadTooLarge && HttpProtocol.IsHttp11(http.Request.Protocol))
                {
                    // The rest of the body is not worth waiting for.
                    http.Response.Headers.Connection = "close";
                }

                http.Response.StatusCode = malformed.StatusCode;
                http.Response.ContentType = "text/plain; charset=utf-8";
                await http.Response.WriteAsync(malformed.Message + "\n", http.RequestAborted).ConfigureAwait(false);
                return;

            case ReadReview.Errored errored:
                metrics.Reviewed(endpoint, "unknown", "unknown", "error", "BadRequest", dryRun: false);
                Log.Errored(logger, endpoint, Loggable(errored.Uid), Loggable(errored.Message));
                BeginReview(http);
                AdmissionResponses.WriteError(http.Response.BodyWriter, errored.Uid, errored.Message);
                break;

            case ReadReview.Sound { Request: var request }:
                BeginReview(http);
                entry = await DecideAsync(http, endpoint, request, began, deadline).ConfigureAwait(false);
                break;
        }

        await http.Response.BodyWriter.FlushAsync(http.RequestAborted).ConfigureAwait(false);
        if (entry is not null)
        {
            trail?.Record(entry);
        }
    }

    /// <returns>What the trail is to have of it, when the answer is out; null for nothing.</returns>
    private async Task<AuditEntry?> DecideAsync(
        HttpContext http, string endpoint, AdmissionRequest request, long began, CancellationToken deadline)
    {
        Decision? decision = null;
        ReasonCode reason;
        var message = "";
        try
        {
            (decision, reason, message) = await TryDecideAsync(endpoint, request, deadline).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !http.RequestAborted.IsCancellationRequested)
        {
            // Which way it falls is the setting's to say, below; never a 500, which would leave it to a failurePolicy that we do not know.
            reason = ReasonCode.InternalFault;
            message = "The access-log webhook failed on this request; its log has the details.";
            Log.Fault(logger, fault, endpoint, Loggable(request.Uid));
        }

        var kind = request.KindTitle;
        if (decision is null)
        {
            var direction = endpoint == Mutate ? settings.Current.InjectFault : settings.Current.EnforceFault;
            AdmissionResponses.WriteFault(http.Response.BodyWriter, request.Uid, direction, reason, message);
            metrics.Reviewed(endpoint, kind, request.Operation.ToString(), direction == FailureDirection.Open ? "fault-open" : "fault-closed", reason.ToString(), request.DryRun);
            Log.Undecided(logger, endpoint, Loggable(request.Uid), Loggable(request.Namespace), kind, reason, direction, Loggable(message));
            return Entry(endpoint, request, DecisionOutcome.Of(direction), reason, message, null);
        }

        AdmissionResponses.Write(http.Response.BodyWriter, request.Uid, decision);
        var outcome = decision switch
        {
            Decision.Mutate => "mutate",
            Decision.Deny => "deny",
            _ => "admit",
        };
        metrics.Reviewed(endpoint, kind, request.Operation.ToString(), outcome, reason.ToString(), request.DryRun);
        var entry = DecisionOutcome.Of(decision) is { } told ? Entry(endpoint, request, told, reason, message, decision) : null;
        if (decision is Decision.Admit { Verdict: null or Verdict.Logged } || request.DryRun)
        {
            if (!logger.IsEnabled(LogLevel.Debug))
            {
                // Most requests end here, and the line's arguments cost more than the line that is not written.
                return entry;
            }

            Log.Unremarkable(logger, endpoint, Loggable(request.Uid), Loggable(request.Namespace), kind, outcome, reason, time.GetElapsedTime(began).TotalMilliseconds);
        }
        else
        {
            Log.Decided(
                logger, endpoint, Loggable(request.Uid), Loggable(request.Namespace), kind, Loggable(request.Title), outcome, reason,
                time.GetElapsedTime(began).TotalMilliseconds);
        }

        return entry;
    }

    // A dry run leaves no trace: what it asks about never happens.
    private AuditEntry? Entry(string endpoint, AdmissionRequest request, string outcome, ReasonCode reason, string message, Decision? decision) =>
        trail is null || request.DryRun ? null : new AuditEntry
        {
            Time = time.GetUtcNow(),
            Uid = request.Uid,
            Endpoint = endpoint,
            Operation = request.Operation.ToString(),
            Kind = request.KindTitle,
            Namespace = request.Namespace,
            Name = request.Title,
            User = request.Username,
            Outcome = outcome,
            Mode = decision?.Mode is { } mode ? Modes.NameOf(mode) : null,
            Profile = decision?.Profile,
            Verdict = decision?.Verdict?.ToString(),
            Reason = reason.ToString(),
            Message = message,
            Warnings = decision?.Warnings ?? [],
            Changes = decision is Decision.Mutate mutate ? [.. mutate.Patch.Select(operation => operation.Path)] : ImmutableArray<string>.Empty,
        };

    private async ValueTask<(Decision?, ReasonCode, string)> TryDecideAsync(
        string endpoint, AdmissionRequest request, CancellationToken deadline)
    {
        if (request.Subresource.Length > 0 && request.Workload is null)
        {
            return Decided(new Decision.Admit(ReasonCode.SubresourceNotJudged));
        }

        if (request.Definition is { } definition)
        {
            return DecideDefinition(endpoint, request, definition);
        }

        if (request.Workload is not { } workload || request.Operation is Operation.Delete or Operation.Connect)
        {
            return Decided(new Decision.Admit(ReasonCode.OperationNotJudged));
        }

        var rules = settings.Current;
        if (cluster.NotSynced() is { } problem)
        {
            return WithoutFactsOr(ReasonCode.ClusterNotSynced, problem);
        }

        var mesh = cluster.Snapshot;
        NamespaceFacts? facts;
        if (workload is NamespaceObject)
        {
            facts = new NamespaceFacts(workload.Metadata.Name, LabelSet.Empty);
        }
        else
        {
            (facts, var unavailable) = await cluster.NamespaceAsync(request.Namespace, mesh, deadline).ConfigureAwait(false);
            if (facts is null)
            {
                return WithoutFactsOr(ReasonCode.NamespaceUnavailable, unavailable!);
            }
        }

        var context = new PolicyContext(facts, mesh, rules);
        var input = new PolicyInput(request.Operation, request.Subresource, request.Username, workload, request.Old, context);
        return Decided(endpoint == Mutate ? MutatingPolicy.Decide(input) : ValidatingPolicy.Decide(input));

        (Decision?, ReasonCode, string) WithoutFactsOr(ReasonCode fault, string why) =>
            WithoutFacts.Admit(request.Operation, request.Username, request.Namespace, workload, request.Old, rules, isMutation: endpoint == Mutate) is { } admitted
                ? Decided(admitted)
                : (null, fault, why);
    }

    private (Decision?, ReasonCode, string) DecideDefinition(string endpoint, AdmissionRequest request, ReviewedDefinition definition)
    {
        if (endpoint == Mutate)
        {
            return Decided(new Decision.Admit(ReasonCode.KindNotMutated));
        }

        var problem = cluster.NotSynced();
        var input = new DefinitionInput(
            definition.Kind, request.Operation, request.Username, request.Namespace, definition.Object, definition.Old, cluster.Snapshot, settings.Current);
        return problem is null ? Decided(DefinitionPolicy.Decide(input))
            : DefinitionPolicy.DecideWithoutFacts(input) is { } decision ? Decided(decision)
            : (null, ReasonCode.ClusterNotSynced, problem);
    }

    private static (Decision?, ReasonCode, string) Decided(Decision decision) => (decision, decision.Reason, decision.Message);

    // A uid or a name may be longer than what a message quotes, and a problem holds several of those.
    private static string Loggable(string text) => Excerpt.Of(text, longest: 300);

    private static void BeginReview(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = "application/json";
    }

    private static partial class Log
    {
        [LoggerMessage(1000, LogLevel.Information, "{Endpoint} {RequestUid}: {Kind} {Namespace}/{Name} {Decision}, {Reason} ({ElapsedMs:0.###} ms)")]
        public static partial void Decided(
            ILogger logger, string endpoint, string requestUid, string Namespace, string kind, string name, string decision, ReasonCode reason, double elapsedMs);

        [LoggerMessage(1001, LogLevel.Debug, "{Endpoint} {RequestUid}: {Kind} in {Namespace} {Decision}, {Reason} ({ElapsedMs:0.###} ms)")]
        public static partial void Unremarkable(
            ILogger logger, string endpoint, string requestUid, string Namespace, string kind, string decision, ReasonCode reason, double elapsedMs);

        [LoggerMessage(1002, LogLevel.Warning, "{Endpoint}: answered {StatusCode} to a request that is no review: {Problem}")]
        public static partial void Malformed(ILogger logger, string endpoint, int statusCode, string problem);

        [LoggerMessage(1003, LogLevel.Warning, "{Endpoint} {RequestUid}: a review that cannot be judged: {Problem}")]
        public static partial void Errored(ILogger logger, string endpoint, string requestUid, string problem);

        [LoggerMessage(1004, LogLevel.Error, "{Endpoint} {RequestUid}: {Kind} in {Namespace} could not be judged, {Reason}, and falls {Direction}: {Problem}")]
        public static partial void Undecided(
            ILogger logger, string endpoint, string requestUid, string Namespace, string kind, ReasonCode reason, FailureDirection direction, string problem);

        [LoggerMessage(1005, LogLevel.Error, "{Endpoint} {RequestUid}: a fault of ours")]
        public static partial void Fault(ILogger logger, Exception fault, string endpoint, string requestUid);
    }
}
