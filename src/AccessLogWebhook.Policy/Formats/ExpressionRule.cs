namespace AccessLogWebhook.Policy.Formats;

/// <summary>The argument of an operator that is an expression.</summary>
internal static class ExpressionRule
{
    public static ArgumentFault? Check(string name, string expression) => CelExpression.Find(expression) switch
    {
        null => null,
        { Kind: CelFaultKind.Empty } => new($"{name} needs an expression, as in %{name}(response.code)%."),
        { Kind: CelFaultKind.OpenString } fault => new($"{name} has a string that begins here and does not end.", fault.Position, expression.Length - fault.Position),
        { Kind: CelFaultKind.ClosesNothing } fault => new($"{name} has a bracket here that closes none.", fault.Position, 1),
        { Kind: CelFaultKind.NotClosed } fault => new($"{name} has a bracket here that does not close.", fault.Position, 1),
        { } fault => new($"{name} has a NUL here: take it out.", fault.Position, 1),
    };
}
