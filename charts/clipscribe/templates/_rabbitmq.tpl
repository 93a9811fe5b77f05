{{- define "clipscribe.rabbitmqConfig" -}}
20-clipscribe.conf: |
  vm_memory_high_watermark.absolute = {{ .Values.rabbitmq.memoryWatermark }}
  disk_free_limit.absolute = {{ .Values.rabbitmq.diskFreeLimit }}
  # Nobody signs in as guest: there is no such user.
  log.console = true
  log.console.level = warning
  management.rates_mode = basic
enabled_plugins: |
  [rabbitmq_management,rabbitmq_prometheus].
{{- end -}}
