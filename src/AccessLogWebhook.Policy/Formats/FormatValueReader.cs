using System.Text.Json;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// Reads a value of a JSON format. Envoy takes what a <c>google.protobuf.Value</c> holds: strings, numbers, booleans, null, objects and lists
/// (<c>JsonFormatBuilder</c> in <c>source/common/formatter/substitution_formatter.cc</c>); before 1.33 it took neither booleans nor null.
/// </summary>
public static class FormatValueReader
{
    /// <summary>
    /// How deep objects and lists may be nested. Protobuf, in which a proxy is sent the format, refuses messages that are nested deeper than 100
    /// (<c>CodedInputStream::GetDefaultRecursionLimit</c>). A level of JSON takes three of them (the value, its object, the object's entry), and what is around
    /// a format in a listener about 20.
    /// </summary>
    public const int MaxDepth = 24;

    /// <summary>How many faults of one value are reported; looking for what each was meant to be costs time, and nobody reads more.</summary>
    public const int ReportedErrors = 100;

    /// <summary>The value; null where it has faults, which are added to <paramref name="errors"/>.</summary>
    public static FormatValue? Read(JsonElement value, string path, ICollection<FormatError> errors) => new FormatValueReading(path, errors).Read(value);
}
