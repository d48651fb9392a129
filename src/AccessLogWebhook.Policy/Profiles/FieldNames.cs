using AccessLogWebhook.Policy.Formats;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>The names of fields in messages.</summary>
internal static class FieldNames
{
    public static string Unknown(string name, IReadOnlyCollection<string> known) => Spelling.Nearest(name, known) is { } nearest
        ? $"is no field: did you mean {nearest}?"
        : $"is no field: there are {string.Join(", ", known)}.";

    /// <summary>The path of a member, in brackets where its name could be taken for more than one step.</summary>
    public static string Path(string parent, string name) =>
        name.Length > 0 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-')
            ? $"{parent}.{Excerpt.Of(name)}"
            : $"{parent}[{Excerpt.Of(name)}]";
}
