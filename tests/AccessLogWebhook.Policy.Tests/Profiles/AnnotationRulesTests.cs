using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Tests.Profiles;

public sealed class AnnotationRulesTests
{
    private const string NoKey = "is no annotation key: use at most 63 letters, digits, '-', '_' or '.', with an optional DNS prefix and '/'.";
    private const string Level = "must be one of trace, debug, info, warning, error, critical, off.";
    private const string Levels = "must be a list COMPONENT:LEVEL,… with the levels trace, debug, info, warning, error, critical, off.";
    private const string Scopes = "must be LEVEL or a list SCOPE:LEVEL,… with the levels none, fatal, error, warn, info, debug.";
    private const string Istio = "is Istio's: of its annotations only sidecar.istio.io/logLevel, componentLogLevel and agentLogLevel may be set.";
    private const string Ours = "is set by this webhook itself: leave it out.";
    private const string Kubernetes = "is reserved for Kubernetes: leave it out.";

    [Theory]
    [InlineData("fluentbit.io/parser_stdout-istio-proxy", "json", null)]
    [InlineData("ad.datadoghq.com/istio-proxy.logs", "[{\"source\":\"envoy\"}]", null)]
    [InlineData("co.elastic.logs.istio-proxy/module", "istio", null)]
    [InlineData("plain", "", null)]
    [InlineData("A_b.c-9", "x", null)]
    [InlineData("", "x", NoKey)]
    [InlineData("/x", "x", NoKey)]
    [InlineData("x/", "x", NoKey)]
    [InlineData("a/b/c", "x", NoKey)]
    [InlineData("Upper.Case/x", "x", NoKey)]
    [InlineData("-a", "x", NoKey)]
    [InlineData("a-", "x", NoKey)]
    [InlineData("two words", "x", NoKey)]
    [InlineData("a..b/x", "x", NoKey)]
    [InlineData("ümlaut", "x", NoKey)]
    [InlineData("a\n", "x", NoKey)]
    [InlineData("sidecar.istio.io/logLevel", "off", null)]
    [InlineData("sidecar.istio.io/logLevel", "trace", null)]
    [InlineData("sidecar.istio.io/logLevel", "warn", Level)]
    [InlineData("sidecar.istio.io/logLevel", "Off", Level)]
    [InlineData("sidecar.istio.io/logLevel", "off ", Level)]
    [InlineData("sidecar.istio.io/logLevel", "off\n", Level)]
    [InlineData("sidecar.istio.io/logLevel", "", Level)]
    [InlineData("sidecar.istio.io/componentLogLevel", "misc:error", null)]
    [InlineData("sidecar.istio.io/componentLogLevel", "misc:error,http2:debug,conn_handler:off", null)]
    [InlineData("sidecar.istio.io/componentLogLevel", "error", Levels)]
    [InlineData("sidecar.istio.io/componentLogLevel", "misc:warn", Levels)]
    [InlineData("sidecar.istio.io/componentLogLevel", "misc:error,", Levels)]
    [InlineData("sidecar.istio.io/componentLogLevel", "misc:error, http:off", Levels)]
    [InlineData("sidecar.istio.io/componentLogLevel", "misc:error --config-path /x", Levels)]
    [InlineData("sidecar.istio.io/agentLogLevel", "warn", null)]
    [InlineData("sidecar.istio.io/agentLogLevel", "default:info,ads:none", null)]
    [InlineData("sidecar.istio.io/agentLogLevel", "all:debug", null)]
    [InlineData("sidecar.istio.io/agentLogLevel", "info,ads:debug", null)]
    [InlineData("sidecar.istio.io/agentLogLevel", "warning", Scopes)]
    [InlineData("sidecar.istio.io/agentLogLevel", "ads:debug,info", Scopes)]
    [InlineData("sidecar.istio.io/agentLogLevel", "", Scopes)]
    [InlineData("sidecar.istio.io/inject", "true", Istio)]
    [InlineData("proxy.istio.io/config", "{}", Istio)]
    [InlineData("istio.io/rev", "x", Istio)]
    [InlineData("notistio.io/rev", "x", null)]
    [InlineData("accesslog.mesh/exempt", "x", Ours)]
    [InlineData("sub.accesslog.mesh/x", "x", null)]
    [InlineData("kubernetes.io/config.mirror", "x", Kubernetes)]
    [InlineData("kubectl.kubernetes.io/restartedAt", "x", Kubernetes)]
    [InlineData("k8s.io/x", "x", Kubernetes)]
    [InlineData("gateway.networking.k8s.io/x", "x", Kubernetes)]
    [InlineData("mykubernetes.io/x", "x", null)]
    [InlineData("istio.io", "x", null)]
    public void An_annotation_of_a_profile_is_checked(string key, string value, string? fault) => Assert.Equal(fault, AnnotationRules.Fault(key, value));

    [Theory]
    [InlineData(63, null)]
    [InlineData(64, NoKey)]
    public void A_name_has_at_most_63_characters(int length, string? fault)
    {
        Assert.Equal(fault, AnnotationRules.Fault(new string('a', length), ""));
        Assert.Equal(fault, AnnotationRules.Fault($"example.org/{new string('a', length)}", ""));
    }

    [Theory]
    [InlineData(253, null)]
    [InlineData(254, NoKey)]
    public void A_prefix_has_at_most_253_characters(int length, string? fault) => Assert.Equal(fault, AnnotationRules.Fault($"{new string('a', length)}/x", ""));
}
