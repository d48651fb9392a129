using System.Collections.Frozen;
using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Linting.Protos;

/// <summary>A message of which all fields are known.</summary>
/// <param name="Name">The full name, as it stands after the slash of an <c>@type</c>; for Istio's resources, what messages call it.</param>
internal sealed record ProtoMessage(string Name, ImmutableArray<ProtoField> Fields)
{
    private FrozenDictionary<string, ProtoField> ByName { get; } =
        Fields.SelectMany(field => new[] { field.Name, ProtoNames.Camel(field.Name) }.Distinct(StringComparer.Ordinal).Select(name => (name, field)))
            .ToFrozenDictionary(each => each.name, each => each.field, StringComparer.Ordinal);

    /// <summary>Sets of fields of which Envoy asks for one at least; a oneof that it requires is one.</summary>
    public ImmutableArray<ImmutableArray<string>> OneRequired { get; init; } = [];

    /// <summary>Whether a CRD stands before it, which drops the fields that it does not know before Istio sees them.</summary>
    public bool IsOfCrd { get; init; }

    /// <summary>The last part of the name.</summary>
    public string ShortName => Name[(Name.LastIndexOf('.') + 1)..];

    /// <summary>The field of that name in either spelling.</summary>
    public ProtoField? Find(string name) => ByName.GetValueOrDefault(name);
}
