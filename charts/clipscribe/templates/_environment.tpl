{{/* The variables of a Deployment that are no secret: (list $ name workload). Empty ones would count as unset. */}}
{{- define "clipscribe.config" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 2 -}}
{{- $config := dict "HOST" $root.Values.listenHost "METRICS_PORT" "9090" "LOG_LEVEL" $root.Values.logLevel -}}
{{- if eq $workload.service "auth" -}}
{{- $_ := set $config "PORT" "8081" -}}
{{- if $workload.admin.enabled -}}
{{- $_ := set $config "ADMIN_EMAIL" $workload.admin.email -}}
{{- end -}}
{{- else if eq $workload.service "gateway" -}}
{{- $_ := set $config "PORT" "8080" -}}
{{- $_ := set $config "AUTH_URL" (printf "http://%s-auth:8081" (include "clipscribe.fullname" $root)) -}}
{{- else if eq $workload.service "converter" -}}
{{- $_ := set $config "CONVERTER_ROLES" $workload.converterRoles -}}
{{- $_ := set $config "TEMP_DIR" "/work" -}}
{{- else -}}
{{- $_ := set $config "PUBLIC_URL" (include "clipscribe.publicUrl" $root) -}}
{{- if not (include "clipscribe.isGiven" $workload.mailUrl) -}}
{{- $mailpit := printf "smtp://%s-mailpit:1025" (include "clipscribe.fullname" $root) -}}
{{- $_ := set $config "MAIL_URL" (ternary $mailpit "file:/outbox" $root.Values.mailpit.enabled) -}}
{{- end -}}
{{- end -}}
{{- with $root.Values.tracing.endpoint -}}
{{- $_ := set $config "OTEL_EXPORTER_OTLP_ENDPOINT" . -}}
{{- $_ := set $config "OTEL_TRACES_SAMPLER_ARG" $root.Values.tracing.sampleRatio -}}
{{- end -}}
{{- range $key, $value := $workload.config -}}
{{- /* Helm reads numbers as floats, and would write 2e+06. */ -}}
{{- $_ := set $config $key $value -}}
{{- if kindIs "float64" $value -}}
{{- $_ := set $config $key (int64 $value) -}}
{{- end -}}
{{- end -}}
{{- range $key, $value := $config }}
{{ $key }}: {{ $value | toString | quote }}
{{- end -}}
{{- end -}}

{{/* The variables with secrets in them: (list $ workload). Addresses are put together in the pod, by the kubelet. */}}
{{- define "clipscribe.secretEnvironment" -}}
{{- $root := first . -}}
{{- $workload := last . -}}
{{- $values := $root.Values -}}
{{- if eq $workload.service "auth" -}}
{{ include "clipscribe.secretVariable" (dict "root" $root "group" "auth" "name" "JWT_SECRET" "credential" $workload.jwtSecret) }}
{{- if include "clipscribe.isGiven" $workload.jwtSecretPrevious }}
{{ include "clipscribe.secretVariable" (dict "root" $root "group" "auth" "name" "JWT_SECRET_PREVIOUS" "credential" $workload.jwtSecretPrevious) }}
{{- end }}
{{- if $workload.admin.enabled }}
{{ include "clipscribe.secretVariable" (dict "root" $root "group" "auth" "name" "ADMIN_PASSWORD" "credential" $workload.admin.password) }}
{{- end }}
{{ include "clipscribe.usersUrl" $root }}
{{- else -}}
{{ include "clipscribe.mongoUrls" (list $root (has $workload.service (list "gateway" "converter"))) }}
{{ include "clipscribe.queueUrl" $root }}
{{- end }}
{{- if and $values.tracing.endpoint (include "clipscribe.isGiven" $values.tracing.headers) }}
{{ include "clipscribe.secretVariable" (dict "root" $root "group" "tracing" "name" "OTEL_EXPORTER_OTLP_HEADERS" "credential" $values.tracing.headers) }}
{{- end }}
{{- if and (eq $workload.service "converter") (include "clipscribe.isGiven" $workload.openaiApiKey) }}
{{ include "clipscribe.secretVariable" (dict "root" $root "group" "converter" "name" "OPENAI_API_KEY" "credential" $workload.openaiApiKey) }}
{{- end }}
{{- if and (eq $workload.service "notification") (include "clipscribe.isGiven" $workload.mailUrl) }}
{{ include "clipscribe.secretVariable" (dict "root" $root "group" "notification" "name" "MAIL_URL" "credential" $workload.mailUrl) }}
{{- end }}
{{- end -}}

{{- define "clipscribe.usersUrl" -}}
{{- if .Values.mysql.enabled -}}
{{ include "clipscribe.secretVariable" (dict "root" . "group" "mysql" "name" "MYSQL_PASSWORD" "credential" .Values.mysql.password) }}
- name: USERS_URL
  value: mysql://clipscribe_auth:$(MYSQL_PASSWORD)@{{ include "clipscribe.fullname" . }}-mysql:3306/clipscribe
{{- else -}}
{{ include "clipscribe.secretVariable" (dict "root" . "group" "mysql" "name" "USERS_URL" "credential" .Values.mysql.external) }}
{{- end -}}
{{- end -}}

{{/* (list $ true) with the address of files too */}}
{{- define "clipscribe.mongoUrls" -}}
{{- $root := first . -}}
{{- $mongodb := $root.Values.mongodb -}}
{{- if $mongodb.enabled -}}
{{ include "clipscribe.secretVariable" (dict "root" $root "group" "mongodb" "name" "MONGODB_PASSWORD" "credential" $mongodb.password) }}
- name: JOBS_URL
  value: mongodb://clipscribe:$(MONGODB_PASSWORD)@{{ include "clipscribe.fullname" $root }}-mongodb:27017/clipscribe
{{- if last . }}
- name: FILES_URL
  value: $(JOBS_URL)
{{- end }}
{{- else -}}
{{ include "clipscribe.secretVariable" (dict "root" $root "group" "mongodb" "name" "JOBS_URL" "credential" $mongodb.external) }}
{{- if last . }}
{{ include "clipscribe.secretVariable" (dict "root" $root "group" "mongodb" "name" "FILES_URL" "credential" (dict "existingSecret" $mongodb.external.existingSecret "key" (default $mongodb.external.key $mongodb.external.filesKey))) }}
{{- end }}
{{- end -}}
{{- end -}}

{{- define "clipscribe.queueUrl" -}}
{{- if .Values.rabbitmq.enabled -}}
- name: RABBITMQ_USERNAME
  value: clipscribe
{{ include "clipscribe.secretVariable" (dict "root" . "group" "rabbitmq" "name" "RABBITMQ_PASSWORD" "credential" .Values.rabbitmq.password) }}
- name: QUEUE_URL
  value: amqp://$(RABBITMQ_USERNAME):$(RABBITMQ_PASSWORD)@{{ include "clipscribe.fullname" . }}-rabbitmq:5672/%2F
{{- else -}}
{{ include "clipscribe.secretVariable" (dict "root" . "group" "rabbitmq" "name" "QUEUE_URL" "credential" .Values.rabbitmq.external) }}
{{- end -}}
{{- end -}}
