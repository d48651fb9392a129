using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Patching;

namespace AccessLogWebhook.Policy.Tests.Patching;

public sealed class MapPatchTests
{
    private static readonly LabelSet Before = LabelSet.Of(("a", "1"), ("b", "2"));

    [Fact]
    public void A_map_that_is_absent_is_added_whole() =>
        Assert.Equal([JsonPatchOperation.Add("/m", Before)], MapPatch.Between("/m", null, Before));

    [Fact]
    public void An_absent_map_that_stays_empty_is_left_absent() => Assert.Empty(MapPatch.Between("/m", null, LabelSet.Empty));

    [Fact]
    public void An_empty_map_gets_its_entries_one_by_one() =>
        Assert.Equal([JsonPatchOperation.Add("/m/x~1y", "1")], MapPatch.Between("/m", LabelSet.Empty, LabelSet.Of(("x/y", "1"))));

    [Fact]
    public void Equal_maps_need_nothing() => Assert.Empty(MapPatch.Between("/m", Before, LabelSet.Of(("b", "2"), ("a", "1"))));

    [Fact]
    public void What_is_left_out_is_removed() => Assert.Equal(
        [JsonPatchOperation.Add("/m/c", "3"), JsonPatchOperation.Remove("/m/a")], MapPatch.Between("/m", Before, LabelSet.Of(("b", "2"), ("c", "3"))));

    [Fact]
    public void A_new_key_is_added_and_a_changed_one_replaced() => Assert.Equal(
        [JsonPatchOperation.Replace("/m/b", "3"), JsonPatchOperation.Add("/m/c~0d", "4")],
        MapPatch.Between("/m", Before, Before.With(LabelSet.Of(("b", "3"), ("c~d", "4")))));
}
