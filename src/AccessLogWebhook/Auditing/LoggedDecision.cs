using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Auditing;

/// <summary>A decision of this webhook, as a log has it.</summary>
/// <param name="Time">As it is written there; empty where it is not.</param>
internal sealed record LoggedDecision(
    string Outcome, string Namespace, string User, string Kind, string Name, string Mode, string Profile, string Reason, string Message, string Time)
{
    // The API server puts the webhook's name before the key; those of this project end like this.
    private const string WebhookSuffix = ".accesslog.mesh/";
    private const int LongestText = 300;

    private static readonly string[] Outcomes = [DecisionOutcome.Refused, DecisionOutcome.Exempted, DecisionOutcome.Changed, DecisionOutcome.Warned];

    /// <summary>
    /// The decisions in a line of a Kubernetes audit log (audit.k8s.io/v1 Event), or of this webhook's own trail. Of a request that was refused, what was changed in
    /// it never came to be, and is left out. A dry run decides nothing.
    /// </summary>
    public static IEnumerable<LoggedDecision> Of(JsonElement line) => line switch
    {
        _ when line.Text("schema") == AuditEntry.Schema => OfTrail(line),
        _ when line.Text("kind") == "Event" && (line.Text("apiVersion") ?? "").StartsWith("audit.k8s.io/", StringComparison.Ordinal) => OfEvent(line),
        _ => [],
    };

    /// <summary>Whether a line is one of those two, whatever is in it.</summary>
    public static bool IsKnown(JsonElement line) =>
        line.Text("schema") == AuditEntry.Schema
        || (line.Text("kind") == "Event" && (line.Text("apiVersion") ?? "").StartsWith("audit.k8s.io/", StringComparison.Ordinal));

    private static IEnumerable<LoggedDecision> OfTrail(JsonElement line)
    {
        if (Outcomes.Contains(line.Text("outcome"), StringComparer.Ordinal))
        {
            yield return new LoggedDecision(
                line.Text("outcome")!, Short(line, "namespace"), Short(line, "user"), Short(line, "kind"), Short(line, "name"), Short(line, "mode"), Short(line, "profile"),
                Short(line, "reason"), Short(line, "message"), Short(line, "time"));
        }
    }

    private static IEnumerable<LoggedDecision> OfEvent(JsonElement @event)
    {
        // Every stage of a request may be logged; at the last one all annotations are there.
        if (@event.Text("stage") != "ResponseComplete" || IsDryRun(@event.Text("requestURI") ?? "") || @event.Object("annotations") is not { } annotations)
        {
            return [];
        }

        var byWebhook = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        foreach (var annotation in annotations.EnumerateObject())
        {
            var key = annotation.Key() ?? "";
            var at = key.IndexOf(WebhookSuffix, StringComparison.Ordinal);
            if (at > 0 && annotation.Value.Text() is { } value)
            {
                if (!byWebhook.TryGetValue(key[..at], out var ofWebhook))
                {
                    ofWebhook = new Dictionary<string, string>(StringComparer.Ordinal);
                    byWebhook.Add(key[..at], ofWebhook);
                }

                ofWebhook[key[(at + WebhookSuffix.Length)..]] = Excerpt.Of(value, LongestText);
            }
        }

        var decisions = byWebhook.OrderBy(webhook => webhook.Key, StringComparer.Ordinal)
            .Select(webhook => webhook.Value)
            .Where(annotated => Outcomes.Contains(annotated.GetValueOrDefault("outcome"), StringComparer.Ordinal))
            .Select(annotated => Of(@event, annotated))
            .ToList();
        return decisions.Any(decision => decision.Outcome == DecisionOutcome.Refused) ? decisions.Where(decision => decision.Outcome != DecisionOutcome.Changed) : decisions;
    }

    private static LoggedDecision Of(JsonElement @event, Dictionary<string, string> annotated)
    {
        var about = @event.Object("objectRef");
        var impersonated = @event.Object("impersonatedUser")?.Text("username");
        return new LoggedDecision(
            annotated["outcome"],
            about is { } inNamespace ? Short(inNamespace, "namespace") : "",
            Excerpt.Of(impersonated ?? @event.Object("user")?.Text("username") ?? "", LongestText),
            about is { } ofResource ? Short(ofResource, "resource") : "",
            about is { } named ? Short(named, "name") : "",
            annotated.GetValueOrDefault("mode", ""),
            annotated.GetValueOrDefault("profile", ""),
            annotated.GetValueOrDefault("reason", ""),
            annotated.GetValueOrDefault("exemption") ?? annotated.GetValueOrDefault("message", ""),
            Excerpt.Of(@event.Text("stageTimestamp") ?? @event.Text("requestReceivedTimestamp") ?? "", LongestText));
    }

    private static bool IsDryRun(string uri) =>
        uri.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at && uri.AsSpan(at).Contains("dryRun=All", StringComparison.Ordinal);

    private static string Short(JsonElement element, string field) => Excerpt.Of(element.Text(field) ?? "", LongestText);
}
