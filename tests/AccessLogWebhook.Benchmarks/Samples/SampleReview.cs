using System.Globalization;
using System.Text;

namespace AccessLogWebhook.Benchmarks.Samples;

/// <summary>
/// AdmissionReviews as an API server writes them for the Pods of a Deployment: labels and annotations, an application's container with probes,
/// environment and resources, the volumes of its account, tolerations, and managedFields. Deterministic.
/// </summary>
internal static class SampleReview
{
    /// <summary>The namespace that asks for the profile <c>json</c>; <see cref="SampleCluster"/> has it.</summary>
    public const string Namespace = "shop";

    private const string Review =
        """
        {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"705ab4f5-6393-11e8-b7cc-42010a800002",
        "kind":{"group":"","version":"v1","kind":"Pod"},"resource":{"group":"","version":"v1","resource":"pods"},
        "requestKind":{"group":"","version":"v1","kind":"Pod"},"requestResource":{"group":"","version":"v1","resource":"pods"},
        "namespace":"NAMESPACE","operation":"CREATE","userInfo":{"username":"system:serviceaccount:kube-system:replicaset-controller",
        "uid":"4a3f0a52-6a8a-4ad0-8f1d-1b1a9f0f4c11","groups":["system:serviceaccounts","system:serviceaccounts:kube-system","system:authenticated"]},
        "object":OBJECT,"oldObject":null,"dryRun":false,"options":{"kind":"CreateOptions","apiVersion":"meta.k8s.io/v1"}}}
        """;

    private const string PodTemplate =
        """
        {"kind":"Pod","apiVersion":"v1","metadata":{"generateName":"checkout-7d9c6b5f4d-","namespace":"NAMESPACE","creationTimestamp":null,
        "labels":{CARRIED"app":"checkout","app.kubernetes.io/instance":"checkout","app.kubernetes.io/name":"checkout","app.kubernetes.io/part-of":"shop","pod-template-hash":"7d9c6b5f4d","service.istio.io/canonical-name":"checkout","service.istio.io/canonical-revision":"v1","team":"payments","version":"v1"},
        "annotations":{NAMED"checksum/config":"0a4d55a8d778e5022fab701977c5d840bbc486d0e9c1f0d3b2a6b1f3e3a2c9d1","kubectl.kubernetes.io/restartedAt":"2026-11-25T08:30:00Z","prometheus.io/path":"/metrics","prometheus.io/port":"9090","prometheus.io/scrape":"true"},
        "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"checkout-7d9c6b5f4d","uid":"9b8f5f0e-39a5-4dc5-8d2a-4d0b6ad4f0b5","controller":true,"blockOwnerDeletion":true}],
        "managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","time":"2026-11-25T08:30:01Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:annotations":{".":{},"f:checksum/config":{},"f:prometheus.io/path":{},"f:prometheus.io/port":{},"f:prometheus.io/scrape":{}},"f:generateName":{},"f:labels":{".":{},"f:app":{},"f:app.kubernetes.io/name":{},"f:pod-template-hash":{},"f:team":{},"f:version":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"9b8f5f0e-39a5-4dc5-8d2a-4d0b6ad4f0b5\"}":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"checkout\"}":{".":{},"f:env":{".":{},"k:{\"name\":\"POD_NAME\"}":{".":{},"f:name":{},"f:valueFrom":{".":{},"f:fieldRef":{}}}},"f:image":{},"f:imagePullPolicy":{},"f:livenessProbe":{".":{},"f:failureThreshold":{},"f:httpGet":{".":{},"f:path":{},"f:port":{},"f:scheme":{}},"f:periodSeconds":{},"f:successThreshold":{},"f:timeoutSeconds":{}},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":8080,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:name":{},"f:protocol":{}}},"f:resources":{".":{},"f:limits":{".":{},"f:memory":{}},"f:requests":{".":{},"f:cpu":{},"f:memory":{}}},"f:securityContext":{".":{},"f:allowPrivilegeEscalation":{},"f:capabilities":{".":{},"f:drop":{}}},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{},"f:volumeMounts":{".":{},"k:{\"mountPath\":\"/etc/checkout\"}":{".":{},"f:mountPath":{},"f:name":{},"f:readOnly":{}}}}},"f:dnsPolicy":{},"f:enableServiceLinks":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:serviceAccount":{},"f:serviceAccountName":{},"f:terminationGracePeriodSeconds":{},"f:volumes":{".":{},"k:{\"name\":\"config\"}":{".":{},"f:configMap":{".":{},"f:defaultMode":{},"f:name":{}},"f:name":{}}}}}}]},
        "spec":{"volumes":[{"name":"config","configMap":{"name":"checkout","defaultMode":420}},{"name":"kube-api-access-x7f2k","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}},{"downwardAPI":{"items":[{"path":"namespace","fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}],"defaultMode":420}}],
        "containers":[{"name":"checkout","image":"registry.example/shop/checkout:2026.11.3","args":["--config=/etc/checkout/config.yaml","--listen=:8080"],"ports":[{"name":"http","containerPort":8080,"protocol":"TCP"}],"env":[{"name":"POD_NAME","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.name"}}}ENVIRONMENT],"resources":{"limits":{"memory":"512Mi"},"requests":{"cpu":"250m","memory":"256Mi"}},"volumeMounts":[{"name":"config","readOnly":true,"mountPath":"/etc/checkout"},{"name":"kube-api-access-x7f2k","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],"livenessProbe":{"httpGet":{"path":"/healthz","port":"http","scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},"readinessProbe":{"httpGet":{"path":"/readyz","port":"http","scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent","securityContext":{"capabilities":{"drop":["ALL"]},"runAsNonRoot":true,"readOnlyRootFilesystem":true,"allowPrivilegeEscalation":false}}],
        "restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"checkout","serviceAccount":"checkout","securityContext":{"fsGroup":2000},"schedulerName":"default-scheduler","tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},{"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0,"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"},"status":{}}
        """;

