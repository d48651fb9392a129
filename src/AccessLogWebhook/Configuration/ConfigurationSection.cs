using System.Globalization;
using AccessLogWebhook.Manifests;
using Spelling = AccessLogWebhook.Policy.Json.Spelling;

namespace AccessLogWebhook.Configuration;

/// <summary>
/// Reads the fields of one mapping, and remembers which there are, so that the others can be refused. A field that is absent,
/// null or faulty has its default; the fault is reported. Names are taken as they are written, not as YAML resolves them: the
/// profile <c>off</c> would be false otherwise.
/// </summary>
internal sealed class ConfigurationSection
{
    private readonly YamlNode.Mapping? mapping;
    private readonly string path;
    private readonly ConfigurationErrors errors;
    private readonly List<string> known = [];

    private ConfigurationSection(YamlNode.Mapping? mapping, string path, ConfigurationErrors errors) =>
        (this.mapping, this.path, this.errors) = (mapping, path, errors);

    /// <summary>The section, or null where the node is no mapping, which is reported.</summary>
    public static ConfigurationSection? Of(YamlNode node, string path, ConfigurationErrors errors)
    {
        if (node is YamlNode.Mapping mapping)
        {
            return new ConfigurationSection(mapping, path, errors);
        }

        errors.Add(node, path, $"must be a mapping of fields; this is {Describe(node)}.");
        return null;
    }

    /// <summary>A section within this one; one without fields where it is absent, null or faulty.</summary>
    public ConfigurationSection Section(string field) =>
        Find(field) is { } node && Of(node, PathOf(field), errors) is { } section
            ? section
            : new ConfigurationSection(null, PathOf(field), errors);

    public void Constant(string field, string expected)
    {
        if (Text(field, $"must be {expected}") is { } node && node.Text != expected)
        {
            Refuse(node, field, $"must be {expected}; this is {Describe(node)}.");
        }
    }

    public string? ProfileOrOff(string field, string? @default)
    {
        const string Expected = "must be a profile's name or off";
        if (Text(field, Expected) is not { } node)
        {
            return @default;
        }

        if (node.Text == "off")
        {
            return null;
        }

        // true, on, yes, false, …: whoever writes it without quotes means a switch, and this is none.
        var fault = node.Value.Kind is ScalarKind.True or ScalarKind.False
            ? $"{Expected}; this is the switch {node.Text}."
            : KubernetesNames.ProfileFault(node.Text) is { } named ? $"{Expected}; {Describe(node)} {named}" : null;
        if (fault is not null)
        {
            Refuse(node, field, fault);
            return @default;
        }

        return node.Text;
    }

    /// <param name="faultOf">What is wrong with a name, to be read after it; null where nothing is.</param>
    public string Name(string field, Func<string, string?> faultOf, string @default)
    {
        if (Text(field, "must be a name") is not { } node)
        {
            return @default;
        }

        if (faultOf(node.Text) is { } fault)
        {
            Refuse(node, field, $"{Describe(node)} {fault}");
            return @default;
        }

        return node.Text;
    }

    /// <summary>A list of names, each once; null where the field is absent or null.</summary>
    public List<string>? Names(string field, Func<string, string?> faultOf)
    {
        switch (Find(field))
        {
            case null:
                return null;
            case YamlNode.Sequence sequence:
                var lines = new Dictionary<string, int>(StringComparer.Ordinal);
                for (var i = 0; i < sequence.Items.Length; i++)
                {
                    AddName(sequence.Items[i], $"{field}[{i}]", faultOf, lines);
                }

                return [.. lines.Keys];
            case var other:
                Refuse(other, field, $"must be a list of names; this is {Describe(other)}.");
                return null;
        }
    }

    public bool Flag(string field, bool @default)
    {
        switch (Find(field))
        {
            case null:
                return @default;
            case YamlNode.Scalar { Value.Kind: ScalarKind.True or ScalarKind.False } scalar:
                return scalar.Value.Kind == ScalarKind.True;
            case var other:
                Refuse(other, field, $"must be true or false; this is {Describe(other)}.");
                return @default;
        }
    }

