using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Patching;

namespace AccessLogWebhook.Demonstration;

/// <summary>The answer to a review, read from the wire as an API server reads it.</summary>
/// <param name="Message">Why it is refused; empty where it is not.</param>
/// <param name="Verdict">From the audit annotations; empty where nothing was judged.</param>
/// <param name="Reason">From the audit annotations.</param>
internal sealed record AdmissionAnswer(
    bool Allowed, string Message, string Verdict, string Reason, ImmutableArray<JsonPatchOperation> Patch, ImmutableArray<string> Warnings)
{
    /// <exception cref="InvalidDataException">It is no answer to the review with this UID.</exception>
    public static AdmissionAnswer Read(JsonElement review, string uid)
    {
        if (review.Object("response") is not { } response || response.Text("uid") != uid)
        {
            throw new InvalidDataException("The webhook answered something else than this review.");
        }

        var annotations = response.Object("auditAnnotations");
        return new AdmissionAnswer(
            response.GetProperty("allowed"u8).GetBoolean(),
            response.Object("status")?.Text("message") ?? "",
            annotations?.Text("verdict") ?? "",
            annotations?.Text("reason") ?? "",
            response.TryGetProperty("patch"u8, out var patch) ? ReadPatch(patch.GetBytesFromBase64()) : [],
            response.TryGetProperty("warnings"u8, out var warnings) ? [.. warnings.EnumerateArray().Select(warning => warning.GetString()!)] : []);
    }

    private static ImmutableArray<JsonPatchOperation> ReadPatch(byte[] utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        return [.. document.RootElement.EnumerateArray().Select(ReadOperation)];
    }

    private static JsonPatchOperation ReadOperation(JsonElement operation)
    {
        var path = operation.Text("path") ?? "";
        return (operation.Text("op"), operation.Text("value"), operation.Labels("value")) switch
        {
            ("add", { } text, _) => JsonPatchOperation.Add(path, text),
            ("add", _, { } map) => JsonPatchOperation.Add(path, map),
            ("replace", { } text, _) => JsonPatchOperation.Replace(path, text),
            ("remove", null, null) => JsonPatchOperation.Remove(path),
            _ => throw new InvalidDataException($"The patch has an operation on {path} that this webhook never makes."),
        };
    }
}
