using System.Text;
using AccessLogWebhook.Configuration;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Configuration;

public sealed class ConfigurationFileTests
{
    [Fact]
    public void Every_field_arrives()
    {
        var options = Options("""
            apiVersion: accesslog.mesh/v1alpha1
            kind: AccessLogConfiguration
            defaults: {inject: json, enforce: json-errors, warn: text, audit: my.profile}
            exemptions:
              namespaces: [kube-system, "007"]
              usernames: ["system:serviceaccount:kube-system:replicaset-controller", "admin@example.org"]
              runtimeClasses: [gvisor]
              annotation: true
            mesh: {rootNamespace: mesh-root, enableNamespacesByDefault: yes}
            namespaceLabels: {unknown: warn}
            failure: {inject: closed, enforce: open}
            cluster: {watchStallSeconds: 70, staleAfterSeconds: 71}
            controllers: {enabled: false, reports: false, leaseNamespace: access-logs, leaseDurationSeconds: 40, renewDeadlineSeconds: 30, retrySeconds: 5, removeAfterSeconds: 9}
            certificates: {leafHours: 24, authorityHours: 72, settleSeconds: 5, retireAfterSeconds: 60}
            auditing: {trail: /var/log/accesslog/trail.jsonl}
            """);

        Assert.Equal(new ModeDefaults("json", "json-errors", "text", "my.profile"), options.Policy.Defaults);
        Assert.Equal(["007", "kube-system"], options.Policy.Exemptions.Namespaces.Order());
        Assert.Equal(["admin@example.org", "system:serviceaccount:kube-system:replicaset-controller"], options.Policy.Exemptions.Usernames.Order());
        Assert.Equal(["gvisor"], options.Policy.Exemptions.RuntimeClasses);
        Assert.True(options.Policy.Exemptions.AllowAnnotation);
        Assert.Equal("mesh-root", options.Policy.RootNamespace);
        Assert.True(options.Policy.EnableNamespacesByDefault);
        Assert.False(options.Policy.RefuseUnknownNamespaceLabels);
        Assert.Equal((FailureDirection.Closed, FailureDirection.Open), (options.Policy.InjectFault, options.Policy.EnforceFault));
        Assert.Equal(new ClusterTimings { WatchStallSeconds = 70, StaleAfterSeconds = 71 }, options.Cluster);
        Assert.Equal(
            new ControllerSettings { Enabled = false, Reports = false, LeaseNamespace = "access-logs", LeaseDurationSeconds = 40, RenewDeadlineSeconds = 30, RetrySeconds = 5, RemoveAfterSeconds = 9 },
            options.Controllers);
        Assert.Equal(new CertificateSettings { LeafHours = 24, AuthorityHours = 72, SettleSeconds = 5, RetireAfterSeconds = 60 }, options.Certificates);
        Assert.Equal("/var/log/accesslog/trail.jsonl", options.Auditing.Trail);
    }

    [Theory]
    [InlineData("stdout", "stdout")]
    [InlineData("off", null)]
    [InlineData("\"off\"", null)]
    public void A_trail_goes_to_the_standard_output_or_nowhere(string text, string? trail) =>
        Assert.Equal(trail, Options($"auditing: {{trail: {text}}}").Auditing.Trail);

