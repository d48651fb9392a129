using System.Text;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// <c>{"operators": [NAME or {"command", "param", "max_length"}, …]}</c> (<c>coalesce_formatter.cc</c>). What is inside is checked like any operator; those
/// of an extension that must be configured are not known there.
/// </summary>
internal static class CoalesceRule
{
    /// <summary>It may be inside itself, which nobody needs; each level is parsed anew, so that there must be an end.</summary>
    private const int MaxDepth = 8;

    public static ArgumentFault? Check(string name, string argument, int depth) =>
        Fault(argument, depth) is { } message ? new($"{name} {message}", 0, argument.Length) : null;

    /// <summary>The operators that an argument without faults tries, in turn.</summary>
    public static List<(CommandOperator Definition, string? Argument)> Entries(string argument)
    {
        using var document = JsonDocument.Parse(argument);
        var entries = new List<(CommandOperator, string?)>();
        foreach (var entry in document.RootElement.Member("operators")!.Value.EnumerateArray())
        {
            entries.Add((CommandOperators.Find(entry.Text() ?? entry.Text("command"))!, entry.Text("param") is { Length: > 0 } param ? param : null));
        }

        return entries;
    }

    private static string? Fault(string argument, int depth)
    {
        if (depth >= MaxDepth)
        {
            return $"is nested deeper than {MaxDepth} levels: take the inner ones out.";
        }

        try
        {
            RequireText(argument);
            using var document = JsonDocument.Parse(argument);
            return document.RootElement.ValueKind != JsonValueKind.Object
                || document.RootElement.Member("operators") is not { ValueKind: JsonValueKind.Array } operators
                || operators.GetArrayLength() == 0
                ? "takes a JSON object with the list \"operators\", which must not be empty."
                : operators.EnumerateArray().Select((entry, index) => Entry(entry, depth) is { } fault ? $"operators[{index}] {fault}" : null).FirstOrDefault(fault => fault is not null);
        }
        catch (JsonException exception)
        {
            return $"takes JSON: {exception.Message}";
        }
    }

    // Envoy's parser refuses escapes that are no text (nlohmann/json); System.Text.Json lets them pass until somebody reads them.
    private static void RequireText(string argument)
    {
        var json = new StrictJsonReader(
            Encoding.UTF8.GetBytes(argument), stackalloc int[StrictJsonReader.KeyBufferLength], stackalloc int[StrictJsonReader.MaxDepth + 1]);
        while (json.Read())
        {
            if (json.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
            {
                json.GetString();
            }
        }
    }

    private static string? Entry(JsonElement entry, int depth)
    {
        var isObject = entry.ValueKind == JsonValueKind.Object;
        if ((isObject ? entry.Text("command") : entry.Text()) is not { } command)
        {
            return "must be the name of an operator, or an object with its name as \"command\".";
        }

        string? param = null;
        var hasLength = false;
        if (isObject)
        {
            if (entry.Member("param") is { } written && (param = written.Text()) is null)
            {
                return "has a \"param\" that is no string.";
            }

            var length = entry.Member("max_length").GetValueOrDefault();
            hasLength = length.ValueKind != JsonValueKind.Undefined;
            if (hasLength && !(length.ValueKind == JsonValueKind.Number && length.TryGetInt64(out var characters) && characters > 0))
            {
                return "has a \"max_length\" that is no whole number above 0.";
            }
        }

        if (CommandOperators.Find(command) is not { } definition)
        {
            return $"\"{Excerpt.Of(command)}\": {UnknownNames.Message(command)}";
        }

        return definition.Formatter is { } formatter && formatter != FormatterExtensions.Cel && formatter != FormatterExtensions.Metadata
            ? $"is {command}, which comes from an extension and is not known inside."
            : ArgumentRules.Check(definition, param is "" ? null : param, hasLength, depth + 1)?.Message;
    }
}
