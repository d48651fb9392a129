using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting.EnvoyFilters;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.Messages;

/// <summary>Holds JSON against a message's definition, by the rules of protobuf's JSON: both spellings of a field, null for absent, enumerations by name or number.</summary>
internal sealed class MessageCheck(LintPass pass)
{
    /// <param name="field">What is to be the message; not JSON's null.</param>
    public void Visit(Field field, ProtoMessage message)
    {
        if (field.Depth > AccessLogSearch.Deepest || field.Value.ValueKind == JsonValueKind.Undefined)
        {
            return;
        }

        if (!field.IsObject)
        {
            Wrong(field, "an object");
            return;
        }

        var oneOfs = new Dictionary<string, string>(StringComparer.Ordinal);
        var seen = new HashSet<ProtoField>(ReferenceEqualityComparer.Instance);
        foreach (var (name, member) in field.Members())
        {
            if (name == "@type")
            {
                continue;
            }

            if (message.Find(name) is not { } definition)
            {
                if (pass.Findings.Takes(LintRules.UnknownField))
                {
                    UnknownFields.Report(pass, field, member, name, message);
                }
            }
            else if (member.Value.ValueKind != JsonValueKind.Null)
            {
                CheckConflicts(member, definition, oneOfs, seen);
                CheckValue(member, definition, message);
            }
        }

        RequiredFields.Check(pass, field, message);
    }

    private void CheckConflicts(Field member, ProtoField definition, Dictionary<string, string> oneOfs, HashSet<ProtoField> seen)
    {
        if (!seen.Add(definition))
        {
            pass.Add(
                LintRules.ConflictingFields, member, $"{definition.Name} is given twice, in both of its spellings, and Istio refuses it.",
                $"Keep one of {definition.Name} and {ProtoNames.Camel(definition.Name)}.");
        }
        else if (definition.OneOf.Length > 0 && !oneOfs.TryAdd(definition.OneOf, definition.Name))
        {
            pass.Add(
                LintRules.ConflictingFields, member, $"Only one of {oneOfs[definition.OneOf]} and {definition.Name} may be set, and Istio refuses both.",
                $"Remove {oneOfs[definition.OneOf]} or {definition.Name}.");
        }
    }

    private void CheckValue(Field member, ProtoField definition, ProtoMessage message)
    {
        if (!definition.IsList)
        {
            CheckItem(member, definition, message);
            return;
        }

        if (!member.IsArray)
        {
            Wrong(member, "a list");
            return;
        }

        foreach (var item in member.Items())
        {
            CheckItem(item, definition, message);
        }
    }

    private void CheckItem(Field item, ProtoField definition, ProtoMessage message)
    {
        switch (definition.Kind)
        {
            case ProtoKind.Text when item.Text is null:
                Wrong(item, "a string");
                break;
            case ProtoKind.Flag when item.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False):
                Wrong(item, "true or false");
                break;
            case ProtoKind.Number when item.Value.ValueKind != JsonValueKind.Number && (message.IsOfCrd || !uint.TryParse(item.Text, out _)):
                Wrong(item, "a number");
                break;
            case ProtoKind.Choice:
                CheckChoice(item, definition, message);
                break;
            case ProtoKind.Message:
                Visit(item, ProtoTypes.Find(definition.MessageType)!);
                break;
            case ProtoKind.Any:
                CheckAny(item, message);
                break;
        }
    }

    private void CheckChoice(Field item, ProtoField definition, ProtoMessage message)
    {
        if (item.Text is not { } value)
        {
            if (item.Value.ValueKind != JsonValueKind.Number || message.IsOfCrd)
            {
                Wrong(item, "a string");
            }
        }
        // The rule of the incomplete patch has it.
        else if (!definition.Values.Contains(value) && (definition.Name, value) is not ("applyTo", "" or "INVALID"))
        {
            pass.Add(
                LintRules.InvalidValue, item, $"\"{Excerpt.Of(value)}\" is no value of {definition.Name}.",
                pass.Guess(value, definition.Values) is { } meant ? $"Use {meant}." : $"Use one of {string.Join(", ", definition.Values)}.");
        }
    }

    private void CheckAny(Field config, ProtoMessage message)
    {
        if (!config.IsObject)
        {
            Wrong(config, "an object with an @type");
            return;
        }

        if (AnyTypes.Resolve(pass, config, mustLog: message.Name == ProtoTypes.AccessLog) is { } type)
        {
            Visit(config, type);
        }
    }

    private void Wrong(Field field, string expected) => pass.Add(
        LintRules.WrongType, field, $"This is {Describe(field.Value.ValueKind)}, but must be {expected}, and Istio refuses it.", $"Make it {expected}.");

    private static string Describe(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };
}
