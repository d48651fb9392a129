using System.Text.Json;
using AccessLogWebhook.Policy.Formats;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>Reads <c>spec.format</c>, and bounds how much of it there may be.</summary>
internal static class FormatReader
{
    private const int MostFields = 64;
    private const int LongestName = 128;
    private const int LongestValue = 1024;
    private const int LongestLine = 8192;

    /// <summary>
    /// A format stands in up to nine patches of one EnvoyFilter, and an object may have one and a half MiB in all (etcd, <c>--max-request-bytes</c>).
    /// </summary>
    private const int LargestFormat = 64 * 1024;

    /// <summary>Null where there is none, or a faulty one.</summary>
    public static LogFormat? Read(SpecFields spec)
    {
        if (spec.Object("format") is not { } format)
        {
            return null;
        }

        var (hasJson, hasText) = (format.Has("json"), format.Has("text"));
        var (json, text) = (ReadJson(format), ReadText(format));
        if (hasJson == hasText)
        {
            format.RefuseWhole("exactly one of json and text must be set.");
        }

        format.End();
        return json ?? (LogFormat?)text;
    }

    private static LogFormat.Json? ReadJson(SpecFields format)
    {
        if (format.Any("json") is not { } element)
        {
            return null;
        }

        if (element.Written().Length > LargestFormat)
        {
            format.Refuse("json", $"has more than {LargestFormat / 1024} KiB, and stands in nine patches of an EnvoyFilter: shorten it.");
            return null;
        }

        if (!new Bounds(format, format.PathOf("json")).Check(element))
        {
            return null;
        }

        var errors = new List<FormatError>();
        var read = JsonFormatReader.Read(element, format.PathOf("json"), errors);
        foreach (var error in errors)
        {
            format.Report(error.Path, error.Message);
        }

        return read is null ? null : new LogFormat.Json(read);
    }

    private static LogFormat.Text? ReadText(SpecFields format)
    {
        if (format.Object("text") is not { } text)
        {
            return null;
        }

        var preset = text.Choice("preset", [.. FormatPresets.TextNames]);
        var line = text.Text("line", 1, LongestLine);
        if (text.Has("preset") == text.Has("line"))
        {
            text.RefuseWhole("exactly one of preset and line must be set.");
        }

        text.End();
        if (line is null)
        {
            return preset is null ? null : new LogFormat.Text(FormatPresets.Text(preset)!);
        }

        if (line is "\n" or "\r\n")
        {
            text.Refuse("line", "logs empty lines: write what is to be logged.");
        }

        var reading = FormatParser.Parse(line);
        foreach (var fault in reading.Faults)
        {
            text.Refuse("line", fault.ToString());
        }

        return reading.Text is { } parsed ? new LogFormat.Text(parsed) : null;
    }

    /// <summary>What the custom resource definition bounds; the reader of formats takes more.</summary>
    private sealed class Bounds(SpecFields format, string path)
    {
        private bool sound = true;

        public bool Check(JsonElement json)
        {
            foreach (var member in json.ValueKind == JsonValueKind.Object ? json.EnumerateObject() : default)
            {
                switch (member.Key())
                {
                    case null:
                        // It could not even be looked past: comparing with such a name throws.
                        Report(path, "has a field with half of a surrogate pair in its name: correct it.");
                        return false;
                    case "fields" or "omit" or "rename" when Count(member.Value) > MostFields:
                        Report($"{path}.{member.Name}", $"must have at most {MostFields} entries.");
                        break;
                }
            }

            if (json.Object("fields") is { } fields)
            {
                if (fields.EnumerateObject().Any(field => field.Key() is { Length: 0 or > LongestName }))
                {
                    Report($"{path}.fields", $"a field's name must have 1 to {LongestName} characters.");
                }

                CheckTexts(fields, new MemberPath($"{path}.fields"));
            }

            return sound;
        }

        // The recursion ends: JSON deeper than the reader of formats takes is its to refuse.
        private void CheckTexts(JsonElement value, MemberPath at)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.String when value.Text() is { Length: > LongestValue } text:
                    Report(at.ToString(), SpecFields.Lengths(text.Length, 0, LongestValue));
                    break;
                case JsonValueKind.Object when at.Depth <= FormatValueReader.MaxDepth:
                    foreach (var member in value.EnumerateObject())
                    {
                        at.Enter(member.Key() ?? "");
                        CheckTexts(member.Value, at);
                        at.Leave();
                    }

                    break;
                case JsonValueKind.Array when at.Depth <= FormatValueReader.MaxDepth:
                    foreach (var (index, item) in value.EnumerateArray().Index())
                    {
                        at.Enter(index);
                        CheckTexts(item, at);
                        at.Leave();
                    }

                    break;
            }
        }

        private void Report(string at, string message)
        {
            format.Report(at, message);
            sound = false;
        }

        private static int Count(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Object => value.GetPropertyCount(),
            JsonValueKind.Array => value.GetArrayLength(),
            _ => 0,
        };
    }
}
