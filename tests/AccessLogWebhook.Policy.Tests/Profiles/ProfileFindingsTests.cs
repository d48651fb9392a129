using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Policy.Formats;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Tests.Profiles;

/// <summary>What a profile gives away beside its format: what a collector is sent by name.</summary>
public sealed class ProfileFindingsTests
{
    private const string Service = """ "service":"als.shop.svc.cluster.local","port":9000""";

    [Theory]
    [InlineData("requestHeaders", "authorization", FormatFindingKind.Secret)]
    [InlineData("requestHeaders", "x-api-key", FormatFindingKind.Secret)]
    [InlineData("requestHeaders", "referer", FormatFindingKind.PersonalData)]
    [InlineData("requestHeaders", "x-forwarded-user", FormatFindingKind.PersonalData)]
    [InlineData("responseHeaders", "set-cookie", FormatFindingKind.Secret)]
    [InlineData("responseTrailers", "session-token", FormatFindingKind.Secret)]
    [InlineData("filterStateObjects", "team.session_token", FormatFindingKind.Secret)]
    public void What_a_gRPC_service_is_sent_by_name_is_looked_at(string field, string name, FormatFindingKind kind)
    {
        var finding = Assert.Single(Of($$$"""{"output":{"grpc":{ {{{Service}}},"{{{field}}}":["{{{name}}}","x-harmless"]} } }"""));

        Assert.Equal(($"spec.output.grpc.{field}", kind), (finding.Path, finding.Kind));
        Assert.Contains(kind == FormatFindingKind.Secret || field != "requestHeaders" ? "credential" : name, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void So_are_the_attributes_of_an_OpenTelemetry_collector() => Assert.Contains(
        Of($$$"""{"protocols":["http"],"output":{"openTelemetry":{ {{{Service}}},"resourceAttributes":{"ingest.api-key":"x","service.name":"y"} } } }"""),
        finding => finding is { Path: "spec.output.openTelemetry.resourceAttributes", Kind: FormatFindingKind.Secret } && finding.Message.Contains("ingest.api-key", StringComparison.Ordinal));

    private static ImmutableArray<FormatFinding> Of(string spec)
    {
        var profile = AccessLogProfileReader.Read("team", JsonElement.Parse($$"""{"spec":{{spec}}}"""));
        Assert.Empty(profile.Errors);
        return ProfileFindings.Of(profile);
    }
}