    /// <param name="objectBytes">About how large the Pod shall be; its environment is made as long as that takes.</param>
    /// <param name="revision">The revision that its labels name; null for a Pod that nobody has changed yet.</param>
    public static byte[] OfPod(int objectBytes, string @namespace = Namespace, string? revision = null) =>
        Encoding.UTF8.GetBytes(OneLine(Review).Replace("OBJECT", Pod(objectBytes, @namespace, revision), StringComparison.Ordinal).Replace("NAMESPACE", @namespace, StringComparison.Ordinal));

    /// <summary>The Pod alone.</summary>
    public static string Pod(int objectBytes, string @namespace = Namespace, string? revision = null)
    {
        var bare = OneLine(PodTemplate)
            .Replace("NAMESPACE", @namespace, StringComparison.Ordinal)
            .Replace("CARRIED", revision is null ? "" : $"\"accesslog.mesh/profile\":\"json\",\"accesslog.mesh/revision\":\"{revision}\",", StringComparison.Ordinal)
            .Replace("NAMED", revision is null ? "" : $"\"accesslog.mesh/envoyfilter\":\"istio-system/accesslog-json-{revision}\",", StringComparison.Ordinal);
        var environment = new StringBuilder();
        for (var index = 0; bare.Length + environment.Length < objectBytes; index++)
        {
            environment.Append(CultureInfo.InvariantCulture, $",{{\"name\":\"FEATURE_{index:D5}_ENABLED\",\"value\":\"value-{index}-of-the-configuration\"}}");
        }

        return bare.Replace("ENVIRONMENT", environment.ToString(), StringComparison.Ordinal);
    }

    // As an API server writes it; the line breaks are for whoever reads it here.
    private static string OneLine(string text) => text.ReplaceLineEndings("");
}
