{{/* What the pods of all servers have in common: (list $ "mysql" values) */}}
{{- define "clipscribe.serverPodSpec" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $server := index . 2 -}}
serviceAccountName: {{ include "clipscribe.fullname" $root }}-{{ $name }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with include "clipscribe.pullSecrets" $root }}
{{ . }}
{{- end }}
securityContext:
  {{- include "clipscribe.podSecurity" $server.uid | nindent 2 }}
{{- include "clipscribe.scheduling" $server }}
{{- end -}}

{{/* The ServiceAccount and the Service of a server: (list $ "mysql" (dict "port name" number …)) */}}
{{- define "clipscribe.serverObjects" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $fullname := printf "%s-%s" (include "clipscribe.fullname" $root) $name -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "clipscribe.metadata" (list $root $name $fullname) | nindent 2 }}
automountServiceAccountToken: false
---
apiVersion: v1
kind: Service
metadata:
  {{- include "clipscribe.metadata" (list $root $name $fullname) | nindent 2 }}
spec:
  type: ClusterIP
  selector:
    {{- include "clipscribe.selectorLabels" (list $root $name) | nindent 4 }}
  ports:
    {{- range $port, $number := index . 2 }}
    - name: {{ $port }}
      port: {{ $number }}
      targetPort: {{ $port }}
    {{- end }}
{{- end -}}

{{/* A TCP connection can be made: (port name) */}}
{{- define "clipscribe.tcpProbes" -}}
startupProbe:
  tcpSocket: { port: {{ . }} }
  periodSeconds: 2
  failureThreshold: 300
readinessProbe:
  tcpSocket: { port: {{ . }} }
  periodSeconds: 5
  failureThreshold: 3
livenessProbe:
  tcpSocket: { port: {{ . }} }
  periodSeconds: 20
  timeoutSeconds: 5
  failureThreshold: 6
{{- end -}}

{{/* The volume that a server keeps its data on: (list $ "mysql" values) */}}
{{- define "clipscribe.dataClaim" -}}
{{- $server := index . 2 -}}
- metadata:
    name: data
    labels:
      {{- include "clipscribe.selectorLabels" (list (index . 0) (index . 1)) | nindent 6 }}
  spec:
    accessModes: [ReadWriteOnce]
    {{- if not (kindIs "invalid" $server.storage.storageClassName) }}
    storageClassName: {{ $server.storage.storageClassName | quote }}
    {{- end }}
    resources:
      requests:
        storage: {{ $server.storage.size }}
{{- end -}}

{{/* The head of a server's StatefulSet, down to the template's metadata: (list $ "mysql" configuration) */}}
{{- define "clipscribe.serverHead" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $fullname := printf "%s-%s" (include "clipscribe.fullname" $root) $name -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- include "clipscribe.metadata" (list $root $name $fullname) | nindent 2 }}
spec:
  # A server of one: there is nothing to scale.
  replicas: 1
  serviceName: {{ $fullname }}
  revisionHistoryLimit: 3
  selector:
    matchLabels:
      {{- include "clipscribe.selectorLabels" (list $root $name) | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "clipscribe.podLabels" (list $root $name) | nindent 8 }}
      annotations:
        kubectl.kubernetes.io/default-container: {{ $name }}
        {{- with index . 2 }}
        checksum/config: {{ sha256sum . }}
        {{- end }}
{{- end -}}
