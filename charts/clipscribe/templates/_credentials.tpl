{{/*
Where a credential is: its own Secret if one is named, else the one that this chart keeps for `group`.
(dict "root" $ "group" "auth" "credential" values)
*/}}
{{- define "clipscribe.secretName" -}}
{{- default (printf "%s-%s" (include "clipscribe.fullname" .root) .group) .credential.existingSecret -}}
{{- end -}}

{{/* A variable from a credential: as above, with "name". */}}
{{- define "clipscribe.secretVariable" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ include "clipscribe.secretName" . }}
      key: {{ .credential.key }}
{{- end -}}

{{/* "yes" when there is such a credential, though it is not made at random. */}}
{{- define "clipscribe.isGiven" -}}
{{- if or .existingSecret .value -}}yes{{- end -}}
{{- end -}}

{{/*
The data of the Secret that is kept for a group: what is in no Secret of the operator's, as a value, as an earlier
install has left it, or new at random.
(dict "root" $ "group" "auth" "random" (list credential …) "given" (list credential …))
*/}}
{{- define "clipscribe.secretData" -}}
{{- $name := printf "%s-%s" (include "clipscribe.fullname" .root) .group -}}
{{- $before := (lookup "v1" "Secret" .root.Release.Namespace $name).data | default dict -}}
{{- range .random -}}
{{- if not .existingSecret }}
{{ .key }}: {{ if .value }}{{ .value | b64enc }}{{ else if hasKey $before .key }}{{ index $before .key }}{{ else }}{{ randAlphaNum 40 | b64enc }}{{ end }}
{{- end -}}
{{- end -}}
{{- range .given -}}
{{- if and .value (not .existingSecret) }}
{{ .key }}: {{ .value | b64enc }}
{{- end -}}
{{- end -}}
{{- end -}}
