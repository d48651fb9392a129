namespace AccessLogWebhook.Policy.Linting;

/// <summary>Finds what a misspelt name was meant to be.</summary>
internal static class NearName
{
    /// <summary>Longer than any name that is known; a key of a manifest may have megabytes.</summary>
    private const int LongestName = 160;

    /// <summary>The nearest of the known names, letter case and underscores aside; null where none is near enough to be meant.</summary>
    /// <param name="most">How many letters may be wrong at most; a quarter of them in any case.</param>
    public static string? Of(string name, IEnumerable<string> known, int most = int.MaxValue)
    {
        if (name.Length is 0 or > LongestName)
        {
            return null;
        }

        var plain = Plain(name);
        return known
            .Select(each => (Name: each, Distance: Distance(plain, Plain(each))))
            .Where(each => each.Distance <= Math.Min(most, Math.Max(1, each.Name.Length / 4)))
            .OrderBy(each => each.Distance)
            .Select(each => each.Name)
            .FirstOrDefault();
    }

    private static string Plain(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>How many letters must be put in, taken out or replaced (Levenshtein).</summary>
    private static int Distance(string left, string right)
    {
        Span<int> row = stackalloc int[right.Length + 1];
        for (var column = 0; column < row.Length; column++)
        {
            row[column] = column;
        }

        for (var line = 1; line <= left.Length; line++)
        {
            var diagonal = row[0];
            row[0] = line;
            for (var column = 1; column <= right.Length; column++)
            {
                (diagonal, row[column]) =
                    (row[column], Math.Min(Math.Min(row[column], row[column - 1]) + 1, diagonal + (left[line - 1] == right[column - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }
}
