{{/* Settings of the server as JSON: `server`, overridden by the deprecated `zenml`. */}}
{{- define "workspace.settings" -}}
{{- mustMergeOverwrite (deepCopy .Values.server) (.Values.zenml | default dict | deepCopy) | toJson -}}
{{- end -}}

{{/* Prefix of all object names. */}}
{{- define "workspace.name" -}}
{{- $chart := .Values.nameOverride | default .Chart.Name -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $chart .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $chart | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Labels that never change in the life of a release; pods of every kind have them. Takes {root, server}. */}}
{{- define "workspace.selector" -}}
app.kubernetes.io/name: {{ .root.Values.nameOverride | default .root.Chart.Name }}
app.kubernetes.io/instance: {{ .server.instanceLabel | default .root.Release.Name }}
{{- end -}}

{{/* Takes {root, server}. */}}
{{- define "workspace.labels" -}}
{{ include "workspace.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.Version | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Takes {root, server}. */}}
{{- define "workspace.image" -}}
{{ .server.image.repository }}:{{ .server.image.tag | default .root.Chart.Version }}
{{- end -}}

{{- define "workspace.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "workspace.name" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "workspace.hasCAs" -}}
{{- if or .server.certificates.customCAs .server.certificates.secretRefs -}}yes{{- end -}}
{{- end -}}

{{/* JSON list of {variable, name, key}: certificates of the database that lie in Secrets. */}}
{{- define "workspace.databaseFiles" -}}
{{- $files := list -}}
{{- $database := .server.database -}}
{{- range $key, $variable := dict "sslCa" "ZENML_STORE_SSL_CA" "sslCert" "ZENML_STORE_SSL_CERT" "sslKey" "ZENML_STORE_SSL_KEY" -}}
{{- $source := get $database $key | default dict -}}
{{- with $source.secretRef -}}
{{- $files = append $files (dict "variable" $variable "name" .name "key" .key) -}}
{{- end -}}
{{- end -}}
{{- dict "files" $files | toJson -}}
{{- end -}}
