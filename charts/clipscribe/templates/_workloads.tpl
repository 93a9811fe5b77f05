{{/* "yes" when an autoscaler says how many pods there are, and nobody else may: (list $ name) */}}
{{- define "clipscribe.isAutoscaled" -}}
{{- $values := (first .).Values -}}
{{- if and $values.autoscaling.enabled (eq (last .) "gateway") -}}yes{{- end -}}
{{- if and $values.keda.enabled (hasPrefix "converter" (last .)) -}}yes{{- end -}}
{{- end -}}

{{/* Where conversions work: (list $ name tempDir) */}}
{{- define "clipscribe.tempVolume" -}}
{{- $tempDir := last . -}}
{{- if $tempDir.storageClassName -}}
ephemeral:
  volumeClaimTemplate:
    metadata:
      labels:
        {{- include "clipscribe.selectorLabels" (list (index . 0) (index . 1)) | nindent 8 }}
    spec:
      accessModes: [ReadWriteOnce]
      storageClassName: {{ $tempDir.storageClassName }}
      resources:
        requests:
          storage: {{ $tempDir.size }}
{{- else -}}
emptyDir:
  {{- with $tempDir.medium }}
  medium: {{ . }}
  {{- end }}
  sizeLimit: {{ $tempDir.size }}
{{- end -}}
{{- end -}}
