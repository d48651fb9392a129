using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Workloads;

/// <summary>
/// Reads an object as far as a decision needs it. Fields that do not decide are passed over whatever they are; those that do must
/// have their type, since a decision on a guess would be worse than none.
/// </summary>
public static class WorkloadReader
{
    /// <summary>Reads the object on whose first token the reader stands, up to its last.</summary>
    /// <param name="document">The document under the reader, for the fingerprint of a spec.</param>
    /// <exception cref="JsonException">The JSON is broken.</exception>
    /// <exception cref="UnexpectedFieldException">A field that decides has the wrong type; the message names it.</exception>
    public static Workload Read(WorkloadKind kind, ref StrictJsonReader json, ReadOnlySpan<byte> document)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw new UnexpectedFieldException($"the object is {StrictJsonFields.Describe(json.TokenType)}, but must be a {kind} object.");
        }

        var draft = new Draft { Selector = LabelSet.Empty, RuntimeClass = "", ClassName = "", IsManaged = true, SpecFingerprint = "", Metadata = new ObjectMetadata() };
        while (json.NextMember())
        {
            if (json.Is("metadata"u8))
            {
                draft.Metadata = ReadMetadata(ref json);
            }
            else if (json.Is("spec"u8) && kind != WorkloadKind.Namespace)
            {
                ReadSpec(kind, ref json, document, ref draft);
            }
            else if (json.Is("kind"u8))
            {
                RequireKind(kind, ref json);
            }
            else if (json.Is("apiVersion"u8))
            {
                RequireGroup(kind, ref json);
            }
            else
            {
                json.Skip();
            }
        }

        return kind switch
        {
            WorkloadKind.Pod => new PodWorkload(draft.Metadata, draft.HostNetwork, draft.RuntimeClass, draft.HasProxyContainer),
            WorkloadKind.IstioGateway => new IstioGateway(draft.Metadata, draft.Selector, draft.SpecFingerprint),
            WorkloadKind.KubernetesGateway => new KubernetesGateway(
                draft.Metadata, draft.HasSpec, draft.ClassName, draft.IsManaged, draft.InfrastructureLabels, draft.InfrastructureAnnotations, draft.SpecFingerprint),
            WorkloadKind.Namespace => new NamespaceObject(draft.Metadata),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Reads an object that stands alone.</summary>
    /// <exception cref="JsonException">As for the other overload, or a key comes twice.</exception>
    public static Workload Read(WorkloadKind kind, ReadOnlySpan<byte> utf8)
    {
        var json = new StrictJsonReader(utf8, stackalloc int[StrictJsonReader.KeyBufferLength], stackalloc int[StrictJsonReader.MaxDepth + 1]);
        json.Read();
        var workload = Read(kind, ref json, utf8);
        while (json.Read())
        {
        }

        return json.Suspicious && DuplicateKeys.Find(utf8) is { } key
            ? throw new UnexpectedFieldException($"the key {key} comes twice.")
            : workload;
    }

    // What calls itself something else than the request does could mean anything by its fields.
    private static void RequireKind(WorkloadKind expected, ref StrictJsonReader json)
    {
        var kind = json.ReadText("kind");
        if (kind.Length > 0 && kind != WorkloadKinds.NameOf(expected))
        {
            throw new UnexpectedFieldException($"kind is \"{Excerpt.Of(kind)}\", but must be {WorkloadKinds.NameOf(expected)}.");
        }
    }

    private static void RequireGroup(WorkloadKind expected, ref StrictJsonReader json)
    {
        var apiVersion = json.ReadText("apiVersion");
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        if (apiVersion.Length > 0 && !apiVersion.AsSpan(0, Math.Max(0, slash)).SequenceEqual(WorkloadKinds.GroupOf(expected)))
        {
            throw new UnexpectedFieldException($"apiVersion is \"{Excerpt.Of(apiVersion)}\", but must be of group \"{WorkloadKinds.GroupOf(expected)}\".");
        }
    }

    private static void ReadSpec(WorkloadKind kind, ref StrictJsonReader json, ReadOnlySpan<byte> document, ref Draft draft)
    {
        if (!json.EnterObject("spec"))
        {
            return;
        }

        draft.HasSpec = true;
        var start = json.TokenStart;
        while (json.NextMember())
        {
            switch (kind)
            {
                case WorkloadKind.Pod:
                    ReadPodSpecMember(ref json, ref draft);
                    break;
                case WorkloadKind.IstioGateway when json.Is("selector"u8):
                    draft.Selector = json.ReadMap("spec.selector") ?? LabelSet.Empty;
                    break;
                case WorkloadKind.KubernetesGateway:
                    ReadKubernetesGatewaySpecMember(ref json, ref draft);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        if (kind != WorkloadKind.Pod)
        {
            // A Pod's spec hardly changes, and a Pod is what comes by the thousand: only Gateways pay for the hash.
            draft.SpecFingerprint = Convert.ToHexString(SHA256.HashData(document[start..json.Consumed]));
        }
    }

    private static void ReadPodSpecMember(ref StrictJsonReader json, ref Draft draft)
    {
        if (json.Is("hostNetwork"u8))
        {
            draft.HostNetwork = json.ReadFlag("spec.hostNetwork");
        }
        else if (json.Is("runtimeClassName"u8))
        {
            draft.RuntimeClass = json.ReadText("spec.runtimeClassName");
        }
        else if (json.Is("containers"u8))
        {
            draft.HasProxyContainer |= ReadContainers(ref json, "spec.containers");
        }
        else if (json.Is("initContainers"u8))
        {
            draft.HasProxyContainer |= ReadContainers(ref json, "spec.initContainers");
        }
        else
        {
            json.Skip();
        }
    }

    private static void ReadKubernetesGatewaySpecMember(ref StrictJsonReader json, ref Draft draft)
    {
        if (json.Is("gatewayClassName"u8))
        {
            draft.ClassName = json.ReadText("spec.gatewayClassName");
        }
        else if (json.Is("addresses"u8))
        {
            draft.IsManaged = ReadIsManaged(ref json);
        }
        else if (!json.Is("infrastructure"u8))
        {
            json.Skip();
        }
        else if (json.EnterObject("spec.infrastructure"))
        {
            while (json.NextMember())
            {
                if (json.Is("labels"u8))
                {
                    draft.InfrastructureLabels = json.ReadMap("spec.infrastructure.labels");
                }
                else if (json.Is("annotations"u8))
                {
                    draft.InfrastructureAnnotations = json.ReadMap("spec.infrastructure.annotations");
                }
                else
                {
                    json.Skip();
                }
            }
        }
    }

    private static ObjectMetadata ReadMetadata(ref StrictJsonReader json)
    {
        if (!json.EnterObject("metadata"))
        {
            return new ObjectMetadata();
        }

        string name = "", generateName = "", @namespace = "";
        LabelSet? labels = null, annotations = null;
        var beingDeleted = false;
        while (json.NextMember())
        {
            if (json.Is("name"u8))
            {
                name = json.ReadText("metadata.name");
            }
            else if (json.Is("generateName"u8))
            {
                generateName = json.ReadText("metadata.generateName");
            }
            else if (json.Is("namespace"u8))
            {
                @namespace = json.ReadText("metadata.namespace");
            }
            else if (json.Is("labels"u8))
            {
                labels = json.ReadMap("metadata.labels");
            }
            else if (json.Is("annotations"u8))
            {
                annotations = json.ReadMap("metadata.annotations");
            }
            else if (json.Is("deletionTimestamp"u8))
            {
                beingDeleted = json.ReadText("metadata.deletionTimestamp").Length > 0;
            }
            else
            {
                json.Skip();
            }
        }

        return new ObjectMetadata
        {
            IsPresent = true,
            Name = name,
            GenerateName = generateName,
            Namespace = @namespace,
            Labels = labels,
            Annotations = annotations,
            IsBeingDeleted = beingDeleted,
        };
    }

    private static bool ReadContainers(ref StrictJsonReader json, string path)
    {
        var hasProxy = false;
        if (!json.EnterArray(path))
        {
            return false;
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject)
            {
                throw StrictJsonFields.WrongType(json.TokenType, $"{path}[]", "an object");
            }

            while (json.NextMember())
            {
                if (json.Is("name"u8))
                {
                    json.Read();
                    hasProxy |= json.TokenType == JsonTokenType.String && json.Is("istio-proxy"u8);
                    json.Skip();
                }
                else
                {
                    json.Skip();
                }
            }
        }

        return hasProxy;
    }

    // Istio deploys the proxies unless there is more than one address, or one that is no IP address (gateway_utils.go, IsManaged).
    private static bool ReadIsManaged(ref StrictJsonReader json)
    {
        if (!json.EnterArray("spec.addresses"))
        {
            return true;
        }

        var (count, managed) = (0, true);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            count++;
            if (json.TokenType != JsonTokenType.StartObject)
            {
                throw StrictJsonFields.WrongType(json.TokenType, "spec.addresses[]", "an object");
            }

            while (json.NextMember())
            {
                if (json.Is("type"u8))
                {
                    managed &= json.ReadText("spec.addresses[].type") is "" or "IPAddress";
                }
                else
                {
                    json.Skip();
                }
            }
        }

        return count <= 1 && managed;
    }

    /// <summary>What has been read so far, of whatever kind.</summary>
    private struct Draft
    {
        public ObjectMetadata Metadata;
        public bool HasSpec;
        public bool HostNetwork;
        public string RuntimeClass;
        public bool HasProxyContainer;
        public LabelSet Selector;
        public string ClassName;
        public bool IsManaged;
        public LabelSet? InfrastructureLabels;
        public LabelSet? InfrastructureAnnotations;
        public string SpecFingerprint;
    }
}
