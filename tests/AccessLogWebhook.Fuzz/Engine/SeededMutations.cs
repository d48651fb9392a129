namespace AccessLogWebhook.Fuzz.Engine;

/// <summary>Changes to inputs without coverage: always the same ones for the same seed, for the tests that run everywhere.</summary>
internal sealed class SeededMutations(int seed, IReadOnlyList<byte[]> inputs, IReadOnlyList<byte[]> words)
{
    private const int Longest = 16 * 1024;

#pragma warning disable CA5394 // Repeatable is what it has to be.
    private readonly Random random = new(seed);

    public byte[] Next()
    {
        var input = inputs[random.Next(inputs.Count)].ToList();
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            Change(input);
        }

        return [.. input.Take(Longest)];
    }

    private void Change(List<byte> input)
    {
        var at = random.Next(input.Count + 1);
        var length = Math.Min(random.Next(1, 1 << random.Next(1, 7)), input.Count - at);
        switch (random.Next(8))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = (byte)"{}[]\":,%\\'\n\t -0".ElementAt(random.Next(16 - 1));
                break;
            case 2:
                input.RemoveRange(at, length);
                break;
            case 3:
                input.InsertRange(at, input.GetRange(at, length));
                break;
            case 4:
                var other = inputs[random.Next(inputs.Count)];
                var from = random.Next(other.Length + 1);
                input.InsertRange(at, other.Skip(from).Take(random.Next(256)));
                break;
            case 5:
                input.Insert(at, (byte)random.Next(256));
                break;
            case 6:
                input.RemoveRange(at, input.Count - at);
                break;
            default:
                input.InsertRange(at, words[random.Next(words.Count)]);
                break;
        }
    }
#pragma warning restore CA5394
}
