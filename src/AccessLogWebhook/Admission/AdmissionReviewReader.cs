using System.Text.Json;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Admission;

/// <summary>
/// Reads an AdmissionReview in one forward pass over its bytes. The API server writes <c>kind</c> before <c>object</c>, so that the
/// object is read as it comes by; in any other order it is passed over and read afterwards.
/// </summary>
internal static class AdmissionReviewReader
{
    public static ReadReview Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var json = new StrictJsonReader(body, stackalloc int[StrictJsonReader.KeyBufferLength], stackalloc int[StrictJsonReader.MaxDepth + 1]);
            var draft = new Draft();
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return Malformed("The body is no JSON object: send an admission.k8s.io/v1 AdmissionReview.");
            }

            ReadReview(ref json, body, ref draft);
            json.Read();
            return json.Suspicious && DuplicateKeys.Find(body) is { } key
                ? Malformed($"The key {key} comes twice: readers would disagree about which one counts.")
                : draft.Complete(body);
        }
        catch (JsonException broken)
        {
            return Malformed($"The body is no valid JSON: {broken.Message}");
        }
    }

    private static void ReadReview(ref StrictJsonReader json, ReadOnlySpan<byte> body, ref Draft draft)
    {
        while (json.NextMember())
        {
            if (json.Is("apiVersion"u8))
            {
                draft.ApiVersion = ReadText(ref json, "apiVersion", ref draft);
            }
            else if (json.Is("kind"u8))
            {
                draft.ReviewKind = ReadText(ref json, "kind", ref draft);
            }
            else if (json.Is("request"u8))
            {
                json.Read();
                if (json.TokenType != JsonTokenType.StartObject)
                {
                    json.Skip();
                    continue;
                }

                draft.HasRequest = true;
                while (json.NextMember())
                {
                    ReadRequestMember(ref json, body, ref draft);
                }
            }
            else
            {
                json.Skip();
            }
        }
    }

    private static void ReadRequestMember(ref StrictJsonReader json, ReadOnlySpan<byte> body, ref Draft draft)
    {
        if (json.Is("uid"u8))
        {
            draft.Uid = ReadText(ref json, "request.uid", ref draft);
        }
        else if (json.Is("kind"u8))
        {
            ReadKind(ref json, ref draft);
        }
        else if (json.Is("subResource"u8))
        {
            draft.Subresource = ReadText(ref json, "request.subResource", ref draft);
        }
        else if (json.Is("namespace"u8))
        {
            draft.Namespace = ReadText(ref json, "request.namespace", ref draft);
        }
        else if (json.Is("operation"u8))
        {
            draft.Operation = ReadText(ref json, "request.operation", ref draft);
        }
        else if (json.Is("userInfo"u8))
        {
            ReadUserInfo(ref json, ref draft);
        }
        else if (json.Is("dryRun"u8))
        {
            json.Read();
            draft.DryRun = json.TokenType == JsonTokenType.True;
            if (json.TokenType is not (JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null))
            {
                draft.Fault ??= "request.dryRun must be true or false.";
                json.Skip();
            }
        }
        else if (json.Is("object"u8))
        {
            ReadObject(ref json, body, "request.object", ref draft.Object, ref draft);
        }
        else if (json.Is("oldObject"u8))
        {
            ReadObject(ref json, body, "request.oldObject", ref draft.Old, ref draft);
        }
        else
        {
            json.Skip();
        }
    }

    private static void ReadKind(ref StrictJsonReader json, ref Draft draft)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            draft.Fault ??= "request.kind must be an object with group, version and kind.";
            json.Skip();
            return;
        }

        while (json.NextMember())
        {
            if (json.Is("group"u8))
            {
                draft.Group = ReadText(ref json, "request.kind.group", ref draft);
            }
            else if (json.Is("version"u8))
            {
                draft.Version = ReadText(ref json, "request.kind.version", ref draft);
            }
            else if (json.Is("kind"u8))
            {
                draft.ObjectKind = ReadText(ref json, "request.kind.kind", ref draft);
            }
            else
            {
                json.Skip();
            }
        }

        draft.Kind = WorkloadKinds.Of(draft.Group, draft.Version, draft.ObjectKind);
        draft.Definition = DefinitionKinds.Of(draft.Group, draft.Version, draft.ObjectKind);
    }

    private static void ReadUserInfo(ref StrictJsonReader json, ref Draft draft)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }

        while (json.NextMember())
        {
            if (json.Is("username"u8))
            {
                draft.Username = ReadText(ref json, "request.userInfo.username", ref draft);
            }
            else
            {
                json.Skip();
            }
        }
    }

    private static void ReadObject(ref StrictJsonReader json, ReadOnlySpan<byte> body, string path, ref Part part, ref Draft draft)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null)
        {
            return;
        }

        var start = json;
        if (draft.Kind is { } kind && draft.IsJudged)
        {
            try
            {
                part.Workload = WorkloadReader.Read(kind, ref json, body);
                return;
            }
            catch (UnexpectedFieldException unexpected)
            {
                // The rest of the review is still read: only then is it known to be sound JSON, and whose answer this is.
                draft.Fault ??= $"{path} cannot be judged: {unexpected.Message}";
                part.IsFaulty = true;
                json = start;
            }
        }

        var from = json.TokenStart;
        json.Skip();
        part.Range = from..json.Consumed;
    }

    private static string ReadText(ref StrictJsonReader json, string path, ref Draft draft)
    {
        json.Read();
        switch (json.TokenType)
        {
            case JsonTokenType.String:
                return json.GetRecurringString();
            case JsonTokenType.Null:
                return "";
            default:
                draft.Fault ??= $"{path} must be a string.";
                json.Skip();
                return "";
        }
    }

    private static ReadReview.Malformed Malformed(string message) => new(StatusCodes.Status400BadRequest, message);

    private struct Part
    {
        public Workload? Workload;
        public Range? Range;
        public bool IsFaulty;
    }

    /// <summary>What has been read so far; the first fault is kept, since it names the problem best.</summary>
    private struct Draft
    {
        public Draft()
        {
        }

        public string ApiVersion = "";
        public string ReviewKind = "";
        public bool HasRequest;
        public string Uid = "";
        public string Group = "";
        public string Version = "";
        public string ObjectKind = "";
        public WorkloadKind? Kind;
        public DefinitionKind? Definition;
        public string Subresource = "";
        public string Namespace = "";
        public string Operation = "";
        public string Username = "";
        public bool DryRun;
        public Part Object;
        public Part Old;
        public string? Fault;

        public ReadReview Complete(ReadOnlySpan<byte> body)
        {
            if (ApiVersion != "admission.k8s.io/v1" || ReviewKind != "AdmissionReview")
            {
                return Malformed($"The body is {Quote(ApiVersion)} {Quote(ReviewKind)}, but must be admission.k8s.io/v1 AdmissionReview.");
            }

            if (!HasRequest)
            {
                return Malformed("The AdmissionReview has no request.");
            }

            if (Uid.Length == 0)
            {
                return Malformed(Fault is { } fault ? $"The request has no uid; {fault}" : "The request has no uid.");
            }

            return Faultless(body) is { } request ? new ReadReview.Sound(request) : new ReadReview.Errored(Uid, Fault!);
        }

        public readonly bool IsJudged => Subresource.Length == 0 || PolicyInput.IsJudged(Subresource, Kind);

        private AdmissionRequest? Faultless(ReadOnlySpan<byte> body)
        {
            if (ParseOperation() is not { } operation)
            {
                return null;
            }

            if (!IsJudged || operation is Policy.Decisions.Operation.Delete or Policy.Decisions.Operation.Connect)
            {
                // Workloads are not judged then, so nothing that is wrong with them may keep it from being done: least of all a deletion. What is deleted
                // may be the reference by which others are logged.
                var deleted = Subresource.Length == 0 && operation == Policy.Decisions.Operation.Delete ? DefinitionUnderReview(body) : null;
                Fault = null;
                (Object, Old) = (default, default);
                return Request(operation) with { Definition = deleted };
            }

            if (Fault is not null)
            {
                return null;
            }

            if (Definition is not null)
            {
                return FaultlessDefinition(operation, body);
            }

            if (Kind is null)
            {
                Fault = $"request.kind is {Excerpt.Of($"{(Group.Length == 0 ? "" : $"{Group}/")}{Version} {ObjectKind}")}, which is not judged here: "
                    + "send Pods (v1), Namespaces (v1), Gateways of networking.istio.io (v1, v1beta1, v1alpha3) or of gateway.networking.k8s.io (v1, v1beta1), "
                    + "AccessLogProfiles (v1alpha1), EnvoyFilters (v1alpha3) or Telemetries (v1, v1alpha1).";
                return null;
            }

            ReadLate(ref Object, "request.object", body);
            ReadLate(ref Old, "request.oldObject", body);
            if (Fault is null && Object.Workload is null && operation is Policy.Decisions.Operation.Create or Policy.Decisions.Operation.Update)
            {
                Fault = $"request.object is null, but must be the {ObjectKind}.";
            }

            if (Fault is null && Kind != WorkloadKind.Namespace && Namespace.Length == 0)
            {
                Namespace = (Object.Workload ?? Old.Workload)?.Metadata.Namespace ?? "";
                Fault = Namespace.Length == 0 ? $"request.namespace is missing: a {ObjectKind} is in a namespace." : null;
            }

            return Fault is null ? Request(operation) : null;
        }

        private AdmissionRequest? FaultlessDefinition(Operation operation, ReadOnlySpan<byte> body)
        {
            if (DefinitionUnderReview(body) is not { Object.ValueKind: JsonValueKind.Object } definition)
            {
                Fault = $"request.object must be the {ObjectKind}, an object.";
                return null;
            }

            if (Definition != DefinitionKind.AccessLogProfile && Namespace.Length == 0)
            {
                Fault = $"request.namespace is missing: a {ObjectKind} is in a namespace.";
                return null;
            }

            return Request(operation) with { Definition = definition };
        }

        private readonly ReviewedDefinition? DefinitionUnderReview(ReadOnlySpan<byte> body) =>
            Definition is { } kind ? new ReviewedDefinition(kind, Element(Object, body), Element(Old, body)) : null;

        private static JsonElement? Element(in Part part, ReadOnlySpan<byte> body) =>
            part.Range is { } range ? JsonElement.Parse(body[range], new JsonDocumentOptions { MaxDepth = StrictJsonReader.MaxDepth }) : null;

        private Operation? ParseOperation()
        {
            Operation? operation = Operation switch
            {
                "CREATE" => Policy.Decisions.Operation.Create,
                "UPDATE" => Policy.Decisions.Operation.Update,
                "DELETE" => Policy.Decisions.Operation.Delete,
                "CONNECT" => Policy.Decisions.Operation.Connect,
                _ => null,
            };
            if (operation is null)
            {
                Fault ??= $"request.operation is {Quote(Operation)}, but must be CREATE, UPDATE, DELETE or CONNECT.";
            }

            return operation;
        }

        private void ReadLate(ref Part part, string path, ReadOnlySpan<byte> body)
        {
            if (part is not { Range: { } range, IsFaulty: false })
            {
                return;
            }

            try
            {
                part.Workload = WorkloadReader.Read(Kind!.Value, body[range]);
            }
            catch (UnexpectedFieldException unexpected)
            {
                Fault ??= $"{path} cannot be judged: {unexpected.Message}";
            }
        }

        private readonly AdmissionRequest Request(Operation operation) => new()
        {
            Uid = Uid,
            Operation = operation,
            Kind = Kind,
            Subresource = Subresource,
            Namespace = Namespace,
            Username = Username,
            DryRun = DryRun,
            Workload = Object.Workload,
            Old = Old.Workload,
        };

        private static string Quote(string text) => $"\"{Excerpt.Of(text)}\"";
    }
}
