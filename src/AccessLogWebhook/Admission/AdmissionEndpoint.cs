using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using AccessLogWebhook.Auditing;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;
using Microsoft.Extensions.ObjectPool;

namespace AccessLogWebhook.Admission;

/// <summary>
/// The two endpoints of the webhook: read the review, ask Policy, write the answer. Every request is answered within its deadline; a fault
/// of ours falls the way that the settings name for the endpoint.
/// </summary>
internal sealed partial class AdmissionEndpoint(
    ClusterFacts cluster,
    LivePolicySettings settings,
    AdmissionCapacity capacity,
    WebhookMetrics metrics,
    AuditTrail? trail,
    TimeProvider time,
    ILogger<AdmissionEndpoint> logger)
{
    /// <summary>
    /// The largest body that is read: two objects of 3 MiB, etcd's limit with its margin, and 1 MiB for the rest of the review, as
    /// controller-runtime derives it.
    /// </summary>
    public const int MaxBodyBytes = 7 * 1024 * 1024;

    private const string Mutate = "mutate";
    private const string Validate = "validate";

    // A cluster that comes up after an outage makes some thousand Pods at once, and a few tens a second on any other day.
    private readonly LogAllowance decisions = new(burst: 2_000, perSecond: 100, metrics, time);

    // The first few say what is wrong, and a thousand of them would say the same.
    private readonly LogAllowance complaints = new(burst: 20, perSecond: 1, metrics, time);
    private readonly LogAllowance faults = new(burst: 20, perSecond: 1, metrics, time);

    private readonly ObjectPool<CancellationTokenSource> deadlines = ObjectPool.Create(new DeadlinePolicy());

    public Task MutateAsync(HttpContext http) => AnswerAsync(http, Mutate);

    public Task ValidateAsync(HttpContext http) => AnswerAsync(http, Validate);

    private Task AnswerAsync(HttpContext http, string endpoint) => capacity.TryEnter()
        ? AnswerWithinCapacityAsync(http, endpoint)
        : RefuseAsync(http, endpoint, new ReadReview.Shed("TooManyRequests", "As many reviews as are taken on at once are being answered."));

    private async Task AnswerWithinCapacityAsync(HttpContext http, string endpoint)
    {
        var began = time.GetTimestamp();
        var deadline = deadlines.Get();
        deadline.CancelAfter(AdmissionDeadline.From(http.Request.QueryString));
        try
        {
            using var body = await AdmissionBody.ReadAsync(http.Request, capacity, deadline.Token).ConfigureAwait(false);
            await AnswerAsync(http, endpoint, body.Refused ?? AdmissionReviewReader.Read(body.Bytes), began, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException || (gone is OperationCanceledException && http.RequestAborted.IsCancellationRequested))
        {
            // There is nobody left to answer.
            metrics.Reviewed(ReviewOutcome.Unread(endpoint, "abandoned", "ClientGone"));
        }
        finally
        {
            deadlines.Return(deadline);
            capacity.Leave();
            metrics.Answered(endpoint, time.GetElapsedTime(began));
        }
    }

    private async Task AnswerAsync(HttpContext http, string endpoint, ReadReview review, long began, CancellationToken deadline)
    {
        AuditEntry? entry = null;
        switch (review)
        {
            case ReadReview.Errored errored:
                metrics.Reviewed(ReviewOutcome.Unread(endpoint, "error", "BadRequest"));
                if (MayLog(LogLevel.Warning, complaints))
                {
                    Log.Errored(logger, endpoint, Loggable(errored.Uid), Loggable(errored.Message));
                }

                var answer = AnswerWriters.OfThisThread.Buffer();
                AdmissionResponses.WriteError(answer, errored.Uid, errored.Message);
                Write(http, answer);
                break;

            case ReadReview.Sound { Request: var request }:
                entry = await DecideAsync(http, endpoint, request, began, deadline).ConfigureAwait(false);
                break;

            default:
                await RefuseAsync(http, endpoint, review).ConfigureAwait(false);
                return;
        }

        // Not only flushed: so the end of the answer goes out with it, and not on its own.
        await http.Response.CompleteAsync().ConfigureAwait(false);
        if (entry is not null)
        {
            trail?.Record(entry);
        }
    }

    /// <summary>Answers what is no review, or one that is not taken on, with a bare status.</summary>
    private Task RefuseAsync(HttpContext http, string endpoint, ReadReview refused)
    {
        var (statusCode, decision, reason, message) = refused switch
        {
            ReadReview.Malformed malformed => (malformed.StatusCode, "malformed", $"Http{malformed.StatusCode}", malformed.Message),
            ReadReview.Shed shed => (StatusCodes.Status429TooManyRequests, "shed", shed.Reason, shed.Message),
            _ => throw new UnreachableException(),
        };
        metrics.Reviewed(ReviewOutcome.Unread(endpoint, decision, reason));
        if (MayLog(LogLevel.Warning, complaints))
        {
            Log.Refused(logger, endpoint, statusCode, Loggable(message));
        }

        if (refused is ReadReview.Shed)
        {
            // The connection is kept: another handshake would cost more than the review.
            http.Response.Headers.RetryAfter = "1";
        }

        if (statusCode is StatusCodes.Status408RequestTimeout or StatusCodes.Status413PayloadTooLarge && HttpProtocol.IsHttp11(http.Request.Protocol))
        {
            // The rest of the body is not worth waiting for.
            http.Response.Headers.Connection = "close";
        }

        http.Response.StatusCode = statusCode;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(message + "\n", http.RequestAborted);
    }

    /// <returns>What the trail is to have of it, when the answer is out; null for nothing.</returns>
    private async ValueTask<AuditEntry?> DecideAsync(
        HttpContext http, string endpoint, AdmissionRequest request, long began, CancellationToken deadline)
    {
        Decision? decision = null;
        ReasonCode reason;
        var problem = "";
        try
        {
            (decision, reason, problem) = await TryDecideAsync(endpoint, request, deadline).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !http.RequestAborted.IsCancellationRequested)
        {
            // Which way it falls is the setting's to say, below; never a 500, which would leave it to a failurePolicy that we do not know.
            reason = ReasonCode.InternalFault;
            problem = "The access-log webhook failed on this request; its log has the details.";
            if (MayLog(LogLevel.Error, faults))
            {
                Log.Fault(logger, fault, endpoint, Loggable(request.Uid));
            }
        }

        var kind = request.KindTitle;
        var operation = request.Operation.ToString();
        var answer = AnswerWriters.OfThisThread.Buffer();
        if (decision is null)
        {
            var direction = endpoint == Mutate ? settings.Current.InjectFault : settings.Current.EnforceFault;
            AdmissionResponses.WriteFault(answer, request.Uid, direction, reason, problem);
            Write(http, answer);
            metrics.Reviewed(new(endpoint, kind, operation, direction == FailureDirection.Open ? "fault-open" : "fault-closed", reason.ToString(), request.DryRun));
            if (MayLog(LogLevel.Error, faults))
            {
                Log.Undecided(logger, endpoint, Loggable(request.Uid), Loggable(request.Namespace), kind, reason, direction, Loggable(problem));
            }

            return Entry(endpoint, request, DecisionOutcome.Of(direction), reason, problem, null);
        }

        AdmissionResponses.Write(answer, request.Uid, decision);
        Write(http, answer);
        var outcome = decision switch
        {
            Decision.Mutate => "mutate",
            Decision.Deny => "deny",
            _ => "admit",
        };
        metrics.Reviewed(new(endpoint, kind, operation, outcome, reason.ToString(), request.DryRun));
        var entry = DecisionOutcome.Of(decision) is { } told ? Entry(endpoint, request, told, reason, "", decision) : null;
        if (decision is Decision.Admit { Verdict: null or Verdict.Logged } || request.DryRun)
        {
            if (!logger.IsEnabled(LogLevel.Debug))
            {
                // Most requests end here, and the line's arguments cost more than the line that is not written.
                return entry;
            }

            Log.Unremarkable(logger, endpoint, Loggable(request.Uid), Loggable(request.Namespace), kind, outcome, reason, time.GetElapsedTime(began).TotalMilliseconds);
        }
        else if (MayLog(LogLevel.Information, decisions))
        {
            Log.Decided(
                logger, endpoint, Loggable(request.Uid), Loggable(request.Namespace), kind, Loggable(request.Title), outcome, reason,
                time.GetElapsedTime(began).TotalMilliseconds);
        }

        return entry;
    }

    // A dry run leaves no trace: what it asks about never happens.
    private AuditEntry? Entry(string endpoint, AdmissionRequest request, string outcome, ReasonCode reason, string problem, Decision? decision) =>
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
            Message = decision?.Message ?? problem,
            Warnings = decision?.Warnings ?? [],
            Changes = decision is Decision.Mutate mutate ? [.. mutate.Patch.Select(operation => operation.Path)] : ImmutableArray<string>.Empty,
        };

    /// <returns>The decision with its reason; where none can be made, what keeps it from being made.</returns>
    private async ValueTask<(Decision? Decision, ReasonCode Reason, string Problem)> TryDecideAsync(
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

    private static (Decision?, ReasonCode, string) Decided(Decision decision) => (decision, decision.Reason, "");

    // A uid or a name may be longer than what a message quotes, and a problem holds several of those.
    private static string Loggable(string text) => Excerpt.Of(text, longest: 300);

    private bool MayLog(LogLevel level, LogAllowance allowance)
    {
        if (!logger.IsEnabled(level) || !allowance.TryTake(out var before))
        {
            return false;
        }

        if (before > 0)
        {
            Log.Suppressed(logger, before);
        }

        return true;
    }

    // With its length said the answer is one piece on the wire; without, HTTP/1.1 makes two of it.
    private static void Write(HttpContext http, ArrayBufferWriter<byte> answer)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = answer.WrittenCount;
        http.Response.BodyWriter.Write(answer.WrittenSpan);
    }

    /// <summary>A deadline that was kept serves the next request; its timer is made once.</summary>
    private sealed class DeadlinePolicy : IPooledObjectPolicy<CancellationTokenSource>
    {
        public CancellationTokenSource Create() => new();

        public bool Return(CancellationTokenSource deadline) => deadline.TryReset();
    }

    private static partial class Log
    {
        [LoggerMessage(1000, LogLevel.Information, "{Endpoint} {RequestUid}: {Kind} {Namespace}/{Name} {Decision}, {Reason} ({ElapsedMs:0.###} ms)")]
        public static partial void Decided(
            ILogger logger, string endpoint, string requestUid, string Namespace, string kind, string name, string decision, ReasonCode reason, double elapsedMs);

        [LoggerMessage(1001, LogLevel.Debug, "{Endpoint} {RequestUid}: {Kind} in {Namespace} {Decision}, {Reason} ({ElapsedMs:0.###} ms)")]
        public static partial void Unremarkable(
            ILogger logger, string endpoint, string requestUid, string Namespace, string kind, string decision, ReasonCode reason, double elapsedMs);

        [LoggerMessage(1002, LogLevel.Warning, "{Endpoint}: answered {StatusCode} to a request that is no review, or that is not taken on: {Problem}")]
        public static partial void Refused(ILogger logger, string endpoint, int statusCode, string problem);

        [LoggerMessage(1003, LogLevel.Warning, "{Endpoint} {RequestUid}: a review that cannot be judged: {Problem}")]
        public static partial void Errored(ILogger logger, string endpoint, string requestUid, string problem);

        [LoggerMessage(1004, LogLevel.Error, "{Endpoint} {RequestUid}: {Kind} in {Namespace} could not be judged, {Reason}, and falls {Direction}: {Problem}")]
        public static partial void Undecided(
            ILogger logger, string endpoint, string requestUid, string Namespace, string kind, ReasonCode reason, FailureDirection direction, string problem);

        [LoggerMessage(1005, LogLevel.Error, "{Endpoint} {RequestUid}: a fault of ours")]
        public static partial void Fault(ILogger logger, Exception fault, string endpoint, string requestUid);

        [LoggerMessage(1006, LogLevel.Warning, "{Suppressed} lines like the next one were not logged: there were too many")]
        public static partial void Suppressed(ILogger logger, long suppressed);
    }
}
