using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Tests.Support;

namespace AccessLogWebhook.Policy.Tests.Logging;

/// <summary>The model against istiod's own tests and rules, each case with its source.</summary>
public sealed class IstiodCasesTests
{
    private static readonly Dictionary<string, LoggingCase> Cases = LoggingCase.ReadAll().ToDictionary(each => each.Title, StringComparer.Ordinal);

    public static TheoryData<string> Titles => [.. Cases.Keys];

    [Fact]
    public void There_are_enough_cases_and_each_names_its_source()
    {
        Assert.True(Cases.Count >= 80, $"{Cases.Count} cases");
        Assert.All(Cases.Keys, title => Assert.Contains(" | ", title, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Titles))]
    public void The_loggers_are_those_that_istiod_makes(string title) => Cases[title].Check();

    [Theory]
    [MemberData(nameof(Titles))]
    public void The_order_in_which_objects_come_in_does_not_matter(string title)
    {
        var @case = Cases[title];
        Assert.Equal(Told(@case.Logging), Told(LoggingModel.Of(@case.Proxy, @case.Reversed(), Scene.Root)));
    }

    [Theory]
    [MemberData(nameof(Titles))]
    public void An_EnvoyFilter_that_selects_nothing_changes_nothing(string title)
    {
        var @case = Cases[title];
        var elsewhere = @case.Mesh.EnvoyFilters.Values
            .Select(filter => filter with { Key = new ObjectKey(filter.Key.Namespace, $"{filter.Key.Name}-0"), Selector = LabelSet.Of(("nobody", "carries")), TargetRefs = [] })
            .Append(Scene.Filter($"{Scene.Root}/nobody", LabelSet.Of(("nobody", "carries"))) with { Effects = Replacing })
            .Append(Scene.Filter("elsewhere/everybody", null) with { Effects = Replacing });
        var mesh = @case.Mesh with { EnvoyFilters = @case.Mesh.EnvoyFilters.AddRange(elsewhere.Select(filter => KeyValuePair.Create(filter.Key, filter))) };
        Assert.Equal(Told(@case.Logging), Told(LoggingModel.Of(@case.Proxy, mesh, Scene.Root)));
    }

    private static LoggingEffects Replacing { get; } = new(
        -100, 0, [new LogPatch(0, LogProtocol.Http, LogPatchAction.Remove, LogPatchScope.Everything, []), new LogPatch(1, LogProtocol.Http, LogPatchAction.Break, LogPatchScope.Everything, [], "breaks")], []);

    private static string Told(ProxyLogging logging) =>
        string.Join('\n', logging.Events.SelectMany(events => events.Loggers.Select(logger => $"{events.Direction} {events.Protocol} {logger}"))
            .Concat(logging.Events.SelectMany(events => events.Silenced.Select(silenced => silenced.ToString())))
            .Concat(logging.Doubts.Select(doubt => doubt.ToString()).Order(StringComparer.Ordinal)));
}
