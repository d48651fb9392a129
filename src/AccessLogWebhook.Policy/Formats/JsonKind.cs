namespace AccessLogWebhook.Policy.Formats;

/// <summary>What an operator becomes in a JSON format, where it is the whole of a string.</summary>
public enum JsonKind
{
    Text,
    Number,

    /// <summary>Whatever the referenced value is: a string, number, boolean, object or list.</summary>
    Any,
}
