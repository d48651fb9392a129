using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Linting.Protos;

/// <summary>What protobuf's JSON takes for a field. Unchecked is what the tables do not follow any further.</summary>
internal enum ProtoKind
{
    Text,
    Flag,
    Number,
    Choice,
    Message,
    Any,
    Unchecked,
}

/// <summary>A field of a message: as much of its definition as decides whether JSON is taken, and whether Envoy takes the message.</summary>
/// <param name="Name">In snake case; for Istio's own resources as the CRD has it.</param>
internal sealed record ProtoField(string Name, ProtoKind Kind)
{
    public bool IsList { get; init; }

    /// <summary>The type of a message, a key of <see cref="ProtoTypes"/>.</summary>
    public string MessageType { get; init; } = "";

    /// <summary>The values of an enumeration, or of a text that has a fixed set of them.</summary>
    public ImmutableArray<string> Values { get; init; } = [];

    /// <summary>The oneof it is in; empty for none. Only one field of each may be set.</summary>
    public string OneOf { get; init; } = "";

    /// <summary>Whether Envoy rejects the message without it (a text: with an empty one too).</summary>
    public bool IsRequired { get; init; }

    /// <summary>How many items Envoy asks for at least.</summary>
    public int LeastItems { get; init; }

    public ProtoField List(int atLeast = 0) => this with { IsList = true, LeastItems = atLeast };

    public ProtoField In(string oneOf) => this with { OneOf = oneOf };

    public ProtoField Required() => this with { IsRequired = true };
}
