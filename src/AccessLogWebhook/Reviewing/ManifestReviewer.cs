using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Patching;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Reviewing;

/// <summary>
/// Judges manifests as an API server would have them judged at CREATE: the mutating policy decides, its patch is applied, the result is read
/// again, and the validating policy has the last word. An object that makes Pods is judged by its template, as its Pods will be.
/// </summary>
/// <param name="defaultNamespace">Where objects are that name no namespace.</param>
/// <param name="username">Who would create them; empty where it does not matter.</param>
internal sealed class ManifestReviewer(MeshSnapshot mesh, PolicySettings settings, string defaultNamespace, string username)
{
    public ManifestReview Review(Manifest manifest)
    {
        try
        {
            return Find(manifest) is { } subject ? Judge(manifest, subject) : new ManifestReview.NotJudged(manifest);
        }
        catch (Exception unexpected) when (unexpected is UnexpectedFieldException or JsonException)
        {
            return new ManifestReview.Unreadable(manifest, new ManifestError(
                manifest.Source, manifest.Line, 1, $"{manifest.Kind} {manifest.Name} cannot be judged: {unexpected.Message}"));
        }
    }

    private ManifestReview.Judged Judge(Manifest manifest, Subject subject)
    {
        var isNamespace = subject.Kind == WorkloadKind.Namespace;
        var @namespace = isNamespace ? "" : manifest.Namespace.Length > 0 ? manifest.Namespace : defaultNamespace;
        var workload = Read(manifest, subject, manifest.Json);
        var name = subject.Template is null ? NameOf(workload.Metadata) : OwnerName(manifest);
        var facts = isNamespace
            ? new NamespaceFacts(manifest.Name, LabelSet.Empty)
            : mesh.Namespaces.GetValueOrDefault(@namespace) ?? new NamespaceFacts(@namespace, LabelSet.Empty);
        var input = new PolicyInput(Operation.Create, "", username, workload, null, new PolicyContext(facts, mesh, settings))
        {
            Owner = subject.Template is null ? null : $"{manifest.Kind} {@namespace}/{(name.Length == 0 ? "(unnamed)" : name)}",
        };
        var first = MutatingPolicy.Decide(input);
        var patch = first is Decision.Mutate mutate
            ? mutate.Patch.Select(operation => operation with { Path = subject.Template?.Pointer + operation.Path }).ToImmutableArray()
            : [];
        var changed = JsonPatchApplier.Apply(manifest.Json, patch);
        var last = ValidatingPolicy.Decide(input with { Workload = Read(manifest, subject, changed) });
        var refused = last is Decision.Deny;
        return new ManifestReview.Judged(
            manifest,
            @namespace,
            name,
            input.Title,
            Deciding(first, last),
            refused ? [] : patch,
            [.. first.Warnings.Concat(last.Warnings).Distinct(StringComparer.Ordinal)],
            refused ? manifest.Json : changed);
    }

    // A refusal is the last word; else a change says most; else what was judged in the end, where anything was.
    private static Decision Deciding(Decision first, Decision last) =>
        last is Decision.Deny ? last
        : first is Decision.Mutate ? first
        : last.Mode is not null || first.Mode is null ? last
        : first;

    private static Workload Read(Manifest manifest, Subject subject, ReadOnlyMemory<byte> utf8)
    {
        if (subject.Template is not { } template)
        {
            return WorkloadReader.Read(subject.Kind, utf8.Span);
        }

        using var document = JsonDocument.Parse(utf8, Manifest.JsonOptions);
        TryFind(document.RootElement, template, out var element);
        try
        {
            var pod = WorkloadReader.Read(WorkloadKind.Pod, JsonMarshal.GetRawUtf8Value(element));
            // The controller names the Pod and puts it beside its owner, whatever the template says.
            return pod with
            {
                Metadata = pod.Metadata with { Name = "", GenerateName = $"{OwnerName(manifest)}-", Namespace = manifest.Namespace, IsBeingDeleted = false },
            };
        }
        catch (UnexpectedFieldException unexpected)
        {
            throw new UnexpectedFieldException($"in {template.Path}, {unexpected.Message}");
        }
    }

    private static Subject? Find(Manifest manifest)
    {
        var slash = manifest.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        var (group, version) = slash < 0 ? ("", manifest.ApiVersion) : (manifest.ApiVersion[..slash], manifest.ApiVersion[(slash + 1)..]);
        if (WorkloadKinds.Of(group, version, manifest.Kind) is { } kind)
        {
            return new Subject(kind, null);
        }

        if (PodTemplate.Of(manifest.ApiVersion, manifest.Kind) is not { } template)
        {
            return null;
        }

        using var document = JsonDocument.Parse(manifest.Json, Manifest.JsonOptions);
        return TryFind(document.RootElement, template, out _) ? new Subject(WorkloadKind.Pod, template) : null;
    }

    /// <summary>The template; false where the object has none and may do without.</summary>
    private static bool TryFind(JsonElement @object, PodTemplate template, out JsonElement element)
    {
        element = @object;
        for (var depth = 0; depth < template.Fields.Length; depth++)
        {
            if (!element.TryGetProperty(template.Fields[depth], out var next) || next.ValueKind == JsonValueKind.Null)
            {
                return template.IsOptional ? false : throw new UnexpectedFieldException($"{Path(depth)} is missing.");
            }

            if (next.ValueKind != JsonValueKind.Object)
            {
                throw new UnexpectedFieldException($"{Path(depth)} must be an object.");
            }

            element = next;
        }

        return true;

        string Path(int depth) => string.Join('.', template.Fields[..(depth + 1)]);
    }

    private static string OwnerName(Manifest manifest)
    {
        if (manifest.Name.Length > 0)
        {
            return manifest.Name;
        }

        using var document = JsonDocument.Parse(manifest.Json, Manifest.JsonOptions);
        return document.RootElement.Object("metadata")?.Text("generateName") ?? "";
    }

    private static string NameOf(ObjectMetadata metadata) => metadata.Name.Length > 0 ? metadata.Name : metadata.GenerateName;

    /// <param name="Template">Where the Pod is described; null where the object itself is judged.</param>
    private sealed record Subject(WorkloadKind Kind, PodTemplate? Template);
}
