namespace AccessLogWebhook.Policy.Formats;

/// <summary>A command operator of Envoy; all of them are in <see cref="CommandOperators"/>.</summary>
/// <param name="Name">In capitals, as between the percent signs.</param>
/// <param name="Argument">What stands in its parentheses.</param>
public sealed record CommandOperator(string Name, ArgumentKind Argument)
{
    /// <summary>Whether <c>:Z</c> may follow; it cuts what is logged to Z characters.</summary>
    public bool LengthAllowed { get; init; }

    /// <summary>What it logs of a TCP connection.</summary>
    public TcpValue Tcp { get; init; } = TcpValue.Meaningful;

    /// <summary>What a JSON format logs where the operator is the whole value.</summary>
    public JsonKind Json { get; init; } = JsonKind.Text;

    /// <summary>The extension that must be configured for it; null for what is built in.</summary>
    public FormatterExtension? Formatter { get; init; }

    /// <summary>The minor version of Envoy 1 that was the first to know it; null for what every version since 1.30 knows.</summary>
    public int? Since { get; init; }

    /// <summary>Whether it says nothing of a TCP connection.</summary>
    public bool HttpOnly => Tcp != TcpValue.Meaningful;
}
