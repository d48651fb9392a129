using System.Text;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Tests.Manifests;

/// <summary>The right-hand sides were printed by <c>kubectl label --local -o json</c> (1.32), except that no number is rounded.</summary>
public sealed class ScalarResolutionTests
{
    [Theory]
    [InlineData("", "null")]
    [InlineData("~", "null")]
    [InlineData("Null", "null")]
    [InlineData("nULL", "\"nULL\"")]
    [InlineData("y", "true")]
    [InlineData("yes", "true")]
    [InlineData("On", "true")]
    [InlineData("TRUE", "true")]
    [InlineData("tRUE", "\"tRUE\"")]
    [InlineData("N", "false")]
    [InlineData("no", "false")]
    [InlineData("off", "false")]
    [InlineData("0", "0")]
    [InlineData("00", "0")]
    [InlineData("-0", "-0")]
    [InlineData("+1", "1")]
    [InlineData("0644", "420")]
    [InlineData("0o17", "15")]
    [InlineData("-0o17", "-15")]
    [InlineData("08", "8")]
    [InlineData("08.5", "8.5")]
    [InlineData("0x1F", "31")]
    [InlineData("0X1f", "31")]
    [InlineData("+0x10", "16")]
    [InlineData("-0x8000000000000000", "-9223372036854775808")]
    [InlineData("-0x8000000000000001", "\"-0x8000000000000001\"")]
    [InlineData("0xFFFFFFFFFFFFFFFF", "18446744073709551615")]
    [InlineData("0x10000000000000000", "\"0x10000000000000000\"")]
    [InlineData("07777777777777777777777777777", "7777777777777777777777777777")]
    [InlineData("0b11", "3")]
    [InlineData("-0b1", "-1")]
    [InlineData("1_000", "1000")]
    [InlineData("1__0_", "10")]
    [InlineData("_1", "\"_1\"")]
    [InlineData("0x", "\"0x\"")]
    [InlineData("0o8", "\"0o8\"")]
    [InlineData("1.0", "1.0")]
    [InlineData("1.50", "1.50")]
    [InlineData(".5", "0.5")]
    [InlineData("+.5", "0.5")]
    [InlineData("-00.50", "-0.50")]
    [InlineData("5.", "5")]
    [InlineData("5.e3", "5e3")]
    [InlineData("1e3", "1e3")]
    [InlineData("1E+3", "1E+3")]
    [InlineData("123456789012345678901234567890.12345678901234567890", "123456789012345678901234567890.12345678901234567890")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("._5", "\"._5\"")]
    [InlineData("10.0.0.1", "\"10.0.0.1\"")]
    [InlineData("1:20", "\"1:20\"")]
    [InlineData("2001-01-01", "\"2001-01-01\"")]
    [InlineData("2001-01-01T00:00:00Z", "\"2001-01-01T00:00:00Z\"")]
    [InlineData("=", "\"=\"")]
    [InlineData("-", "\"-\"")]
    [InlineData("100m", "\"100m\"")]
    [InlineData("٣", "\"٣\"")]
    public void A_plain_scalar_means_what_kubectl_makes_of_it(string plain, string json)
    {
        // "-" alone begins a list, so that it is put before the resolution itself.
        var value = ScalarResolution.OfPlain(plain);

        Assert.Equal(json, value.Kind switch
        {
            ScalarKind.Null => "null",
            ScalarKind.True => "true",
            ScalarKind.False => "false",
            ScalarKind.Number => value.Text,
            _ => $"\"{value.Text}\"",
        });
    }

    [Theory]
    [InlineData("'on'")]
    [InlineData("\"1\"")]
    [InlineData("''")]
    [InlineData("|\n  1")]
    [InlineData(">-\n  true")]
    public void What_is_quoted_or_a_block_is_text(string scalar)
    {
        var reading = ManifestReader.Read("f.yaml", Encoding.UTF8.GetBytes($"apiVersion: v1\nkind: Pod\na: {scalar}\n"));

        using var json = System.Text.Json.JsonDocument.Parse(Assert.Single(reading.Manifests).Json);
        Assert.Equal(System.Text.Json.JsonValueKind.String, json.RootElement.GetProperty("a").ValueKind);
    }
}
