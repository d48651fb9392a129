using System.Collections.Immutable;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.Messages;

/// <summary>AL022. Source: the <c>validate.rules</c> of Envoy's definitions (<c>required</c>, <c>min_len</c>, <c>min_items</c>); of a Telemetry, Istio's <c>validation.go</c>.</summary>
internal static class RequiredFields
{
    public static void Check(LintPass pass, Field field, ProtoMessage message)
    {
        var rejected = message.IsOfCrd ? "Istio refuses it" : "Envoy rejects the listener";
        foreach (var definition in message.Fields)
        {
            var member = field.Proto(definition.Name);
            if (definition.IsRequired && member is not { Text: not "" })
            {
                pass.Add(
                    LintRules.MissingField, member ?? field, $"{Title(message)} has no {definition.Name}, and {rejected}.", $"Add {definition.Name}.");
            }
            else if (definition.LeastItems > 0 && (member is null || (member.IsArray && member.Value.GetArrayLength() < definition.LeastItems)))
            {
                pass.Add(
                    LintRules.MissingField, member ?? field, $"{Title(message)} needs at least {definition.LeastItems} {definition.Name}, and with fewer Envoy rejects the listener.",
                    $"Add to {definition.Name}, or use the one without {message.ShortName}.");
            }
        }

        foreach (var oneOf in message.OneRequired.Where(oneOf => oneOf.All(name => field.Proto(name) is null)))
        {
            pass.Add(LintRules.MissingField, field, $"{Title(message)} has none of {Names(oneOf)}, and Envoy rejects the listener.", $"Add one of {Names(oneOf)}.");
        }
    }

    private static string Names(ImmutableArray<string> names) => $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";

    private static string Title(ProtoMessage message) => message.IsOfCrd ? $"An entry of {message.Name}" : message.ShortName;
}
