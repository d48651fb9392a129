using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Reviewing;

/// <summary>
/// The Pods and Gateways of a live cluster as manifests, as if they were created again: without their status and what the API server adds, and of a Pod's spec only what decides.
/// </summary>
/// <param name="rootNamespace">Where the mesh's configuration is.</param>
internal sealed class LiveManifests(string rootNamespace)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ConcurrentDictionary<(string ApiVersion, string Kind, ObjectKey Key), Manifest> manifests = new();

    /// <summary>All kinds of the snapshot, those listened to, and Pods in whole.</summary>
    public ImmutableArray<ClusterKind> Kinds => [.. ClusterKinds.In(rootNamespace).Select(Listened)];

    /// <summary>Those that a snapshot still has, by kind, namespace and name.</summary>
    public ImmutableArray<Manifest> Of(MeshSnapshot snapshot) =>
    [
        .. manifests.Where(each => each.Key.Kind == "Gateway" || snapshot.Pods.ContainsKey(each.Key.Key))
            .Select(each => each.Value)
            .OrderBy(manifest => manifest.Kind, StringComparer.Ordinal)
            .ThenBy(manifest => manifest.Namespace, StringComparer.Ordinal)
            .ThenBy(manifest => manifest.Name, StringComparer.Ordinal),
    ];

    private ClusterKind Listened(ClusterKind kind) => kind.Kind switch
    {
        "Pod" or "Gateway" => new HeardKind(kind, @object => Keep(kind, @object), isWhole: true),
        _ => kind,
    };

    private void Keep(ClusterKind kind, JsonElement @object)
    {
        if (ClusterKind.KeyOf(@object) is not { Name.Length: > 0 } key || @object.Object("status")?.Text("phase") is "Succeeded" or "Failed")
        {
            return;
        }

        var apiVersion = kind.Group.Length == 0 ? kind.Version : $"{kind.Group}/{kind.Version}";
        var output = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion"u8, apiVersion);
            json.WriteString("kind"u8, kind.Kind);
            json.WriteStartObject("metadata"u8);
            foreach (var field in @object.GetProperty("metadata"u8).EnumerateObject().Where(field => field.Key() is "name" or "namespace" or "labels" or "annotations"))
            {
                field.WriteTo(json);
            }

            json.WriteEndObject();
            if (@object.Object("spec") is { } spec)
            {
                json.WriteStartObject("spec"u8);
                foreach (var field in spec.EnumerateObject().Where(field => kind.Kind != "Pod" || field.Key() is "hostNetwork" or "runtimeClassName" or "containers" or "initContainers"))
                {
                    if (kind.Kind == "Pod" && field.Value.ValueKind == JsonValueKind.Array)
                    {
                        WriteNames(json, field);
                    }
                    else
                    {
                        field.WriteTo(json);
                    }
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        manifests[(apiVersion, kind.Kind, key)] = new Manifest("", 0, output.WrittenMemory.ToArray(), apiVersion, kind.Kind, key.Namespace, key.Name);
    }

    // Of containers nothing but their names is looked at, and they are nearly all of a Pod.
    private static void WriteNames(Utf8JsonWriter json, JsonProperty containers)
    {
        json.WriteStartArray(containers.Name);
        foreach (var container in containers.Value.EnumerateArray())
        {
            json.WriteStartObject();
            json.WriteString("name"u8, container.Text("name") ?? "");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
