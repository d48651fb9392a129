using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>The walk of <see cref="FormatValueReader"/> through one value: where it is, and what it has found.</summary>
internal sealed class FormatValueReading(string root, ICollection<FormatError> errors)
{
    private readonly MemberPath path = new(root);
    private int reported;

    public FormatValue? Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => ReadText(value),
        JsonValueKind.Number => ReadNumber(value),
        JsonValueKind.True => new FormatValue.Flag(true),
        JsonValueKind.False => new FormatValue.Flag(false),
        JsonValueKind.Object or JsonValueKind.Array when path.Depth >= FormatValueReader.MaxDepth =>
            Fault($"is nested deeper than {FormatValueReader.MaxDepth} levels, more than a proxy can be sent: make the format flatter."),
        JsonValueKind.Object => ReadObject(value),
        JsonValueKind.Array => ReadList(value),
        _ => new FormatValue.Null(),
    };

    private FormatValue? ReadText(JsonElement value)
    {
        if (value.Text() is not { } text)
        {
            return Fault("has half of a surrogate pair: correct it.");
        }

        var reading = FormatParser.Parse(text);
        foreach (var fault in reading.Faults)
        {
            Fault(fault.ToString());
        }

        return reading.Text is { } format ? new FormatValue.Text(format) : null;
    }

    /// <summary>A proxy keeps numbers as doubles; what none comes near would be infinite, which is no JSON.</summary>
    private FormatValue? ReadNumber(JsonElement value)
    {
        var spelling = value.GetRawText();
        return double.IsFinite(double.Parse(spelling, NumberStyles.Float, CultureInfo.InvariantCulture))
            ? new FormatValue.Number(spelling)
            : Fault("is larger than any number that a proxy can keep: quote it.");
    }

    private FormatValue.Object? ReadObject(JsonElement value)
    {
        var members = ImmutableArray.CreateBuilder<FormatMember>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var sound = true;
        foreach (var member in value.EnumerateObject())
        {
            if (reported >= FormatValueReader.ReportedErrors)
            {
                return null;
            }

            if (member.Key() is not { } name)
            {
                Fault("has a key with half of a surrogate pair: correct it.");
                sound = false;
                continue;
            }

            path.Enter(name);
            if ((names.Add(name) ? Read(member.Value) : Fault("comes twice: keep one.")) is { } read)
            {
                members.Add(new FormatMember(name, read));
            }
            else
            {
                sound = false;
            }

            path.Leave();
        }

        return sound ? new FormatValue.Object(members.ToImmutable()) : null;
    }

    private FormatValue.List? ReadList(JsonElement value)
    {
        var items = ImmutableArray.CreateBuilder<FormatValue>(value.GetArrayLength());
        var sound = true;
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            if (reported >= FormatValueReader.ReportedErrors)
            {
                return null;
            }

            path.Enter(index);
            if (Read(item) is { } read)
            {
                items.Add(read);
            }
            else
            {
                sound = false;
            }

            path.Leave();
        }

        return sound ? new FormatValue.List(items.ToImmutable()) : null;
    }

    private FormatValue? Fault(string message)
    {
        if (reported < FormatValueReader.ReportedErrors)
        {
            errors.Add(new FormatError(path.ToString(), message));
            if (++reported == FormatValueReader.ReportedErrors)
            {
                errors.Add(new FormatError(root, $"has more faults than these {FormatValueReader.ReportedErrors}, perhaps: correct them first."));
            }
        }

        return null;
    }
}
