using System.Text.Json;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Tests.Mesh;

/// <summary>What is read is the same whether an object is held or under review.</summary>
public sealed class LoggingResourceReaderTests
{
    private const string Target = """{"group":"gateway.networking.k8s.io","kind":"Gateway","name":"wp"}""";
    private const string Other = """{"group":"gateway.networking.k8s.io","kind":"Gateway","name":"other"}""";

    [Theory]
    [InlineData(LoggingResourceKind.EnvoyFilter, """{"workloadSelector":{"labels":{"app":"x"}}}""", "app=x", "")]
    [InlineData(LoggingResourceKind.EnvoyFilter, """{"workloadSelector":{}}""", "", "")]
    [InlineData(LoggingResourceKind.EnvoyFilter, """{"selector":{"matchLabels":{"app":"x"}}}""", null, "")]
    [InlineData(LoggingResourceKind.Telemetry, """{"selector":{"matchLabels":{"app":"x"}}}""", "app=x", "")]
    [InlineData(LoggingResourceKind.Telemetry, """{"workloadSelector":{"labels":{"app":"x"}}}""", null, "")]
    [InlineData(LoggingResourceKind.EnvoyFilter, $$"""{"targetRefs":[{{Target}},"odd",{{Other}}]}""", null, "wp other")]
    [InlineData(LoggingResourceKind.EnvoyFilter, $$"""{"targetRef":{{Target}}}""", null, "")]
    [InlineData(LoggingResourceKind.Telemetry, $$"""{"targetRef":{{Target}}}""", null, "wp")]
    [InlineData(LoggingResourceKind.Telemetry, $$"""{"targetRefs":[],"targetRef":{{Target}}}""", null, "wp")]
    [InlineData(LoggingResourceKind.Telemetry, $$"""{"targetRefs":[{{Other}}],"targetRef":{{Target}}}""", null, "other")]
    [InlineData(LoggingResourceKind.Telemetry, """{"targetRef":"odd"}""", null, "")]
    public void Selector_and_targets_are_those_of_the_kind(LoggingResourceKind kind, string spec, string? selector, string targets)
    {
        var read = LoggingResourceReader.Read(kind, new("shop", "x"), LabelSet.Empty, JsonElement.Parse(spec));
        var subject = LintSubject.Read(kind, JsonElement.Parse($$"""{"metadata":{"name":"x","namespace":"shop"},"spec":{{spec}}}"""));

        Assert.Equal(selector, read.Selector?.ToString());
        Assert.Equal(targets, string.Join(' ', read.TargetRefs.Select(target => target.Name)));
        Assert.Equal((read.Selector, string.Join(' ', read.TargetRefs)), (subject.Attachment.Selector, string.Join(' ', subject.Attachment.TargetRefs)));
    }

    [Fact]
    public void Without_a_spec_it_is_of_everything() =>
        Assert.True(LoggingResourceReader.Read(LoggingResourceKind.EnvoyFilter, new("shop", "x"), LabelSet.Empty, null).IsNamespaceWide);
}
