using System.Collections.Immutable;
using CsCheck;

namespace AccessLogWebhook.Policy.Tests.Properties;

/// <summary>The few ways in which generators are put together here.</summary>
internal static class Choice
{
    /// <summary>The values, and none so many times: what <see cref="OneOfEach"/> draws from.</summary>
    public static string?[] Rarely(int absent, params string?[] values) => [.. Enumerable.Repeat<string?>(null, absent), .. values];

    /// <summary>One value of each table. Drawn from one array of numbers, since a generator for each costs more than all the rest.</summary>
    public static Gen<string?[]> OneOfEach(IReadOnlyList<string?[]> tables) =>
        Gen.Int[0, 999_999].Array[tables.Count].Select(numbers => tables.Select((table, index) => table[numbers[index] % table.Length]).ToArray());

    public static Gen<string?> OneOf(string?[] table) => Gen.OneOf(table);

    /// <summary>True once in so many times.</summary>
    public static Gen<bool> OnceIn(int times) => Gen.Int[1, times].Select(number => number == 1);

    /// <summary>One of each.</summary>
    public static Gen<ImmutableList<T>> Each<T>(IEnumerable<Gen<T>> generators) =>
        generators.Aggregate(Gen.Const(ImmutableList<T>.Empty), (all, next) => Gen.Select(all, next, (list, item) => list.Add(item)));
}
