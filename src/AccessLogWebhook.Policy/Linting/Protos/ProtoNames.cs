namespace AccessLogWebhook.Policy.Linting.Protos;

/// <summary>The two spellings of a protobuf field in JSON: parsers take its own name, and the lowerCamelCase one made of it.</summary>
internal static class ProtoNames
{
    public static string Camel(string snakeCase)
    {
        var at = snakeCase.IndexOf('_', StringComparison.Ordinal);
        if (at < 0)
        {
            return snakeCase;
        }

        Span<char> camel = stackalloc char[snakeCase.Length];
        var length = 0;
        var raise = false;
        foreach (var character in snakeCase)
        {
            if (character == '_')
            {
                raise = true;
                continue;
            }

            camel[length++] = raise ? char.ToUpperInvariant(character) : character;
            raise = false;
        }

        return new string(camel[..length]);
    }
}
