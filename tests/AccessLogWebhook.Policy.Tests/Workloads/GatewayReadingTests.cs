using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Tests.Workloads;

public sealed class GatewayReadingTests
{
    [Fact]
    public void An_Istio_Gateway_has_a_selector()
    {
        var gateway = Istio("""{"metadata":{"name":"web","labels":{"a":"b"}},"spec":{"servers":[{"port":{"number":80.0}}],"selector":{"istio":"ingress"}}}""");

        Assert.Equal(LabelSet.Of(("istio", "ingress")), gateway.Selector);
        Assert.Equal("web", gateway.Metadata.Name);
        Assert.Equal(LabelSet.Of(("a", "b")), gateway.Labels);
        Assert.Equal(LabelSet.Empty, gateway.Annotations);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"spec":null}""")]
    [InlineData("""{"spec":{}}""")]
    [InlineData("""{"spec":{"selector":null}}""")]
    [InlineData("""{"spec":{"selector":{}}}""")]
    public void An_Istio_Gateway_may_have_none(string json) => Assert.Equal(LabelSet.Empty, Istio(json).Selector);

    [Theory]
    [InlineData("""{"spec":[]}""", "spec is an array, but must be an object.")]
    [InlineData("""{"spec":{"selector":"istio"}}""", "spec.selector is a string, but must be an object.")]
    [InlineData("""{"spec":{"selector":{"istio":1}}}""", "spec.selector[istio] is a number, but must be a string.")]
    [InlineData("""[]""", "the object is an array, but must be a IstioGateway object.")]
    public void Wrong_types_in_an_Istio_Gateway_are_refused(string json, string message) =>
        Assert.Equal(message, Assert.Throws<UnexpectedFieldException>(() => Istio(json)).Message);

    [Fact]
    public void A_Gateway_API_Gateway_is_read_as_far_as_it_decides()
    {
        var gateway = Kubernetes("""
            {
              "metadata": {"name": "edge", "labels": {"own": "1"}},
              "spec": {
                "listeners": [{"name": "http", "infrastructure": {"labels": 1}}],
                "gatewayClassName": "istio",
                "infrastructure": {"parametersRef": {"labels": []}, "labels": {"l": "2"}, "annotations": {"a": "3"}}
              }
            }
            """);

        Assert.True(gateway.HasSpec);
        Assert.Equal("istio", gateway.ClassName);
        Assert.True(gateway.IsManaged);
        Assert.Equal(LabelSet.Of(("l", "2")), gateway.InfrastructureLabels);
        Assert.Equal(LabelSet.Of(("a", "3")), gateway.InfrastructureAnnotations);
        Assert.Equal(LabelSet.Of(("l", "2")), gateway.CopiedLabels);
    }

    [Theory]
    [InlineData("{}", false)]
    [InlineData("""{"spec":null}""", false)]
    [InlineData("""{"spec":{}}""", true)]
    [InlineData("""{"spec":{"gatewayClassName":null,"addresses":null,"infrastructure":null}}""", true)]
    [InlineData("""{"spec":{"infrastructure":{}}}""", true)]
    [InlineData("""{"spec":{"infrastructure":{"labels":null,"annotations":null}}}""", true)]
    public void Infrastructure_that_is_absent_or_null_lets_the_own_labels_through(string json, bool hasSpec)
    {
        var gateway = Kubernetes(json);

        Assert.Equal(hasSpec, gateway.HasSpec);
        Assert.Equal("", gateway.ClassName);
        Assert.True(gateway.IsManaged);
        Assert.Null(gateway.InfrastructureLabels);
        Assert.Null(gateway.InfrastructureAnnotations);
        Assert.Equal(LabelSet.Of(("own", "1")), (gateway with { Metadata = new ObjectMetadata { Labels = LabelSet.Of(("own", "1")) } }).CopiedLabels);
    }

    [Fact]
    public void Empty_infrastructure_labels_are_there_and_keep_the_own_labels_from_the_Pods()
    {
        var gateway = Kubernetes("""{"metadata":{"labels":{"own":"1"}},"spec":{"infrastructure":{"labels":{},"annotations":{}}}}""");

        Assert.Equal(LabelSet.Empty, gateway.InfrastructureLabels);
        Assert.Equal(LabelSet.Empty, gateway.InfrastructureAnnotations);
        Assert.Equal(LabelSet.Empty, gateway.CopiedLabels);
    }

    [Theory]
    [InlineData("null", true)]
    [InlineData("[]", true)]
    [InlineData("""[{"type":"IPAddress","value":"10.0.0.1"}]""", true)]
    [InlineData("""[{"value":"10.0.0.1"}]""", true)]
    [InlineData("""[{"type":null,"value":"10.0.0.1"}]""", true)]
    [InlineData("""[{"type":"Hostname","value":"existing.shop.svc"}]""", false)]
    [InlineData("""[{"type":"example.org/other","value":"x"}]""", false)]
    [InlineData("""[{"type":"IPAddress"},{"type":"IPAddress"}]""", false)]
    [InlineData("""[{"type":"Hostname"},{"type":"IPAddress"}]""", false)]
    public void Istio_deploys_the_proxies_unless_addresses_name_another_Service(string addresses, bool managed) =>
        Assert.Equal(managed, Kubernetes($$$"""{"spec":{"addresses":{{{addresses}}},"gatewayClassName":"istio"}}""").IsManaged);

    [Theory]
    [InlineData("""{"spec":{"gatewayClassName":5}}""", "spec.gatewayClassName is a number, but must be a string.")]
    [InlineData("""{"spec":{"addresses":{}}}""", "spec.addresses is an object, but must be an array.")]
    [InlineData("""{"spec":{"addresses":["10.0.0.1"]}}""", "spec.addresses[] is a string, but must be an object.")]
    [InlineData("""{"spec":{"addresses":[{"type":1}]}}""", "spec.addresses[].type is a number, but must be a string.")]
    [InlineData("""{"spec":{"infrastructure":[]}}""", "spec.infrastructure is an array, but must be an object.")]
    [InlineData("""{"spec":{"infrastructure":{"labels":[]}}}""", "spec.infrastructure.labels is an array, but must be an object.")]
    [InlineData("""{"spec":{"infrastructure":{"labels":{"a":1}}}}""", "spec.infrastructure.labels[a] is a number, but must be a string.")]
    [InlineData("""{"spec":{"infrastructure":{"annotations":"x"}}}""", "spec.infrastructure.annotations is a string, but must be an object.")]
    [InlineData("""{"spec":{"infrastructure":{"annotations":{"a":{}}}}}""", "spec.infrastructure.annotations[a] is an object, but must be a string.")]
    public void Wrong_types_in_a_Gateway_API_Gateway_are_refused(string json, string message) =>
        Assert.Equal(message, Assert.Throws<UnexpectedFieldException>(() => Kubernetes(json)).Message);

    [Theory]
    [InlineData(WorkloadKind.IstioGateway)]
    [InlineData(WorkloadKind.KubernetesGateway)]
    public void The_fingerprint_is_that_of_the_spec_alone(WorkloadKind kind)
    {
        var before = Fingerprint(kind, """{"metadata":{"name":"a","generation":1},"spec":{"x":1,"selector":{}},"status":{}}""");

        Assert.Equal(before, Fingerprint(kind, """{"status":{"y":2},"spec":{"x":1,"selector":{}},"metadata":{"name":"b"}}"""));
        Assert.NotEqual(before, Fingerprint(kind, """{"metadata":{"name":"a","generation":1},"spec":{"x":2,"selector":{}},"status":{}}"""));
        Assert.NotEqual(before, Fingerprint(kind, """{"metadata":{"name":"a","generation":1},"spec":null}"""));
        Assert.NotEmpty(before);
    }

    [Fact]
    public void A_Namespace_is_its_metadata() => Assert.Equal(
        new NamespaceObject(new ObjectMetadata { IsPresent = true, Name = "shop", Labels = LabelSet.Of(("accesslog.mesh/inject", "json")) }),
        Scene.Read(WorkloadKind.Namespace, """{"metadata":{"name":"shop","labels":{"accesslog.mesh/inject":"json"}},"spec":{"finalizers":["kubernetes"]},"status":1}"""));

    private static string Fingerprint(WorkloadKind kind, string json) => Scene.Read(kind, json) switch
    {
        IstioGateway gateway => gateway.SpecFingerprint,
        KubernetesGateway gateway => gateway.SpecFingerprint,
        _ => "",
    };

    private static IstioGateway Istio(string json) => Assert.IsType<IstioGateway>(Scene.Read(WorkloadKind.IstioGateway, json));

    private static KubernetesGateway Kubernetes(string json) => Assert.IsType<KubernetesGateway>(Scene.Read(WorkloadKind.KubernetesGateway, json));

    [Fact]
    public void The_Pods_of_a_Gateway_carry_what_Istio_sets_and_not_what_the_Gateway_claims_to_be()
    {
        var gateway = new KubernetesGateway(
            new ObjectMetadata { Name = "edge", Labels = LabelSet.Of(("gateway.networking.k8s.io/gateway-name", "another"), ("own", "1")) },
            HasSpec: true, "istio", IsManaged: true, null, null, "");

        Assert.Equal(
            LabelSet.Of(
                ("gateway.istio.io/managed", "istio.io-gateway-controller"),
                ("gateway.networking.k8s.io/gateway-class-name", "istio"),
                ("gateway.networking.k8s.io/gateway-name", "edge"),
                ("own", "1")),
            gateway.GeneratedLabels);
    }

    [Theory]
    [InlineData("""{"kind":"Service"}""", "kind is \"Service\", but must be Gateway.")]
    [InlineData("""{"apiVersion":"networking.istio.io/v1"}""", "apiVersion is \"networking.istio.io/v1\", but must be of group \"gateway.networking.k8s.io\".")]
    public void An_object_that_calls_itself_something_else_is_not_judged(string json, string message) =>
        Assert.Equal(message, Assert.Throws<UnexpectedFieldException>(() => WorkloadReader.Read(WorkloadKind.KubernetesGateway, System.Text.Encoding.UTF8.GetBytes(json))).Message);
}