    [Theory]
    [InlineData("stderr")]
    [InlineData("trail.jsonl")]
    [InlineData("true")]
    public void A_trail_that_goes_anywhere_else_is_refused(string text)
    {
        var reading = ConfigurationFile.Read("config.yaml", Encoding.UTF8.GetBytes($"auditing: {{trail: {text}}}"));

        Assert.Contains("auditing.trail: ", Assert.Single(reading.Errors).ToString(), StringComparison.Ordinal);
        Assert.EndsWith("is no place for a trail: \"off\", stdout, or the full path of a file.", reading.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing is set\n")]
    [InlineData("{}")]
    [InlineData("defaults:\nexemptions:\n  namespaces:\nmesh: ~\ncluster: {}\n")]
    public void What_is_left_out_has_its_default(string text)
    {
        var options = Options(text);

        Assert.Equal(PolicySettings.Default, options.Policy);
        Assert.Equal(new ClusterTimings(), options.Cluster);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("\"off\"")]
    [InlineData("'off'")]
    public void Off_is_off_with_quotes_and_without(string off) =>
        Assert.Equal(new ModeDefaults(), Options($"defaults: {{inject: {off}, enforce: {off}, warn: {off}, audit: {off}}}").Policy.Defaults);

    [Theory]
    [InlineData("true", "c.yaml:1:20: defaults.inject: must be a profile's name or off; this is the switch true.")]
    [InlineData("on", "c.yaml:1:20: defaults.inject: must be a profile's name or off; this is the switch on.")]
    [InlineData("false", "c.yaml:1:20: defaults.inject: must be a profile's name or off; this is the switch false.")]
    [InlineData("[json]", "c.yaml:1:20: defaults.inject: must be a profile's name or off; this is a list.")]
    [InlineData("JSON", "c.yaml:1:20: defaults.inject: must be a profile's name or off; \"JSON\" is no profile's name: at most 63 lower-case letters, digits, '-' or '.', beginning and ending with a letter or digit.")]
    [InlineData("''", "c.yaml:1:20: defaults.inject: must be a profile's name or off; \"\" is no profile's name: at most 63 lower-case letters, digits, '-' or '.', beginning and ending with a letter or digit.")]
    public void A_default_is_a_profile_or_off(string value, string error) => Assert.Equal([error], Errors($"defaults: {{inject: {value}}}"));

    [Fact]
    public void A_profile_has_at_most_63_characters()
    {
        Assert.Equal(new string('a', 63), Options($"defaults: {{warn: {new string('a', 63)}}}").Policy.Defaults.Warn);
        Assert.Single(Errors($"defaults: {{warn: {new string('a', 64)}}}"));
    }

    [Fact]
    public void All_errors_are_reported_at_once_in_the_order_of_the_file() => Assert.Equal(
        [
            "c.yaml:1:13: apiVersion: must be accesslog.mesh/v1alpha1; this is \"accesslog.mesh/v1\".",
            "c.yaml:2:7: kind: must be AccessLogConfiguration; this is \"Config\".",
            "c.yaml:3:1: default: is no field; did you mean defaults?",
            "c.yaml:4:12: defaults: must be a mapping of fields; this is \"json\".",
            "c.yaml:6:16: exemptions.namespaces[0]: \"Kube\" is no namespace's name: at most 63 lower-case letters, digits or '-', beginning and ending with a letter or digit.",
            "c.yaml:6:25: exemptions.namespaces[2]: \"a\" is in the list already, at line 6.",
            "c.yaml:6:28: exemptions.namespaces[3]: must be a name; this is a list.",
            "c.yaml:6:32: exemptions.namespaces[4]: must be a name; this is nothing.",
            "c.yaml:7:14: exemptions.usernames: must be a list of names; this is \"admin\".",
            "c.yaml:8:3: exemptions.runtimeclasses: is no field; did you mean runtimeClasses?",
            "c.yaml:9:15: exemptions.annotation: must be true or false; this is \"true\".",
            "c.yaml:10:3: the key \"annotation\" comes a second time; line 9 has it already.",
            "c.yaml:12:18: mesh.rootNamespace: \"istio.system\" is no namespace's name: at most 63 lower-case letters, digits or '-', beginning and ending with a letter or digit.",
            "c.yaml:13:3: mesh.somethingElse: is no field; the fields here are rootNamespace, enableNamespacesByDefault.",
            "c.yaml:14:28: namespaceLabels.unknown: must be refuse or warn; this is \"deny\".",
            "c.yaml:15:19: failure.inject: must be open or closed; this is \"Open\".",
            "c.yaml:15:34: failure.enforce: must be open or closed; this is off.",
            "c.yaml:16:30: cluster.watchStallSeconds: must be a whole number of seconds from 1 to 86400; this is 1.5.",
            "c.yaml:16:54: cluster.staleAfterSeconds: must be a whole number of seconds from 1 to 86400; this is 86401.",
        ],
        Errors("""
            apiVersion: accesslog.mesh/v1
            kind: Config
            default: {}
            defaults:  json
            exemptions:
              namespaces: [Kube, a, a, [], ~]
              usernames: admin
              runtimeclasses: []
              annotation: "true"
              annotation: true
            mesh:
              rootNamespace: istio.system
              somethingElse: 1
            namespaceLabels: {unknown: deny}
            failure: {inject: Open, enforce: off}
            cluster: {watchStallSeconds: 1.5, staleAfterSeconds: 86401}
            """));

    [Theory]
    [InlineData("cluster: {watchStallSeconds: 300}", "c.yaml:1:30: cluster.staleAfterSeconds: must be more than watchStallSeconds, but 300 is not more than 300.")]
    [InlineData("cluster: {staleAfterSeconds: 20}", "c.yaml:1:30: cluster.staleAfterSeconds: must be more than watchStallSeconds, but 20 is not more than 150.")]
    [InlineData("controllers: {leaseDurationSeconds: 7}", "c.yaml:1:37: controllers.leaseDurationSeconds: must be more than renewDeadlineSeconds, but 7 is not more than 7.")]
    [InlineData("controllers: {renewDeadlineSeconds: 3}", "c.yaml:1:37: controllers.renewDeadlineSeconds: must be at least twice retrySeconds, but 3 is less than twice 2.")]
    [InlineData("controllers: {retrySeconds: 4}", "c.yaml:1:29: controllers.renewDeadlineSeconds: must be at least twice retrySeconds, but 7 is less than twice 4.")]
    [InlineData("controllers: {leaseDurationSeconds: 301}", "c.yaml:1:37: controllers.leaseDurationSeconds: must be a whole number of seconds from 1 to 300; this is 301.")]
    [InlineData("controllers: {leaseNamespace: A}", "c.yaml:1:31: controllers.leaseNamespace: \"A\" is no namespace's name: at most 63 lower-case letters, digits or '-', beginning and ending with a letter or digit.")]
    [InlineData("certificates: {leafHours: 3000}", "c.yaml:1:27: certificates.authorityHours: must be at least three times leafHours, but 8760 is less than three times 3000.")]
    [InlineData("certificates: {leafHours: 90d}", "c.yaml:1:27: certificates.leafHours: must be a whole number of hours from 1 to 87840; this is \"90d\".")]
    [InlineData("controllers: {leader: true}", "c.yaml:1:15: controllers.leader: is no field; the fields here are enabled, reports, leaseNamespace, leaseDurationSeconds, renewDeadlineSeconds, retrySeconds, removeAfterSeconds.")]
    [InlineData("- a", "c.yaml:1:1: must be a mapping of fields; this is a list.")]
    [InlineData("{}\n---\nmesh: {}\n", "c.yaml:3:1: is a second document: a configuration is one.")]
    [InlineData("defaults: {inject: [\n", "c.yaml:2:1: invalid YAML: while parsing a node, did not find expected node content.")]
    [InlineData("defaults:\n\tinject: json\n", "c.yaml:2:1: is indented with a tab: YAML takes spaces only.")]
    public void An_error_names_its_place(string text, string error) => Assert.Equal([error], Errors(text));

    [Fact]
    public void A_file_that_is_not_there_is_an_error()
    {
        using var directory = new TemporaryDirectory();

        Assert.Equal($"{directory["c.yaml"]}: does not exist.", Assert.Single(ConfigurationFile.Read(directory["c.yaml"]).Errors).ToString());
    }

    private static WebhookOptions Options(string text)
    {
        var reading = ConfigurationFile.Read("c.yaml", Encoding.UTF8.GetBytes(text));
        Assert.Empty(reading.Errors);
        return reading.Options!;
    }

    private static IEnumerable<string> Errors(string text)
    {
        var reading = ConfigurationFile.Read("c.yaml", Encoding.UTF8.GetBytes(text));
        Assert.Null(reading.Options);
        return reading.Errors.Select(error => error.ToString());
    }
}
