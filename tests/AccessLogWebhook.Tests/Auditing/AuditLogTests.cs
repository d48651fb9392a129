using System.Text;
using AccessLogWebhook.Auditing;

namespace AccessLogWebhook.Tests.Auditing;

/// <summary>The summary of a Kubernetes audit log.</summary>
public sealed class AuditLogTests : IDisposable
{
    private readonly AuditedFiles files = new();

    [Fact]
    public async Task It_says_who_was_refused_exempted_warned_and_changed()
    {
        var log = files.Write("audit.log", string.Join('\n',
            Event("shop", "ada", "a", ("enforce", "refused", "Missing", "NoProfileLabel"), ("inject", "changed", "Logged", "Injected")),
            Event("shop", "ada", "b", ("enforce", "refused", "Missing", "NoProfileLabel")),
            Event("shop", "system:serviceaccount:kube-system:replicaset-controller", "c", ("inject", "changed", "Logged", "Injected")),
            Event("bank", "deployer", "d", ("inject", "exempted", "Exempt", "ExemptUser")),
            Event("blog", "ada", "e", ("warn", "warned", "Missing", "NoProfileLabel")),
            Event("blog", "ada", "quiet"),
            """{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"ResponseComplete","verb":"get"}"""));

        var audited = await files.RunAsync("--from-log", log);

        Assert.Equal(
            [
                "refused shop ada enforce json NoProfileLabel 2 2026-11-25T10:00:00Z pods/b",
                "exempted bank deployer inject json ExemptUser 1 2026-11-25T10:00:00Z pods/d",
                "warned blog ada warn json NoProfileLabel 1 2026-11-25T10:00:00Z pods/e",
                "changed shop system:serviceaccount:kube-system:replicaset-controller inject json Injected 1 2026-11-25T10:00:00Z pods/c",
            ],
            audited.Rows);
        Assert.EndsWith("\n2 refused, 1 exempted, 1 warned, 1 changed.\n", audited.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), (audited.ExitCode, audited.Error));

