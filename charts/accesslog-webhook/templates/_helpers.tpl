{{/* One installation a cluster: the webhook configurations and the Lease have this very name, and so has everything else. */}}
{{- define "accesslog.name" -}}accesslog-webhook{{- end }}

{{- define "accesslog.selector" -}}
app.kubernetes.io/name: {{ include "accesslog.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "accesslog.labels" -}}
{{ include "accesslog.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: admission-webhook
app.kubernetes.io/part-of: accesslog-webhook
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "accesslog.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
{{- end }}

{{- define "accesslog.secret" -}}
{{- if eq .Values.certificates.mode "provided" -}}
{{ required "certificates.provided.secretName: name the Secret, of type kubernetes.io/tls, that certificates.mode provided serves from" .Values.certificates.provided.secretName }}
{{- else -}}
{{ include "accesslog.name" . }}-tls
{{- end }}
{{- end }}

{{/* true, or nothing */}}
{{- define "accesslog.controllers" -}}
{{- if (dig "controllers" "enabled" true .Values.config) }}true{{ end }}
{{- end }}

{{- define "accesslog.rootNamespace" -}}
{{- dig "mesh" "rootNamespace" "istio-system" .Values.config }}
{{- end }}

{{/* true, or nothing. A cluster has kube-system, so that one without the root namespace is told from a rendering without a cluster, which supposes that it is there. */}}
{{- define "accesslog.mesh" -}}
{{- if .Values.meshConfiguration.read }}
{{- if or (not (lookup "v1" "Namespace" "" "kube-system")) (lookup "v1" "Namespace" "" (include "accesslog.rootNamespace" .)) }}true{{ end }}
{{- end }}
{{- end }}

{{/* true, or nothing */}}
{{- define "accesslog.reports" -}}
{{- if and (include "accesslog.controllers" .) (dig "controllers" "reports" true .Values.config) }}true{{ end }}
{{- end }}

{{- define "accesslog.priorityClass" -}}
{{- if .Values.priorityClass.name }}{{ .Values.priorityClass.name }}{{ else if .Values.priorityClass.create }}{{ include "accesslog.name" . }}{{ end }}
{{- end }}

{{- define "accesslog.configurationAnnotations" -}}
# AKS would otherwise add selectors of its own.
admissions.enforcer/disabled: "true"
{{- if eq .Values.certificates.mode "certManager" }}
cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/{{ include "accesslog.name" . }}
{{- end }}
{{- with .Values.webhooks.annotations }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "accesslog.client" -}}
{{- $ := index . 0 -}}
clientConfig:
  service:
    namespace: {{ $.Release.Namespace }}
    name: {{ include "accesslog.name" $ }}
    path: {{ index . 1 }}
    port: 443
{{- if eq $.Values.certificates.mode "provided" }}
  caBundle: {{ required "certificates.provided.caBundle: give the PEM text of the authority that signed the certificate" $.Values.certificates.provided.caBundle | b64enc }}
{{- end }}
admissionReviewVersions: [v1]
matchPolicy: Equivalent
sideEffects: None
{{- end }}

{{/* Its own namespace is left out: its Pods must start when none of them runs. */}}
{{- define "accesslog.namespaces" -}}
- key: kubernetes.io/metadata.name
  operator: NotIn
  values: {{ prepend .Values.webhooks.excludedNamespaces .Release.Namespace | uniq | toJson }}
{{- end }}

{{- define "accesslog.workloads" -}}
{{- $operations := . -}}
rules:
- {apiGroups: [""], apiVersions: [v1], resources: [pods], scope: Namespaced, operations: {{ $operations }}}
{{- if contains "UPDATE" $operations }}
# Labels that come with a Pod's status are taken by the API server, too.
- {apiGroups: [""], apiVersions: [v1], resources: [pods/status], scope: Namespaced, operations: [UPDATE]}
{{- end }}
- {apiGroups: [networking.istio.io], apiVersions: [v1, v1beta1, v1alpha3], resources: [gateways], scope: Namespaced, operations: {{ $operations }}}
- {apiGroups: [gateway.networking.k8s.io], apiVersions: [v1, v1beta1], resources: [gateways], scope: Namespaced, operations: {{ $operations }}}
matchConditions:
# The kubelet makes a mirror Pod of a file on its node: refusing or changing it stops nothing.
- name: no-mirror-pods
  expression: "!has(object.metadata.annotations) || !('kubernetes.io/config.mirror' in object.metadata.annotations)"
{{- if contains "UPDATE" $operations }}
# How an object goes is never refused; finalizers and annotations come off while nobody answers, too. But until it is gone it is logged by its labels.
- name: not-being-deleted
  expression: >-
    !has(object.metadata.deletionTimestamp) || request.operation == 'UPDATE' &&
    !((has(object.metadata.labels) ? has(oldObject.metadata.labels) && object.metadata.labels == oldObject.metadata.labels : !has(oldObject.metadata.labels)) &&
    (has(object.spec) ? has(oldObject.spec) && object.spec == oldObject.spec : !has(oldObject.spec)))
# Nothing else of an object is judged. Owners and finalizers change, as when a ReplicaSet adopts a Pod, while nobody answers, too.
- name: judged-part-changes
  expression: >-
    request.operation != 'UPDATE' ||
    !((has(object.metadata.labels) ? has(oldObject.metadata.labels) && object.metadata.labels == oldObject.metadata.labels : !has(oldObject.metadata.labels)) &&
    (has(object.metadata.annotations) ? has(oldObject.metadata.annotations) && object.metadata.annotations == oldObject.metadata.annotations : !has(oldObject.metadata.annotations)) &&
    (has(object.spec) ? has(oldObject.spec) && object.spec == oldObject.spec : !has(oldObject.spec)))
{{- end }}
{{- end }}

{{/* Given its weight. One that failed stays, to be looked at, until the next. */}}
{{- define "accesslog.cleanupHook" -}}
helm.sh/hook: pre-delete
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