    public T Choice<T>(string field, T @default, params ReadOnlySpan<(string Text, T Value)> choices)
    {
        var texts = new List<string>();
        foreach (var (text, _) in choices)
        {
            texts.Add(text);
        }

        var expected = $"must be {string.Join(" or ", texts)}";
        if (Text(field, expected) is not { } node)
        {
            return @default;
        }

        if (texts.IndexOf(node.Text) is >= 0 and var chosen)
        {
            return choices[chosen].Value;
        }

        Refuse(node, field, $"{expected}; this is {Describe(node)}.");
        return @default;
    }

    public int Seconds(string field, int @default, int longest) => Number(field, "seconds", @default, longest);

    public int Hours(string field, int @default, int longest) => Number(field, "hours", @default, longest);

    /// <summary>Reports the fields that nobody asked for.</summary>
    public void RefuseUnknown()
    {
        foreach (var entry in mapping?.Entries ?? [])
        {
            if (!known.Contains(entry.Key))
            {
                var advice = Spelling.Nearest(entry.Key, known) is { } nearest
                    ? $"did you mean {nearest}?"
                    : $"the fields here are {string.Join(", ", known)}.";
                errors.Add(entry.Line, entry.Column, PathOf(Excerpt.Of(entry.Key)), $"is no field; {advice}");
            }
        }
    }

    /// <summary>Reports a fault of two fields, at the first of them that the file has.</summary>
    public void Refuse(string field, string otherField, string message)
    {
        if ((mapping?[field] ?? mapping?[otherField]) is { } node)
        {
            Refuse(node, field, message);
        }
    }

    private int Number(string field, string unit, int @default, int most)
    {
        switch (Find(field))
        {
            case null:
                return @default;
            case YamlNode.Scalar { Value: { Kind: ScalarKind.Number } value }
                when int.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most:
                return number;
            case var other:
                Refuse(other, field, $"must be a whole number of {unit} from 1 to {most}; this is {Describe(other)}.");
                return @default;
        }
    }

    private void Refuse(YamlNode place, string field, string message) => errors.Add(place, PathOf(field), message);

    private void AddName(YamlNode item, string field, Func<string, string?> faultOf, Dictionary<string, int> lines)
    {
        if (item is not YamlNode.Scalar { Text.Length: > 0 } scalar || scalar.Value.Kind == ScalarKind.Null)
        {
            Refuse(item, field, $"must be a name; this is {Describe(item)}.");
        }
        else if (faultOf(scalar.Text) is { } fault)
        {
            Refuse(item, field, $"{Describe(item)} {fault}");
        }
        else if (!lines.TryAdd(scalar.Text, scalar.Line))
        {
            Refuse(item, field, $"{Describe(item)} is in the list already, at line {lines[scalar.Text]}.");
        }
    }

    private YamlNode.Scalar? Text(string field, string expected)
    {
        switch (Find(field))
        {
            case null:
                return null;
            case YamlNode.Scalar scalar:
                return scalar;
            case var other:
                Refuse(other, field, $"{expected}; this is {Describe(other)}.");
                return null;
        }
    }

    private YamlNode? Find(string field)
    {
        known.Add(field);
        return mapping?[field] is { } node and not YamlNode.Scalar { Value.Kind: ScalarKind.Null } ? node : null;
    }

    private string PathOf(string field) => path.Length == 0 ? field : $"{path}.{field}";

    private static string Describe(YamlNode node) => node switch
    {
        YamlNode.Mapping => "a mapping",
        YamlNode.Sequence => "a list",
        YamlNode.Scalar { Value.Kind: ScalarKind.Null } => "nothing",
        YamlNode.Scalar { Value.Kind: ScalarKind.Text, Text: var text } => $"\"{Excerpt.Of(text)}\"",
        YamlNode.Scalar { Text: var text } => Excerpt.Of(text),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