        var json = (await files.RunAsync("--from-log", log, "-o", "json", "-n", "bank")).Json;
        Assert.Equal("""{"kind":"pods","name":"d","message":"why d"}""", Assert.Single(json)!["example"]!.ToJsonString());
    }

    [Fact]
    public async Task Lines_that_are_no_events_are_passed_over_and_counted()
    {
        var log = files.Write("audit.log", string.Join('\n',
            "",
            "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"annotations\":{\"enforce.accesslog.mesh/outcome\":",
            "not JSON",
            "[\"accesslog.mesh/\"]",
            "{\"kind\":\"Pod\",\"metadata\":{\"labels\":{\"accesslog.mesh/profile\":\"json\"}}}",
            Event("shop", "ada", "a", ("enforce", "refused", "Missing", "NoProfileLabel")) + "\r",
            Event("shop", "ada", "a", ("enforce", "forgiven", "Missing", "NoProfileLabel")),
            "   "));

        var audited = await files.RunAsync("--from-log", log, "-o", "csv");

        Assert.Equal("4 of 6 lines are no audit events (audit.k8s.io/v1, JSON), line 2 first; they are passed over.\n", audited.Error);
        Assert.Equal(
            "outcome,namespace,user,mode,profile,reason,count,first,last,kind,name,message\r\nrefused,shop,ada,enforce,json,NoProfileLabel,1,2026-11-25T10:00:00Z,2026-11-25T10:00:00Z,pods,a,why a\r\n",
            audited.Output);
    }

    [Fact]
    public async Task Dry_runs_and_other_stages_decide_nothing()
    {
        var refused = Event("shop", "ada", "a", ("enforce", "refused", "Missing", "NoProfileLabel"));
        var log = files.Write("audit.log", $"{refused.Replace("/pods\"", "/pods?dryRun=All\"", StringComparison.Ordinal)}\n{refused.Replace("ResponseComplete", "RequestReceived", StringComparison.Ordinal)}\n");

        Assert.Equal("No decision that changed, refused, warned or exempted.\n", (await files.RunAsync("--from-log", log)).Output);
    }

    [Fact]
    public async Task The_trail_of_the_webhook_is_read_as_well()
    {
        var log = files.Write("trail.jsonl", """{"schema":"accesslog.mesh/audit/v1","time":"2026-11-25T10:00:00.000Z","namespace":"shop","kind":"Pod","name":"api","user":"ada","outcome":"refused","mode":"enforce","profile":"json","reason":"NoProfileLabel"}""");

        Assert.Equal(["refused shop ada enforce json NoProfileLabel 1 2026-11-25T10:00:00.000Z Pod/api"], (await files.RunAsync("--from-log", log)).Rows);
    }

    [Fact]
    public async Task Hostile_names_are_text()
    {
        var log = files.Write("audit.log", Event("shop", "=cmd|x", "\\u001b[2J\\u202e|`<b>", ("enforce", "refused", "Missing", "NoProfileLabel")));

        foreach (var format in new[] { "table", "json", "yaml", "csv", "markdown" })
        {
            var output = (await files.RunAsync("--from-log", log, "-o", format)).Output;
            Assert.DoesNotContain(output.ReplaceLineEndings("\n"), character => character != '\n' && (char.IsControl(character) || character == '\u202e'));
        }

        Assert.Contains("'=cmd|x", (await files.RunAsync("--from-log", log, "-o", "csv")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--cluster", "x")]
    [InlineData("-o", "html")]
    [InlineData("--fail-on", "Missing")]
    public async Task What_makes_no_sense_for_a_log_is_wrong_usage(string option, string value) =>
        Assert.Equal(2, (await files.RunAsync("--from-log", "-", option, value)).ExitCode);

    [Fact]
    public async Task A_log_that_is_not_there_is_an_error()
    {
        var audited = await files.RunAsync("--from-log", files["no.log"]);

        Assert.Equal(2, audited.ExitCode);
        Assert.StartsWith("no.log: cannot be read: ", audited.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    public void Lines_are_whole_however_they_come(int atOnce)
    {
        var text = "first\n\nthird is a longer line\r\n" + new string('x', 3_000) + "\nlast";
        var lines = new List<(long, string, bool)>();

        LogLines.Read(new DrippingStream(Encoding.UTF8.GetBytes(text), atOnce), (number, line, isTooLong) => lines.Add((number, Encoding.UTF8.GetString(line), isTooLong)), longest: 2_048);

        Assert.Equal([(1, "first", false), (2, "", false), (3, "third is a longer line", false), (4, "", true), (5, "last", false)], lines);
    }

    public void Dispose() => files.Dispose();

    private static string Event(string @namespace, string user, string name, params (string Webhook, string Outcome, string Verdict, string Reason)[] decisions)
    {
        var annotations = decisions.SelectMany(decision => new[]
        {
            ("outcome", decision.Outcome), ("mode", decision.Webhook), ("verdict", decision.Verdict), ("profile", "json"), ("reason", decision.Reason), ("message", $"why {name}"),
        }.Select(pair => $"\"{(decision.Webhook == "inject" ? "inject" : "enforce")}.accesslog.mesh/{pair.Item1}\":\"{pair.Item2}\""));
        return $"{{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"stage\":\"ResponseComplete\",\"requestURI\":\"/api/v1/namespaces/{@namespace}/pods\",\"verb\":\"create\","
            + $"\"user\":{{\"username\":\"{user}\"}},\"objectRef\":{{\"resource\":\"pods\",\"namespace\":\"{@namespace}\",\"name\":\"{name}\"}},\"stageTimestamp\":\"2026-11-25T10:00:00Z\","
            + $"\"annotations\":{{{string.Join(',', annotations)}}}}}";
    }

    /// <summary>Gives some bytes at a time.</summary>
    private sealed class DrippingStream(byte[] bytes, int atOnce) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, atOnce));
    }
}
