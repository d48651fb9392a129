namespace AccessLogWebhook.Manifests;

internal enum ScalarKind
{
    Null,
    True,
    False,
    Number,
    Text,

    /// <summary><c>.inf</c> or <c>.nan</c>, which JSON cannot say.</summary>
    NotFinite,
}

/// <param name="Text">The JSON spelling of a number, the text of a text; empty otherwise.</param>
internal readonly record struct ScalarValue(ScalarKind Kind, string Text)
{
    public static ScalarValue Null { get; } = new(ScalarKind.Null, "");

    public static ScalarValue Boolean(bool value) => new(value ? ScalarKind.True : ScalarKind.False, "");

    public static ScalarValue Number(string json) => new(ScalarKind.Number, json);

    public static ScalarValue Of(string text) => new(ScalarKind.Text, text);
}
