using AccessLogWebhook.Policy.Linting;

namespace AccessLogWebhook.Policy.Tests.Linting;

/// <summary>What a finding says, and where.</summary>
public sealed class FindingTests
{
    [Fact]
    public void It_names_the_field_the_fault_and_the_change()
    {
        var subject = Subjects.Filter(entry: Subjects.Entry.Replace("\"typed_config\"", "\"filter\":{},\"typed_config\"", StringComparison.Ordinal));

        var finding = Assert.Single(Linter.Lint(subject, Subjects.Alone));

        Assert.Equal("spec.configPatches[0].patch.value.typed_config.access_log[0].filter", finding.Path);
        Assert.Equal("The filter has no specifier, and Envoy rejects the listener.", finding.Message);
        Assert.Equal("Remove it to log everything, or give it one: status_code_filter, response_flag_filter, ….", finding.Fix);
        Assert.Equal("AL025", finding.Rule.Id);
    }

    [Fact]
    public void A_format_s_fault_has_its_position_and_what_was_meant()
    {
        var finding = Assert.Single(Linter.Lint(Subjects.Filter(entry: Subjects.Entry.Replace("%RESPONSE_CODE%", "=%RESPONS_CODE%", StringComparison.Ordinal)), Subjects.Alone));

        Assert.Equal("spec.configPatches[0].patch.value.typed_config.access_log[0].typed_config.log_format.json_format.status", finding.Path);
        Assert.StartsWith("\"%RESPONS_CODE%\" at 1: ", finding.Message, StringComparison.Ordinal);
        Assert.Contains("RESPONSE_CODE", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Findings_come_in_the_order_of_the_document()
    {
        var subject = Subjects.Read(
            """
            {"spec":{"configPatches":[{"patch":{"value":{"access_log":[{"typed_config":{"path":7,"@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog"},"filter":{}}]},"operation":"MERG"},"applyTo":"LISTENER"}],
             "workloadSelector":{"labels":{"a*":"b"}}},"metadata":{"name":"x","labels":{"istio.io/rev":"canary"}},"kind":"EnvoyFilter","apiVersion":"networking.istio.io/v1alpha3"}
            """);

        Assert.Equal(["AL020", "AL025", "AL001", "AL042", "AL051"], Linter.Lint(subject, Subjects.Alone).Select(finding => finding.Rule.Id));
    }

    [Fact]
    public void Keys_that_are_no_identifiers_stand_in_brackets()
    {
        var finding = Linter.Lint(Subjects.Filter(spec: """ "workloadSelector":{"labels":{"app.kubernetes.io/name":"api-*"}} """), Subjects.Alone).Single();

        Assert.Equal("spec.workloadSelector.labels[app.kubernetes.io/name]", finding.Path);
    }

    [Fact]
    public void What_is_quoted_is_short_and_has_no_control_characters()
    {
        var subject = Subjects.Filter(entry: Subjects.Entry.Replace("\"path\"", $"\"{new string('x', 10_000)}\\u001b\":1,\"p\\u0007th\":2,\"path\"", StringComparison.Ordinal));

        var findings = Linter.Lint(subject, Subjects.Alone);

        Assert.Equal(2, findings.Length);
        Assert.All(findings, finding => Assert.DoesNotContain($"{finding.Path}{finding.Message}{finding.Fix}", char.IsControl));
        Assert.All(findings, finding => Assert.InRange(finding.Message.Length, 10, 300));
        Assert.All(findings, finding => Assert.InRange(finding.Path.Length, 10, 300));
    }

    [Fact]
    public void Of_one_fault_a_hundred_times_the_first_twenty_are_told_and_none_of_another_is_lost()
    {
        var entries = string.Join(',', Enumerable.Repeat("{\"nothing\":1}", 100).Append(Subjects.Entry.Replace("/dev/stdout", "", StringComparison.Ordinal)));

        var ids = Linter.Lint(Subjects.Filter(entry: entries), Subjects.Alone).CountBy(finding => finding.Rule.Id).ToDictionary();

        Assert.Equal(20, ids["AL019"]);
        Assert.Equal(20, ids["AL017"]);
        Assert.Equal(1, ids["AL024"]);
    }
}
