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
            throw new UnexpectedFieldException($"the object is {Describe(json.TokenType)}, but must be a {kind} object.");
        }

        return kind switch
        {
            WorkloadKind.Pod => ReadPod(ref json),
            WorkloadKind.IstioGateway => ReadIstioGateway(ref json, document),
            WorkloadKind.KubernetesGateway => ReadKubernetesGateway(ref json, document),
            _ => ReadNamespace(ref json),
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

    private static PodWorkload ReadPod(ref StrictJsonReader json)
    {
        var metadata = new ObjectMetadata();
        bool hostNetwork = false, hasProxy = false;
        var runtimeClass = "";
        while (NextMember(ref json))
        {
            if (json.Is("metadata"u8))
            {
                metadata = ReadMetadata(ref json);
            }
            else if (json.Is("spec"u8))
            {
                if (!EnterObject(ref json, "spec"))
                {
                    continue;
                }

                while (NextMember(ref json))
                {
                    if (json.Is("hostNetwork"u8))
                    {
                        hostNetwork = ReadFlag(ref json, "spec.hostNetwork");
                    }
                    else if (json.Is("runtimeClassName"u8))
                    {
                        runtimeClass = ReadText(ref json, "spec.runtimeClassName");
                    }
                    else if (json.Is("containers"u8))
                    {
                        hasProxy |= ReadContainers(ref json, "spec.containers");
                    }
                    else if (json.Is("initContainers"u8))
                    {
                        hasProxy |= ReadContainers(ref json, "spec.initContainers");
                    }
                    else
                    {
                        json.Skip();
                    }
                }
            }
            else
            {
                json.Skip();
            }
        }

        return new PodWorkload(metadata, hostNetwork, runtimeClass, hasProxy);
    }

    private static IstioGateway ReadIstioGateway(ref StrictJsonReader json, ReadOnlySpan<byte> document)
    {
        var metadata = new ObjectMetadata();
        var selector = LabelSet.Empty;
        var fingerprint = "";
        while (NextMember(ref json))
        {
            if (json.Is("metadata"u8))
            {
                metadata = ReadMetadata(ref json);
            }
            else if (json.Is("spec"u8))
            {
                if (!EnterObject(ref json, "spec"))
                {
                    continue;
                }

                var start = json.TokenStart;
                while (NextMember(ref json))
                {
                    if (json.Is("selector"u8))
                    {
                        selector = ReadMap(ref json, "spec.selector") ?? LabelSet.Empty;
                    }
                    else
                    {
                        json.Skip();
                    }
                }

                fingerprint = Fingerprint(document[start..json.Consumed]);
            }
            else
            {
                json.Skip();
            }
        }

        return new IstioGateway(metadata, selector, fingerprint);
    }

    private static KubernetesGateway ReadKubernetesGateway(ref StrictJsonReader json, ReadOnlySpan<byte> document)
    {
        var metadata = new ObjectMetadata();
        bool hasSpec = false, managed = true;
        var className = "";
        LabelSet? labels = null, annotations = null;
        var fingerprint = "";
        while (NextMember(ref json))
        {
            if (json.Is("metadata"u8))
            {
                metadata = ReadMetadata(ref json);
            }
            else if (json.Is("spec"u8))
            {
                if (!EnterObject(ref json, "spec"))
                {
                    continue;
                }

                hasSpec = true;
                var start = json.TokenStart;
                while (NextMember(ref json))
                {
                    if (json.Is("gatewayClassName"u8))
                    {
                        className = ReadText(ref json, "spec.gatewayClassName");
                    }
                    else if (json.Is("addresses"u8))
                    {
                        managed = ReadIsManaged(ref json);
                    }
                    else if (json.Is("infrastructure"u8))
                    {
                        if (!EnterObject(ref json, "spec.infrastructure"))
                        {
                            continue;
                        }

                        while (NextMember(ref json))
                        {
                            if (json.Is("labels"u8))
                            {
                                labels = ReadMap(ref json, "spec.infrastructure.labels");
                            }
                            else if (json.Is("annotations"u8))
                            {
                                annotations = ReadMap(ref json, "spec.infrastructure.annotations");
                            }
                            else
                            {
                                json.Skip();
                            }
                        }
                    }
                    else
                    {
                        json.Skip();
                    }
                }

                fingerprint = Fingerprint(document[start..json.Consumed]);
            }
            else
            {
                json.Skip();
            }
        }

        return new KubernetesGateway(metadata, hasSpec, className, managed, labels, annotations, fingerprint);
    }

    private static NamespaceObject ReadNamespace(ref StrictJsonReader json)
    {
        var metadata = new ObjectMetadata();
        while (NextMember(ref json))
        {
            if (json.Is("metadata"u8))
            {
                metadata = ReadMetadata(ref json);
            }
            else
            {
                json.Skip();
            }
        }

        return new NamespaceObject(metadata);
    }

    private static ObjectMetadata ReadMetadata(ref StrictJsonReader json)
    {
        if (!EnterObject(ref json, "metadata"))
        {
            return new ObjectMetadata();
        }

        string name = "", generateName = "", @namespace = "";
        LabelSet? labels = null, annotations = null;
        var beingDeleted = false;
        while (NextMember(ref json))
        {
            if (json.Is("name"u8))
            {
                name = ReadText(ref json, "metadata.name");
            }
            else if (json.Is("generateName"u8))
            {
                generateName = ReadText(ref json, "metadata.generateName");
            }
            else if (json.Is("namespace"u8))
            {
                @namespace = ReadText(ref json, "metadata.namespace");
            }
            else if (json.Is("labels"u8))
            {
                labels = ReadMap(ref json, "metadata.labels");
            }
            else if (json.Is("annotations"u8))
            {
                annotations = ReadMap(ref json, "metadata.annotations");
            }
            else if (json.Is("deletionTimestamp"u8))
            {
                beingDeleted = ReadText(ref json, "metadata.deletionTimestamp").Length > 0;
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
        if (!EnterArray(ref json, path))
        {
            return false;
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject)
            {
                throw WrongType(json.TokenType, $"{path}[]", "an object");
            }

            while (NextMember(ref json))
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
        if (!EnterArray(ref json, "spec.addresses"))
        {
            return true;
        }

        var (count, managed) = (0, true);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            count++;
            if (json.TokenType != JsonTokenType.StartObject)
            {
                throw WrongType(json.TokenType, "spec.addresses[]", "an object");
            }

            while (NextMember(ref json))
            {
                if (json.Is("type"u8))
                {
                    managed &= ReadText(ref json, "spec.addresses[].type") is "" or "IPAddress";
                }
                else
                {
                    json.Skip();
                }
            }
        }

        return count <= 1 && managed;
    }

    private static LabelSet? ReadMap(ref StrictJsonReader json, string path)
    {
        if (!EnterObject(ref json, path))
        {
            return null;
        }

        var entries = new List<KeyValuePair<string, string>>();
        while (NextMember(ref json))
        {
            var key = json.GetString();
            json.Read();
            entries.Add(KeyValuePair.Create(key, json.TokenType switch
            {
                JsonTokenType.String => json.GetString(),
                // Go reads a null in a map of strings as the empty string.
                JsonTokenType.Null => "",
                var other => throw WrongType(other, $"{path}[{key}]", "a string"),
            }));
        }

        return LabelSet.From(entries);
    }

    private static string ReadText(ref StrictJsonReader json, string path)
    {
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.String => json.GetString(),
            JsonTokenType.Null => "",
            var other => throw WrongType(other, path, "a string"),
        };
    }

    private static bool ReadFlag(ref StrictJsonReader json, string path)
    {
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False or JsonTokenType.Null => false,
            var other => throw WrongType(other, path, "true or false"),
        };
    }

    /// <summary>Moves to the object that is the current property's value; false where it is null.</summary>
    private static bool EnterObject(ref StrictJsonReader json, string path) => Enter(ref json, path, JsonTokenType.StartObject, "an object");

    private static bool EnterArray(ref StrictJsonReader json, string path) => Enter(ref json, path, JsonTokenType.StartArray, "an array");

    private static bool Enter(ref StrictJsonReader json, string path, JsonTokenType expected, string description)
    {
        json.Read();
        return json.TokenType == expected
            || (json.TokenType == JsonTokenType.Null ? false : throw WrongType(json.TokenType, path, description));
    }

    private static bool NextMember(ref StrictJsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    private static string Fingerprint(ReadOnlySpan<byte> spec) => Convert.ToHexString(SHA256.HashData(spec));

    private static UnexpectedFieldException WrongType(JsonTokenType actual, string path, string expected) =>
        new($"{path} is {Describe(actual)}, but must be {expected}.");

    private static string Describe(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        JsonTokenType.Null => "null",
        _ => "missing",
    };
}
