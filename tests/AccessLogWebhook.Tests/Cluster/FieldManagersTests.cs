using System.Text.Json;
using AccessLogWebhook.Cluster;

namespace AccessLogWebhook.Tests.Cluster;

public sealed class FieldManagersTests
{
    private const string Inject = """{"f:metadata":{"f:labels":{"f:accesslog.mesh/inject":{}}}}""";
    private const string Other = """{"f:metadata":{"f:labels":{"f:team":{}}}}""";

    [Fact]
    public void A_label_has_its_value_since_the_earliest_of_its_owners_last_changed_anything() => Assert.Equal(
        new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero),
        Since(Entry("2026-11-03T00:00:00Z", Inject), Entry("2026-11-02T00:00:00Z", Inject), Entry("2026-11-01T00:00:00Z", Other)));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"managedFields":7}""")]
    [InlineData("""{"managedFields":[7,{"fieldsV1":{"f:metadata":{"f:labels":{"f:accesslog.mesh/inject":{}}}}},{"time":"yesterday","fieldsV1":{"f:metadata":{"f:labels":{"f:accesslog.mesh/inject":{}}}}}]}""")]
    public void Where_nothing_tells_it_is_not_known(string metadata) =>
        Assert.Null(FieldManagers.LabelSince(JsonElement.Parse(metadata), "accesslog.mesh/inject"));

    private static DateTimeOffset? Since(params string[] entries) =>
        FieldManagers.LabelSince(JsonElement.Parse($$"""{"managedFields":[{{string.Join(',', entries)}}]}"""), "accesslog.mesh/inject");

    private static string Entry(string time, string fields) => $$"""{"manager":"m","operation":"Update","time":"{{time}}","fieldsV1":{{fields}}}""";
}
