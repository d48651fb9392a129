using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Tests.Reviewing;

/// <summary>What is printed, whole.</summary>
public sealed class ReviewOutputTests : IDisposable
{
    private const string Given =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {namespace: shop, name: api}
        spec: {template: {metadata: {labels: {app: api}}}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {namespace: shop, name: api}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {namespace: bank, generateName: journal-}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {namespace: blog, name: comments}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: elsewhere}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: new, labels: {accesslog.mesh/inject: json}}

        """;

    private readonly ReviewedFiles files = new();

    [Fact]
    public async Task The_table_says_what_becomes_of_each_object_and_why()
    {
        var reviewed = await files.ReviewTextAsync("table", Given);

        Assert.Equal(
            """
            NAMESPACE  KIND        NAME       MODE     PROFILE  VERDICT  RESULT    REASON
            shop       Deployment  api        inject   json     Logged   changed   Injected
            bank       Pod         journal-   enforce  json     Missing  refused   NoProfileLabel
            blog       Pod         comments   warn     json     Missing  warned    NoProfileLabel
            default    Pod         elsewhere  -        -        -        admitted  NotRequested
            -          Namespace   new        -        -        -        admitted  NamespaceLabelsValid

            Pod bank/journal-  given.yaml:10
              refused  Pod bank/journal- carries no access-log profile. It is refused because namespace bank is labelled accesslog.mesh/enforce=json. Add the labels accesslog.mesh/profile=json, accesslog.mesh/revision=0c4d to the Pod template.

            Pod blog/comments  given.yaml:14
              warning  Pod blog/comments carries no access-log profile.
              warning  Add the labels accesslog.mesh/profile=json, accesslog.mesh/revision=0c4d to the Pod template.

            5 judged: 2 admitted, 1 changed, 1 warned, 1 refused.

            """,
            reviewed.Output);
        Assert.Equal("", reviewed.Error);
        Assert.Equal(1, reviewed.ExitCode);
    }

    [Fact]
    public async Task YAML_has_all_manifests_and_says_the_rest_beside_it()
    {
        var reviewed = await files.ReviewTextAsync("yaml", Given);

        Assert.Equal(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              namespace: shop
              name: api
            spec:
              template:
                metadata:
                  labels:
                    app: api
                    accesslog.mesh/profile: json
                    accesslog.mesh/revision: 0c4d
                  annotations:
                    accesslog.mesh/envoyfilter: istio-system/accesslog-json-0c4d
            ---
            apiVersion: v1
            kind: Service
            metadata:
              namespace: shop
              name: api
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              namespace: bank
              generateName: journal-
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              namespace: blog
              name: comments
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: elsewhere
            ---
            apiVersion: v1
            kind: Namespace
            metadata:
              name: new
              labels:
                accesslog.mesh/inject: json

            """,
            reviewed.Output);
        Assert.Equal(
            """
            given.yaml:10: refused: Pod bank/journal- carries no access-log profile. It is refused because namespace bank is labelled accesslog.mesh/enforce=json. Add the labels accesslog.mesh/profile=json, accesslog.mesh/revision=0c4d to the Pod template.
            given.yaml:14: warning: Pod blog/comments carries no access-log profile.
            given.yaml:14: warning: Add the labels accesslog.mesh/profile=json, accesslog.mesh/revision=0c4d to the Pod template.

            """,
            reviewed.Error);
        Assert.Equal(1, reviewed.ExitCode);
    }

    [Fact]
    public async Task JSON_has_an_element_for_each_object_that_is_judged()
    {
        var reviewed = await files.ReviewTextAsync(
            "json",
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {namespace: shop, name: api}
            spec: {template: {metadata: {labels: {app: api}}}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {namespace: shop, name: api}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {namespace: blog, name: comments}
            """);

        Assert.Equal(
            """
            [
              {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "namespace": "shop",
                "name": "api",
                "mode": "inject",
                "profile": "json",
                "verdict": "Logged",
                "reason": "Injected",
                "message": "Deployment shop/api is logged by profile json.",
                "allowed": true,
                "patch": [
                  {
                    "op": "add",
                    "path": "/spec/template/metadata/labels/accesslog.mesh~1profile",
                    "value": "json"
                  },
                  {
                    "op": "add",
                    "path": "/spec/template/metadata/labels/accesslog.mesh~1revision",
                    "value": "0c4d"
                  },
                  {
                    "op": "add",
                    "path": "/spec/template/metadata/annotations",
                    "value": {
                      "accesslog.mesh/envoyfilter": "istio-system/accesslog-json-0c4d"
                    }
                  }
                ],
                "warnings": [],
                "source": "given.yaml",
                "line": 1
              },
              {
                "apiVersion": "v1",
                "kind": "Pod",
                "namespace": "blog",
                "name": "comments",
                "mode": "warn",
                "profile": "json",
                "verdict": "Missing",
                "reason": "NoProfileLabel",
                "message": "Pod blog/comments carries no access-log profile. Add the labels accesslog.mesh/profile=json, accesslog.mesh/revision=0c4d to the Pod template.",
                "allowed": true,
                "patch": [],
                "warnings": [
                  "Pod blog/comments carries no access-log profile.",
                  "Add the labels accesslog.mesh/profile=json, accesslog.mesh/revision=0c4d to the Pod template."
                ],
                "source": "given.yaml",
                "line": 10
              }
            ]

            """,
            reviewed.Output);
        Assert.Equal("", reviewed.Error);
        Assert.Equal(0, reviewed.ExitCode);
    }

    [Fact]
    public async Task A_namespace_that_asks_for_nothing_has_no_mode_profile_or_verdict()
    {
        var element = (await files.ReviewTextAsync("json", "{apiVersion: v1, kind: Pod, metadata: {name: web}}")).Json.Single()!;

        Assert.Null(element["mode"]);
        Assert.Null(element["profile"]);
        Assert.Null(element["verdict"]);
        Assert.Equal("NotRequested", (string?)element["reason"]);
        Assert.Equal("", (string?)element["message"]);
    }

    [Fact]
    public async Task Files_with_nothing_to_judge_are_fine()
    {
        var service = "{apiVersion: v1, kind: Service, metadata: {name: api}}";

        Assert.Equal(
            new(0, "Nothing to judge: no Pod, Gateway, Namespace or workload with a Pod template among the manifests given (1).\n", ""),
            await files.ReviewTextAsync("table", service));
        Assert.Equal(new(0, "[]\n", ""), await files.ReviewTextAsync("json", service));
        Assert.Equal(new(0, "apiVersion: v1\nkind: Service\nmetadata:\n  name: api\n", ""), await files.ReviewTextAsync("yaml", service));
    }

    [Fact]
    public async Task Without_a_cluster_that_is_said_and_the_files_are_all_there_is()
    {
        var reviewed = await ReviewedFiles.ReviewInputAsync(
            ReviewFormat.Table, $"{ReviewedFiles.Cluster}---\n{{apiVersion: v1, kind: Pod, metadata: {{namespace: shop, name: web}}}}");

        Assert.Equal("No cluster is known (--cluster DIR or --kubeconfig FILE): the given files are taken for the whole cluster.\n", reviewed.Error);
        Assert.Equal("shop Pod web inject json Logged changed Injected", reviewed.Rows[^1]);
    }

    [Fact]
    public async Task Control_characters_never_reach_a_terminal()
    {
        var reviewed = await files.ReviewTextAsync(
            "table",
            """
            apiVersion: v1
            kind: Pod
            metadata: {namespace: bank, name: "a\e[2Jb\u009b31m\u202ec", labels: {accesslog.mesh/profile: "x\ny\e]0;title\a"}}
            """);

        Assert.DoesNotContain(reviewed.Output, character => character != '\n' && (char.IsControl(character) || character == '\u202e'));
        Assert.Contains("Pod bank/a\uFFFD[2Jb\uFFFD31m\uFFFDc carries profile \"x\uFFFDy\uFFFD]0;title\uFFFD\"", reviewed.Output, StringComparison.Ordinal);

        var yaml = await files.ReviewAsync("yaml", "-f", files["given.yaml"]);
        Assert.DoesNotContain(yaml.Error, character => character != '\n' && char.IsControl(character));
        Assert.DoesNotContain(yaml.Output, character => character != '\n' && char.IsControl(character));
    }

    public void Dispose() => files.Dispose();
}
