{{/*
Who talks to whom within the release, as a list of from, to, port: one NetworkPolicy at each end of each of them.
*/}}
{{- define "clipscribe.edges" -}}
{{- $values := .Values -}}
{{- $edges := list (dict "from" "gateway" "to" "auth" "port" 8081) -}}
{{- if $values.mysql.enabled -}}
{{- $edges = append $edges (dict "from" "auth" "to" "mysql" "port" 3306) -}}
{{- end -}}
{{- range $name := include "clipscribe.workloads" . | fromYaml | keys | sortAlpha -}}
{{- if ne $name "auth" -}}
{{- if $values.mongodb.enabled -}}
{{- $edges = append $edges (dict "from" $name "to" "mongodb" "port" 27017) -}}
{{- end -}}
{{- if $values.rabbitmq.enabled -}}
{{- $edges = append $edges (dict "from" $name "to" "rabbitmq" "port" 5672) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $values.mailpit.enabled -}}
{{- $edges = append $edges (dict "from" "notification" "to" "mailpit" "port" 1025) -}}
{{- end -}}
{{- $edges = append $edges (dict "from" "test" "to" "gateway" "port" 8080) -}}
{{- toYaml (dict "edges" $edges) -}}
{{- end -}}

{{/*
What goes out of the cluster or to servers of the operator's: a list of from, to (a word for the name), ports, peers
(none for everywhere).
*/}}
{{- define "clipscribe.exits" -}}
{{- $values := .Values -}}
{{- $policy := $values.networkPolicy -}}
{{- $exits := list -}}
{{- if not $values.mysql.enabled -}}
{{- $exits = append $exits (dict "from" "auth" "to" "users" "ports" (list $values.mysql.external.port) "peers" list) -}}
{{- end -}}
{{- range $name, $workload := include "clipscribe.workloads" . | fromYaml -}}
{{- if ne $name "auth" -}}
{{- if not $values.mongodb.enabled -}}
{{- $exits = append $exits (dict "from" $name "to" "jobs" "ports" (list $values.mongodb.external.port) "peers" list) -}}
{{- end -}}
{{- if not $values.rabbitmq.enabled -}}
{{- $exits = append $exits (dict "from" $name "to" "queue" "ports" (list $values.rabbitmq.external.port) "peers" list) -}}
{{- end -}}
{{- end -}}
{{- if and (eq $workload.service "converter") (eq (toString $workload.config.TRANSCRIBER) "openai") $policy.outside -}}
{{- $exits = append $exits (dict "from" $name "to" "speech" "ports" $policy.speechPorts "peers" $policy.outside) -}}
{{- end -}}
{{- if $values.tracing.endpoint -}}
{{- $port := splitList ":" (urlParse $values.tracing.endpoint).host -}}
{{- $exits = append $exits (dict "from" $name "to" "traces" "ports" (list (ternary (last $port | int) 80 (eq (len $port) 2))) "peers" list) -}}
{{- end -}}
{{- end -}}
{{- if include "clipscribe.isGiven" $values.components.notification.mailUrl -}}
{{- $exits = append $exits (dict "from" "notification" "to" "mail" "ports" $policy.mailPorts "peers" list) -}}
{{- end -}}
{{- if $policy.outside -}}
{{- $exits = append $exits (dict "from" "notification" "to" "webhooks" "ports" $policy.webhookPorts "peers" $policy.outside) -}}
{{- end -}}
{{- toYaml (dict "exits" $exits) -}}
{{- end -}}

{{/* Head of a policy for the pods of one component: (list $ component name) */}}
{{- define "clipscribe.policyHead" -}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "clipscribe.metadata" (list (index . 0) (index . 1) (printf "%s-%s" (include "clipscribe.fullname" (index . 0)) (index . 2))) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "clipscribe.selectorLabels" (list (index . 0) (index . 1)) | nindent 6 }}
{{- end -}}

{{/* The ports of a rule: (list number …) */}}
{{- define "clipscribe.policyPorts" -}}
ports:
  {{- range . }}
  - protocol: TCP
    port: {{ . | int }}
  {{- end }}
{{- end -}}
