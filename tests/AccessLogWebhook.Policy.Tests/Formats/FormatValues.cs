using System.Text.Json;
using AccessLogWebhook.Policy.Formats;

namespace AccessLogWebhook.Policy.Tests.Formats;

/// <summary>Values of JSON formats, read from what a profile would hold.</summary>
internal static class FormatValues
{
    public static FormatValue Read(string json)
    {
        var errors = new List<FormatError>();
        var value = FormatValueReader.Read(JsonElement(json), "fields", errors);
        Assert.Empty(errors);
        return value!;
    }

    public static List<string> Errors(string json)
    {
        var errors = new List<FormatError>();
        var value = FormatValueReader.Read(JsonElement(json), "fields", errors);
        Assert.Equal(errors.Count == 0, value is not null);
        return [.. errors.Select(error => error.ToString())];
    }

    public static JsonElement JsonElement(string json) => JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 }).RootElement;

    /// <summary>As JSON, as whoever renders it writes it.</summary>
    public static string Spell(FormatValue value) => value switch
    {
        FormatValue.Text text => JsonSerializer.Serialize(text.Format.ToString()),
        FormatValue.Number number => number.Spelling,
        FormatValue.Flag flag => flag.Value ? "true" : "false",
        FormatValue.Object @object => $"{{{string.Join(',', @object.Members.Select(member => $"{JsonSerializer.Serialize(member.Name)}:{Spell(member.Value)}"))}}}",
        FormatValue.List list => $"[{string.Join(',', list.Items.Select(Spell))}]",
        _ => "null",
    };
}
