{{/* The names of everything: the release's, with the chart's where that is not in it. */}}
{{- define "clipscribe.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods of one component; never changes, since selectors cannot. (list $ "gateway") */}}
{{- define "clipscribe.selectorLabels" -}}
{{- $root := first . -}}
app.kubernetes.io/name: {{ default $root.Chart.Name $root.Values.nameOverride | trunc 63 }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ last . }}
{{- end -}}

{{- define "clipscribe.labels" -}}
{{- $root := first . -}}
{{ include "clipscribe.selectorLabels" . }}
app.kubernetes.io/part-of: clipscribe
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Of pods: without what changes with each release, so that servers go on running when only others changed. */}}
{{- define "clipscribe.podLabels" -}}
{{ include "clipscribe.selectorLabels" . }}
app.kubernetes.io/part-of: clipscribe
{{- with (first .).Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* name, namespace and labels of an object: (list $ "gateway" "name") */}}
{{- define "clipscribe.metadata" -}}
{{- $root := index . 0 -}}
name: {{ index . 2 }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "clipscribe.labels" (list $root (index . 1)) | nindent 2 }}
{{- end -}}

{{/* An image of ours: (list $ component) */}}
{{- define "clipscribe.image" -}}
{{- $root := first . -}}
{{- $image := (last .).image -}}
{{- $repository := $image.repository -}}
{{- if $root.Values.image.registry -}}
{{- $repository = printf "%s/%s" (trimSuffix "/" $root.Values.image.registry) $repository -}}
{{- end -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $repository $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (default (default $root.Chart.AppVersion $root.Values.image.tag) $image.tag) -}}
{{- end -}}
{{- end -}}

{{/* An image of others, by its own values. */}}
{{- define "clipscribe.foreignImage" -}}
{{- if .digest -}}
{{- printf "%s@%s" .repository .digest -}}
{{- else -}}
{{- printf "%s:%s" .repository (.tag | toString) -}}
{{- end -}}
{{- end -}}

{{- define "clipscribe.pullSecrets" -}}
{{- with .Values.image.pullSecrets -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{/* Where pods may run: (component) */}}
{{- define "clipscribe.scheduling" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Pod Security "restricted", for the pod: (user id) */}}
{{- define "clipscribe.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* … and for each container. */}}
{{- define "clipscribe.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/*
The Deployments, by name: the components, with the converter's roles together or apart. Each has the values of its
component, and `service`, the folder whose image it runs.
*/}}
{{- define "clipscribe.workloads" -}}
{{- $workloads := dict -}}
{{- range $name, $component := .Values.components -}}
{{- $plain := set (omit (deepCopy $component) "video" "transcribe") "service" $name -}}
{{- if and (eq $name "converter") (eq $component.roles "split") -}}
{{- range $role := list "video" "transcribe" -}}
{{- $own := mergeOverwrite (deepCopy $plain) (deepCopy (index $component $role)) -}}
{{- $_ := set $own "converterRoles" $role -}}
{{- $_ := set $workloads (printf "converter-%s" $role) $own -}}
{{- end -}}
{{- else -}}
{{- if eq $name "converter" -}}
{{- $_ := set $plain "converterRoles" "video,transcribe" -}}
{{- end -}}
{{- $_ := set $workloads $name $plain -}}
{{- end -}}
{{- end -}}
{{- toYaml $workloads -}}
{{- end -}}

{{- define "clipscribe.publicUrl" -}}
{{- if .Values.publicUrl -}}
{{- .Values.publicUrl -}}
{{- else if .Values.ingress.enabled -}}
{{- printf "%s://%s" (ternary "https" "http" (ne .Values.ingress.tlsSecret "")) .Values.ingress.host -}}
{{- else if and .Values.httpRoute.enabled .Values.httpRoute.hostnames -}}
{{- printf "https://%s" (first .Values.httpRoute.hostnames) -}}
{{- else -}}
http://localhost:8080
{{- end -}}
{{- end -}}
