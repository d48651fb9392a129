using System.Text;
using AccessLogWebhook.Linting;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Tests.Linting;

public sealed class FieldPlacesTests
{
    private const string Text =
        """
        apiVersion: v1
        kind: X
        spec:
          list:
          - a: 1
            b.c/d: {e: 2}
          - [5, {f: 6}]
          "g": &anchor
            h: 7
          i: *anchor
        """;

    private static readonly YamlNode Root = ManifestReader.Read("x.yaml", Encoding.UTF8.GetBytes(Text), withPlaces: true).Manifests.Single().Root!;

    [Theory]
    [InlineData("spec", 3, 1)]
    [InlineData("spec.list[0]", 5, 5)]
    [InlineData("spec.list[0].a", 5, 5)]
    [InlineData("spec.list[0][b.c/d].e", 6, 13)]
    [InlineData("spec.list[1][1].f", 7, 10)]
    [InlineData("spec.i.h", 9, 5)]
    public void A_field_is_found(string path, int line, int column) => Assert.Equal((line, column), FieldPlaces.Of(Root, path));

    [Theory]
    [InlineData("spec.list[0].absent", 5, 5)]
    [InlineData("spec.list[7]", 4, 3)]
    [InlineData("spec.list[x", 4, 3)]
    [InlineData("spec.list[0][b.c…].e", 5, 5)]
    [InlineData("nothing", 1, 1)]
    [InlineData("", 1, 1)]
    [InlineData(".", 1, 1)]
    public void What_cannot_be_found_is_where_the_last_was_that_can(string path, int line, int column) => Assert.Equal((line, column), FieldPlaces.Of(Root, path));

    [Fact]
    public void Places_are_kept_only_where_they_are_wanted() =>
        Assert.Null(ManifestReader.Read("x.yaml", Encoding.UTF8.GetBytes(Text)).Manifests.Single().Root);
}
