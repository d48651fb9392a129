using AccessLogWebhook.Policy.Mesh;
using CsCheck;

namespace AccessLogWebhook.Policy.Tests.Mesh;

public sealed class LabelSetTests
{
    private static readonly Gen<(string, string)[]> Pairs =
        Gen.Select(Gen.OneOf("a", "b", "c", "B", "ü", "a/b", "", "aa"), Gen.OneOf("", "1", "2", "ä")).Array[0, 12];

    [Fact]
    public void Of_a_key_that_comes_twice_the_last_value_counts() =>
        Assert.Equal(LabelSet.Of(("a", "3"), ("b", "2")), LabelSet.Of(("a", "1"), ("b", "2"), ("a", "3")));

    [Fact]
    public void It_is_a_map_in_ordinal_order() => Pairs.Sample(pairs =>
    {
        var set = LabelSet.Of(pairs);
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in pairs)
        {
            map[key] = value;
        }

        Assert.Equal([.. map], set.ToArray());
        Assert.Equal(map.Count, set.Count);
        Assert.All(map, entry => Assert.True(set.Has(entry.Key, entry.Value) && set[entry.Key] == entry.Value));
        Assert.False(set.ContainsKey("never") || set.Has("never", ""));
        Assert.Null(set["never"]);
    });

    [Fact]
    public void Equal_maps_are_equal_sets_in_whatever_order_they_were_written() => Gen.Select(Pairs, Gen.Int[0, 11]).Sample((pairs, turn) =>
    {
        var distinct = pairs.DistinctBy(pair => pair.Item1).ToArray();
        var at = Math.Min(turn, distinct.Length);
        (string, string)[] turned = [.. distinct[at..], .. distinct[..at]];

        Assert.Equal(LabelSet.Of(distinct), LabelSet.Of(turned));
        Assert.Equal(LabelSet.Of(distinct).GetHashCode(), LabelSet.Of(turned).GetHashCode());
    });

    [Fact]
    public void With_puts_the_other_over_it() => Gen.Select(Pairs, Pairs).Sample((left, right) =>
    {
        var (a, b) = (LabelSet.Of(left), LabelSet.Of(right));
        var both = a.With(b);

        Assert.Equal(LabelSet.Of([.. left, .. right]), both);
        Assert.True(b.IsSubsetOf(both));
        Assert.Equal(both, both.With(b));
        Assert.Equal(a, a.With(LabelSet.Empty));
        Assert.Equal(a, LabelSet.Empty.With(a));
    });

    [Fact]
    public void A_subset_has_every_entry_with_the_same_value() => Gen.Select(Pairs, Pairs).Sample((left, right) =>
    {
        var (a, b) = (LabelSet.Of(left), LabelSet.Of(right));

        Assert.Equal(a.All(entry => b[entry.Key] == entry.Value), a.IsSubsetOf(b));
        Assert.True(LabelSet.Empty.IsSubsetOf(a));
        Assert.True(a.IsSubsetOf(a));
        Assert.Equal(a.IsSubsetOf(b) && b.IsSubsetOf(a), a.Equals(b));
    });

    [Theory]
    [InlineData("a", "2")]
    [InlineData("b", "1")]
    [InlineData("A", "1")]
    public void Another_key_or_value_is_another_set(string key, string value)
    {
        Assert.NotEqual(LabelSet.Of(("a", "1")), LabelSet.Of((key, value)));
        Assert.False(LabelSet.Of(("a", "1")).Equals(null));
        Assert.False(LabelSet.Of((key, value)).IsSubsetOf(LabelSet.Of(("a", "1"))));
    }

    [Fact]
    public void It_is_written_as_kubectl_writes_selectors()
    {
        Assert.Equal("a=1,b/c=2", LabelSet.Of(("b/c", "2"), ("a", "1")).ToString());
        Assert.Equal("", LabelSet.Empty.ToString());
    }
}
