using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Tests.Mesh;

public sealed class ReferenceNamesTests
{
    [Theory]
    [InlineData("accesslog-team-1f3a", "web", "team")]
    [InlineData("accesslog-json-errors-1f3a", "web", "json-errors")]
    [InlineData("accesslog-team-1f3a-wp", "wp", "team")]
    [InlineData("accesslog-team-1f3a-my-wp", "my-wp", "team")]
    [InlineData("accesslog-team-1f3a-wp", "other", null)]
    [InlineData("accesslog-team-1f3a", "1f3a", "team")]
    [InlineData("accesslog-team-1f3a-fade", "fade", "team")]
    [InlineData("accesslog-team", "web", null)]
    [InlineData("accesslog-1f3a", "web", null)]
    [InlineData("accesslog--1f3a", "web", null)]
    [InlineData("accesslog-team-", "web", null)]
    [InlineData("accesslog-", "", null)]
    [InlineData("team-1f3a", "web", null)]
    [InlineData("", "", null)]
    public void The_profile_of_a_rendered_name_is_told(string name, string workload, string? profile) =>
        Assert.Equal(profile, ReferenceNames.ProfileOf(name, workload));

    [Fact]
    public void So_it_is_where_the_Gateways_name_was_shortened()
    {
        var gateway = new string('g', 250);

        Assert.Equal("team", ReferenceNames.ProfileOf(ReferenceNames.OfWaypoint("team", "1f3a", gateway), gateway));
    }
}
