namespace AccessLogWebhook.Policy.Formats;

/// <summary>What an operator logs of a TCP connection.</summary>
public enum TcpValue
{
    /// <summary>Something of the connection, or of what a filter left with it.</summary>
    Meaningful,

    /// <summary>Always <c>-</c> (null in JSON).</summary>
    Dash,

    /// <summary>Always 0.</summary>
    Zero,
}
