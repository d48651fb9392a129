using AccessLogWebhook.Policy.Formats;

namespace AccessLogWebhook.Policy.Tests.Formats;

public sealed class FormatPresetsTests
{
    [Fact]
    public void The_JSON_preset_is_Istios_own_key_by_key_and_value_by_value()
    {
        Assert.Equal(24, FormatPresets.IstioJson.Members.Length);
        Assert.Equal(FormatValues.Read(FormatFiles.Istio.GetProperty("json").GetRawText()), FormatPresets.IstioJson);
    }

    [Fact]
    public void The_classic_preset_is_that_of_Istio_1_5_but_for_the_name_of_the_cluster()
    {
        var istio = FormatFiles.Istio.GetProperty("json1.5").GetRawText();

        Assert.Equal(23, FormatPresets.ClassicJson.Members.Length);
        Assert.Equal(FormatValues.Read(istio.Replace("%UPSTREAM_CLUSTER%", "%UPSTREAM_CLUSTER_RAW%", StringComparison.Ordinal)), FormatPresets.ClassicJson);
    }

    [Fact]
    public void The_classic_preset_is_todays_less_two_fields_and_with_Mixers()
    {
        string[] newer = ["response_code_details", "connection_termination_details"];

        Assert.Equal(
            FormatPresets.IstioJson.Members.Where(member => !newer.Contains(member.Name)).Append(new FormatMember("istio_policy_status", new FormatValue.Text(FormatParser.Parse("%DYNAMIC_METADATA(istio.mixer:status)%").Text!))).ToHashSet(),
            FormatPresets.ClassicJson.Members.ToHashSet());
    }

    [Fact]
    public void The_text_preset_is_Istios_own_with_its_line_break()
    {
        Assert.Equal(FormatFiles.Istio.GetProperty("text").GetString(), FormatPresets.IstioText.ToString());
        Assert.EndsWith("%ROUTE_NAME%\n", FormatPresets.IstioText.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_name_names_a_preset_and_no_other_does()
    {
        Assert.All(FormatPresets.JsonNames, name => Assert.NotNull(FormatPresets.Json(name)));
        Assert.All(FormatPresets.TextNames, name => Assert.NotNull(FormatPresets.Text(name)));
        Assert.Null(FormatPresets.Json("Istio"));
        Assert.Null(FormatPresets.Text("classic"));
    }
}
