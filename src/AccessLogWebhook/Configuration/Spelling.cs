namespace AccessLogWebhook.Configuration;

/// <summary>Finds what a misspelt word was meant to be.</summary>
internal static class Spelling
{
    /// <summary>The nearest of the known words; null where none is near enough to be meant.</summary>
    public static string? Nearest(string word, IEnumerable<string> known) => known
        .Select(each => (Word: each, Distance: Distance(word.ToUpperInvariant(), each.ToUpperInvariant())))
        .Where(each => each.Distance <= Math.Max(1, each.Word.Length / 3))
        .OrderBy(each => each.Distance)
        .Select(each => each.Word)
        .FirstOrDefault();

    /// <summary>How many letters must be put in, taken out or replaced (Levenshtein).</summary>
    private static int Distance(string left, string right)
    {
        // A key may have megabytes, and the table is of both lengths.
        if (Math.Abs(left.Length - right.Length) > right.Length)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (left[i - 1] == right[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }
}
