using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Auditing;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Admission;

/// <summary>Writes the AdmissionReview that answers a request. The only place that stamps a UID.</summary>
internal static class AdmissionResponses
{
    // An audit event has an annotation whole; a message quotes names, whose lengths are the caller's.
    private const int LongestAnnotation = 1_000;

    public static void Write(IBufferWriter<byte> output, string uid, Decision decision)
    {
        var json = Begin(output, uid, allowed: decision is not Decision.Deny);
        switch (decision)
        {
            case Decision.Deny:
                WriteStatus(json, StatusCodes.Status403Forbidden, "Forbidden", decision.Message);
                break;
            case Decision.Mutate mutate:
                json.WriteString("patchType"u8, "JSONPatch"u8);
                json.WriteBase64String("patch"u8, AnswerWriters.OfThisThread.Patch(mutate.Patch));
                break;
        }

        WriteWarnings(json, decision.Warnings);
        WriteAuditAnnotations(json, decision);
        End(json);
    }

    /// <summary>The answer to a review whose request cannot be judged.</summary>
    public static void WriteError(IBufferWriter<byte> output, string uid, string message)
    {
        var json = Begin(output, uid, allowed: false);
        WriteStatus(json, StatusCodes.Status400BadRequest, "BadRequest", message);
        End(json);
    }

    /// <summary>The answer to a request that a fault of ours keeps from being judged.</summary>
    public static void WriteFault(IBufferWriter<byte> output, string uid, FailureDirection direction, ReasonCode reason, string message)
    {
        var json = Begin(output, uid, allowed: direction == FailureDirection.Open);
        if (direction == FailureDirection.Open)
        {
            WriteWarnings(json, Sentences.AsWarnings(message));
        }
        else
        {
            WriteStatus(json, StatusCodes.Status500InternalServerError, "InternalError", message);
        }

        json.WriteStartObject("auditAnnotations"u8);
        json.WriteString("outcome"u8, DecisionOutcome.Of(direction));
        json.WriteString("reason"u8, reason.ToString());
        json.WriteString("message"u8, Excerpt.Of(message, LongestAnnotation));
        json.WriteEndObject();
        End(json);
    }

    private static Utf8JsonWriter Begin(IBufferWriter<byte> output, string uid, bool allowed)
    {
        var json = AnswerWriters.OfThisThread.Answer(output);
        json.WriteStartObject();
        json.WriteString("kind"u8, "AdmissionReview"u8);
        json.WriteString("apiVersion"u8, "admission.k8s.io/v1"u8);
        json.WriteStartObject("response"u8);
        json.WriteString("uid"u8, uid);
        json.WriteBoolean("allowed"u8, allowed);
        return json;
    }

    private static void End(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
    }

    private static void WriteStatus(Utf8JsonWriter json, int code, string reason, string message)
    {
        json.WriteStartObject("status"u8);
        json.WriteString("status"u8, "Failure"u8);
        // kubectl prints it, and warnings, to a terminal as they are.
        json.WriteString("message"u8, Excerpt.Visible(message));
        json.WriteString("reason"u8, reason);
        json.WriteNumber("code"u8, code);
        json.WriteEndObject();
    }

    private static void WriteWarnings(Utf8JsonWriter json, ImmutableArray<string> warnings)
    {
        if (warnings.IsEmpty)
        {
            return;
        }

        json.WriteStartArray("warnings"u8);
        foreach (var warning in warnings)
        {
            json.WriteStringValue(Excerpt.Visible(warning));
        }

        json.WriteEndArray();
    }

    private static void WriteAuditAnnotations(Utf8JsonWriter json, Decision decision)
    {
        json.WriteStartObject("auditAnnotations"u8);
        var outcome = DecisionOutcome.Of(decision);
        if (outcome is not null)
        {
            json.WriteString("outcome"u8, outcome);
        }

        if (decision.Mode is { } mode)
        {
            json.WriteString("mode"u8, Modes.NameOf(mode));
        }

        if (decision.Verdict is { } verdict)
        {
            json.WriteString("verdict"u8, verdict.ToString());
        }

        if (decision.Profile is { } profile)
        {
            json.WriteString("profile"u8, Excerpt.Of(profile, LongestAnnotation));
        }

        json.WriteString("reason"u8, decision.Reason.ToString());
        if (decision.Verdict == Verdict.Exempt)
        {
            // Who excuses it, and why: the one trace that an exemption leaves.
            json.WriteString("exemption"u8, Excerpt.Of(decision.Message, LongestAnnotation));
        }
        else if (outcome is not null && decision.Message.Length > 0)
        {
            json.WriteString("message"u8, Excerpt.Of(decision.Message, LongestAnnotation));
        }

        if (decision.Audited is { } audited)
        {
            json.WriteString("audit-verdict"u8, audited.Verdict.ToString());
            json.WriteString("audit-profile"u8, Excerpt.Of(audited.Profile, LongestAnnotation));
            json.WriteString("audit-reason"u8, audited.Reason.ToString());
        }

        json.WriteEndObject();
    }
}
