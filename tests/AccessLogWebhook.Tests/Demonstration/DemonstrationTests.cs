using System.CommandLine;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessLogWebhook.Cli;
using AccessLogWebhook.Demonstration;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Demonstration;

public sealed partial class DemonstrationTests
{
    [Fact]
    public async Task It_shows_every_kind_of_object_under_every_mode()
    {
        using StringWriter output = new(), error = new();

        var exitCode = await new RootCommand { DemoCommand.Create() }.Parse(["demo"])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);

        var text = output.ToString();
        var table = text[text.IndexOf(" OBJECT", StringComparison.Ordinal)..text.IndexOf("\n24 objects", StringComparison.Ordinal)];
        Assert.Equal(
            """
             OBJECT                                 /mutate    /validate  VERDICT      REASON

            Namespace shop  accesslog.mesh/inject: json
             Pod web          a plain Pod           changed    allowed    Logged       Injected
             Pod api-5b6d4c-  from a Deployment     changed    allowed    Logged       Injected
             Pod cart         another profile       changed    allowed !  Logged       ProfileReplaced
             Pod payment      a selectable profile  changed    allowed    Logged       Injected
             Pod migration    injection opted out   unchanged  allowed !  Inert        InjectionOptedOut
             Pod node-agent   host network          unchanged  allowed !  Inert        HostNetwork
             Pod etcd-node-1  mirror Pod            unchanged  allowed    Inert        MirrorPod
             Pod load-test    exempt, and why       unchanged  allowed    Exempt       ExemptAnnotation

            Namespace bank  accesslog.mesh/inject: strict  accesslog.mesh/enforce: strict
             Pod accounts     a plain Pod           changed    allowed    Logged       Injected
             Pod backdoor     injection opted out   unchanged  refused    Inert        InjectionOptedOut

            Namespace edge  accesslog.mesh/inject: json  accesslog.mesh/enforce: json
             Gateway public   Istio's own           changed    allowed    Logged       Injected
             Gateway north    Gateway API, bare     changed    allowed    Logged       Injected
             Gateway south    spec.infrastructure   changed    allowed    Logged       Injected
             Gateway crowded  8 labels, the most    unchanged  refused    Missing      InfrastructureLabelsFull
             Gateway mesh     targeted waypoint     changed    allowed    Logged       Injected
             Gateway mesh-2   a new waypoint        changed    allowed !  Dangling     Injected

            Namespace ledger  accesslog.mesh/enforce: json
             Pod journal      a plain Pod           unchanged  refused    Missing      NoProfileLabel
             Pod report       another profile       unchanged  refused    Conflicting  OtherProfile
             Pod trail        conforms already      unchanged  allowed    Logged       Conforms

            Namespace intranet  accesslog.mesh/inject: corporate
             Pod wiki         own EnvoyFilter       changed    allowed    Logged       Injected

            Namespace blog  accesslog.mesh/warn: json
             Pod comments     a plain Pod           unchanged  allowed !  Missing      NoProfileLabel

            Namespace archive  accesslog.mesh/audit: json
             Pod scanner      a plain Pod           unchanged  allowed    Missing      NoProfileLabel

            Namespace sandbox  no label: nothing is asked for
             Pod experiment   a plain Pod           unchanged  allowed    -            NotRequested

            Namespaces themselves
             Namespace lab    an unknown profile    not sent   refused    -            UnknownProfile

            """,
            table);
        Assert.Contains("24 objects: 11 changed, 5 refused, 8 admitted as they are. 47 reviews in ", text, StringComparison.Ordinal);
        var revision = BuiltInProfiles.Named("json")!.Revision;
        Assert.Contains(
            $"""
            Pod shop/web  a plain Pod
                metadata:
                  …
                  labels:
                    app: web
              +     accesslog.mesh/profile: json
              +     accesslog.mesh/revision: {revision}
              +   annotations:
              +     accesslog.mesh/envoyfilter: istio-system/accesslog-json-{revision}
              +     fluentbit.io/parser_stdout-istio-proxy: json
                spec:
            """,
            text,
            StringComparison.Ordinal);
        Assert.DoesNotContain('\e', text);
        Assert.Equal("", error.ToString());
        Assert.Equal(ExitCodes.Fine, exitCode);
    }

    [Fact]
    public async Task Every_line_fits_in_a_hundred_columns_but_for_commands()
    {
        using var output = new StringWriter();
        var run = new DemonstrationRun(TerminalOutput.ConsoleOn(output, plainWidth: 100), TimeProvider.System);

        Assert.True(await run.RunAsync(stay: false, TestContext.Current.CancellationToken));

        Assert.All(output.ToString().Split('\n'), line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public async Task While_it_stays_the_command_it_prints_gets_an_answer_and_then_its_files_are_gone()
    {
        using var output = new AwaitedText("/metrics");
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = new DemonstrationRun(TerminalOutput.ConsoleOn(output), TimeProvider.System).RunAsync(stay: true, stopping.Token);
        await output.Seen.WaitAsync(TestTime.Patience, TestContext.Current.CancellationToken);
        var command = Curl().Match(output.ToString());
        var authority = command.Groups["authority"].Value;
        using (var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions =
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(authority, stopping.Token)) },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        }))
        {
            using var content = new ByteArrayContent(await File.ReadAllBytesAsync(command.Groups["review"].Value, stopping.Token))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            };
            using var answer = await client.PostAsync(new Uri(command.Groups["address"].Value), content, stopping.Token);
            var response = JsonNode.Parse(await answer.Content.ReadAsStringAsync(stopping.Token))!["response"]!;
            Assert.True((bool?)response["allowed"]);
            Assert.Equal("JSONPatch", (string?)response["patchType"]);
        }

        await stopping.CancelAsync();
        Assert.True(await running.WaitAsync(TestTime.Patience, TestContext.Current.CancellationToken));
        Assert.False(Directory.Exists(Path.GetDirectoryName(authority)));
    }

    [Fact]
    public void A_case_that_comes_out_otherwise_is_noticed()
    {
        var @case = new DemonstrationCluster().Cases[0];
        var nothing = new AdmissionAnswer(Allowed: true, "", "", "NotRequested", [], []);
        using var output = new StringWriter();
        var report = new DemonstrationReport(TerminalOutput.ConsoleOn(output));

        Assert.False(report.Unexpected([new CaseOutcome(@case, nothing, @case.Object.Json, nothing)]));

        Assert.Equal(
            """

            Pod shop/web did not come out as it has to. This is a bug in accesslog.
              expected ExpectedOutcome { Mutate = changed, Validate = allowed, Verdict = Logged, Reason = Injected, Warned = False }
              but was  ExpectedOutcome { Mutate = unchanged, Validate = allowed, Verdict = , Reason = NotRequested, Warned = False }

            """,
            output.ToString());
    }

    [GeneratedRegex(@"curl --cacert (?<authority>\S+) -H 'Content-Type: application/json' \\\s+--data-binary @(?<review>\S+) (?<address>\S+/mutate)")]
    private static partial Regex Curl();

    /// <summary>A writer that tells when a text has come.</summary>
    private sealed class AwaitedText(string awaited) : StringWriter
    {
        private readonly TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Seen => seen.Task;

        public override void Write(char value)
        {
            base.Write(value);
            if (value == awaited[^1] && GetStringBuilder().Length >= awaited.Length && ToString().EndsWith(awaited, StringComparison.Ordinal))
            {
                seen.TrySetResult();
            }
        }
    }
}
