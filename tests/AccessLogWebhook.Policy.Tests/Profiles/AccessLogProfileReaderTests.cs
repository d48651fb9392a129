using System.Text.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Policy.Tests.Profiles;

public sealed class AccessLogProfileReaderTests
{
    [Fact]
    public void A_full_profile_is_read()
    {
        var profile = Read("team", """
            {
              "apiVersion": "accesslog.mesh/v1alpha1",
              "spec": {
                "backend": "EnvoyFilter",
                "annotations": {"fluentbit.io/parser": "json", "sidecar.istio.io/logLevel": "off"},
                "selectable": true, "requireProxy": true, "allowExempt": true,
                "envoyFilterRef": {"namespace": "istio-system", "name": "existing"}
              },
              "status": {"revision": "1f3a"}
            }
            """);

        Assert.Equal(
            new AccessLogProfile("team")
            {
                Backend = LoggingResourceKind.EnvoyFilter,
                Revision = "1f3a",
                Annotations = LabelSet.Of(("fluentbit.io/parser", "json"), ("sidecar.istio.io/logLevel", "off")),
                Selectable = true,
                RequireProxy = true,
                AllowExempt = true,
                EnvoyFilterRef = new ObjectKey("istio-system", "existing"),
                Errors = profile.Errors,
            },
            profile);
        Assert.Empty(profile.Errors);
    }

    [Theory]
    [InlineData("""{"spec":{}}""")]
    [InlineData("""{"spec":{"backend":null,"annotations":null,"selectable":null,"requireProxy":false,"allowExempt":null,"envoyFilterRef":null},"status":null}""")]
    [InlineData("""{"spec":{"backend":"EnvoyFilter"},"status":{"revision":""}}""")]
    [InlineData("""{"spec":{},"status":{"revision":null}}""")]
    public void What_is_absent_or_null_is_its_default(string json)
    {
        var profile = Read("plain", json);

        var revision = ProfileRenderer.Render(new AccessLogProfile("plain")).Revision;
        Assert.Equal(new AccessLogProfile("plain") { Revision = revision, RenderedRevision = revision, Errors = profile.Errors }, profile);
        Assert.Empty(profile.Errors);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"spec":null}""")]
    [InlineData("""{"spec":[]}""")]
    [InlineData("5")]
    public void Without_a_spec_it_says_so(string json) => Assert.Equal(["spec: is missing."], Faults(Read("p", json)));

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        var profile = Read("off", """
            {
              "spec": {
                "backend": "Lua",
                "annotations": {"a": 1, "sidecar.istio.io/inject": "false", "b": "fine", "accesslog.mesh/exempt": "x", "not a key": "y"},
                "selectable": "yes", "requireProxy": 1, "allowExempt": {},
                "envoyFilterRef": {"name": "x"}
              }
            }
            """);

        Assert.Equal(
            [
                "metadata.name: \"off\" switches a mode off: choose another name.",
                "spec.backend: must be EnvoyFilter or Telemetry.",
                "spec.annotations[a]: must be a string: quote the value.",
                "spec.annotations[sidecar.istio.io/inject]: is Istio's: of its annotations only sidecar.istio.io/logLevel, componentLogLevel and agentLogLevel may be set.",
                "spec.annotations[accesslog.mesh/exempt]: is set by this webhook itself: leave it out.",
                "spec.annotations[not a key]: is no annotation key: use at most 63 letters, digits, '-', '_' or '.', with an optional DNS prefix and '/'.",
                "spec.selectable: must be true or false.",
                "spec.requireProxy: must be true or false.",
                "spec.allowExempt: must be true or false.",
                "spec.envoyFilterRef.namespace: is missing.",
            ],
            Faults(profile));
        Assert.Equal(LabelSet.Of(("b", "fine")), profile.Annotations);
        Assert.False(profile.Selectable || profile.RequireProxy || profile.AllowExempt);
        Assert.Null(profile.EnvoyFilterRef);
    }

    [Theory]
    [InlineData(63, 0)]
    [InlineData(64, 1)]
    public void A_name_becomes_a_label_value_of_at_most_63_characters(int length, int faults)
    {
        var profile = Read(new string('a', length), """{"spec":{}}""");

        Assert.Equal(faults, profile.Errors.Length);
        Assert.All(Faults(profile), fault => Assert.Equal("metadata.name: has 64 characters, but becomes a label's value, which has at most 63: shorten it.", fault));
    }

    [Theory]
    [InlineData("\"telemetry\"")]
    [InlineData("5")]
    [InlineData("true")]
    [InlineData("{}")]
    public void A_backend_of_another_name_or_type_is_a_fault(string backend)
    {
        var profile = Read("p", $$$"""{"spec":{"backend":{{{backend}}}}}""");

        Assert.Equal(["spec.backend: must be EnvoyFilter or Telemetry."], Faults(profile));
        Assert.Equal(LoggingResourceKind.EnvoyFilter, profile.Backend);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"a=b\"")]
    public void Annotations_are_a_map(string annotations) =>
        Assert.Equal(["spec.annotations: must be a map of strings."], Faults(Read("p", $$$"""{"spec":{"annotations":{{{annotations}}}}}""")));

    [Theory]
    [InlineData("\"istio-system/x\"", "spec.envoyFilterRef: must be an object.")]
    [InlineData("{}", "spec.envoyFilterRef.namespace: is missing.", "spec.envoyFilterRef.name: is missing.")]
    [InlineData("""{"namespace":"a"}""", "spec.envoyFilterRef.name: is missing.")]
    [InlineData("""{"namespace":"","name":"b"}""", "spec.envoyFilterRef.namespace: must not be empty.")]
    [InlineData("""{"namespace":"a","name":1}""", "spec.envoyFilterRef.name: must be a string: quote the value.")]
    [InlineData("""{"namespace":"a.b","name":"c"}""", "spec.envoyFilterRef.namespace: must be the name of a namespace: lower-case letters, digits and '-', beginning and ending with a letter or digit.")]
    [InlineData("""{"namespace":"a","name":"c/d"}""", "spec.envoyFilterRef.name: must be the name of an EnvoyFilter: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.")]
    [InlineData("""{"namespace":"a","name":"b","kind":"EnvoyFilter"}""", "spec.envoyFilterRef.kind: is no field: there are namespace, name.")]
    public void A_reference_has_both_a_namespace_and_a_name(string reference, params string[] faults) =>
        Assert.Equal(faults, Faults(Read("p", $$$"""{"spec":{"envoyFilterRef":{{{reference}}}}}""")));

    private static AccessLogProfile Read(string name, string json) => AccessLogProfileReader.Read(name, JsonElement.Parse(json));

    private static IEnumerable<string> Faults(AccessLogProfile profile) => profile.Errors.Select(error => error.ToString());
}
