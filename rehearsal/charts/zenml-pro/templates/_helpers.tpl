{{/* Prefix of all object names: the release name, which is zenml-pro by default. */}}
{{- define "controlplane.name" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains (.Values.nameOverride | default .Chart.Name) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (.Values.nameOverride | default .Chart.Name) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Labels that never change in the life of a release. Takes {root, component}. */}}
{{- define "controlplane.selector" -}}
app.kubernetes.io/name: {{ .root.Values.nameOverride | default .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "controlplane.labels" -}}
{{ include "controlplane.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.Version | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "controlplane.apiImage" -}}
{{ .Values.zenml.image.api.repository }}:{{ .Values.zenml.image.api.tag | default .Chart.Version }}
{{- end -}}

{{- define "controlplane.dashboardImage" -}}
{{ .Values.zenml.image.dashboard.repository }}:{{ .Values.zenml.image.dashboard.tag | default .Chart.Version }}
{{- end -}}

{{/* "yes" when private CAs are given. */}}
{{- define "controlplane.hasCAs" -}}
{{- if or .Values.zenml.certificates.customCAs .Values.zenml.certificates.secretRefs -}}yes{{- end -}}
{{- end -}}

{{/* The given administrator password, else the one of the installed release, else a new one. */}}
{{- define "controlplane.adminPassword" -}}
{{- $given := .Values.zenml.auth.password.adminPassword -}}
{{- $installed := lookup "v1" "Secret" .Release.Namespace (include "controlplane.name" .) -}}
{{- if $given -}}
{{- $given -}}
{{- else if and $installed (hasKey $installed "data") (hasKey $installed.data "ZENML_CLOUD_ADMIN_PASSWORD") -}}
{{- get $installed.data "ZENML_CLOUD_ADMIN_PASSWORD" | b64dec -}}
{{- else -}}
{{- randAlphaNum 32 -}}
{{- end -}}
{{- end -}}

{{/* Secret settings of the API: login of the administrator and the database. */}}
{{- define "controlplane.secretData" -}}
{{- $db := .Values.zenml.database.external -}}
ZENML_CLOUD_ADMIN_USERNAME: {{ .Values.zenml.auth.password.adminUsername | b64enc | quote }}
ZENML_CLOUD_ADMIN_PASSWORD: {{ include "controlplane.adminPassword" . | b64enc | quote }}
{{ include "controlplane.databaseData" . }}
{{- with .Values.zenml.auth.sso.clientSecret }}
ZENML_CLOUD_OIDC_CLIENT_SECRET: {{ . | b64enc | quote }}
{{- end }}
{{- end -}}

{{- define "controlplane.databaseData" -}}
{{- $db := .Values.zenml.database.external -}}
{{- if not (has $db.type (list "postgres" "mysql")) -}}
{{- fail (printf "zenml.database.external.type is postgres or mysql, not %v" $db.type) -}}
{{- end -}}
ZENML_CLOUD_DATABASE_TYPE: {{ $db.type | default "" | b64enc | quote }}
ZENML_CLOUD_DATABASE_HOST: {{ required "zenml.database.external.host is needed" ($db.host | default "") | b64enc | quote }}
ZENML_CLOUD_DATABASE_PORT: {{ $db.port | default (eq $db.type "postgres" | ternary 5432 3306) | int | toString | b64enc | quote }}
ZENML_CLOUD_DATABASE_USERNAME: {{ required "zenml.database.external.username is needed" ($db.username | default "") | b64enc | quote }}
ZENML_CLOUD_DATABASE_NAME: {{ required "zenml.database.external.database is needed" ($db.database | default "") | b64enc | quote }}
{{- if not $db.passwordSecretRef }}
ZENML_CLOUD_DATABASE_PASSWORD: {{ required "zenml.database.external.password is needed" ($db.password | default "") | b64enc | quote }}
{{- end }}
{{- end -}}

{{/* Plain settings of the API and of the migration. */}}
{{- define "controlplane.environment" -}}
- name: ZENML_CLOUD_SERVER_URL
  value: {{ required "zenml.serverURL is needed" .Values.zenml.serverURL | quote }}
- name: ZENML_CLOUD_ANALYTICS_OPT_IN
  value: {{ .Values.zenml.analyticsOptIn | quote }}
- name: ZENML_CLOUD_PASSWORD_AUTH_ENABLED
  value: {{ .Values.zenml.auth.password.enabled | quote }}
- name: ZENML_CLOUD_LOGGING_VERBOSITY
  value: {{ .Values.zenml.debug | ternary "DEBUG" "INFO" | quote }}
{{- with .Values.zenml.apiRootPath }}
- name: ZENML_CLOUD_ROOT_PATH
  value: {{ . | quote }}
{{- end }}
{{- with .Values.zenml.auth.authCookieDomain }}
- name: ZENML_CLOUD_AUTH_COOKIE_DOMAIN
  value: {{ . | quote }}
{{- end }}
{{- if .Values.zenml.auth.sso.enabled }}
- name: ZENML_CLOUD_OIDC_CONFIGURATION_ENDPOINT
  value: {{ .Values.zenml.auth.sso.oidcConfigurationEndpoint | quote }}
- name: ZENML_CLOUD_OIDC_CLIENT_ID
  value: {{ .Values.zenml.auth.sso.clientID | quote }}
{{- end }}
{{- if .Values.zenml.proxy.enabled }}
- name: HTTP_PROXY
  value: {{ .Values.zenml.proxy.httpProxy | quote }}
- name: HTTPS_PROXY
  value: {{ .Values.zenml.proxy.httpsProxy | quote }}
- name: NO_PROXY
  value: {{ .Values.zenml.proxy.noProxy | quote }}
{{- end }}
{{- with .Values.zenml.database.external.passwordSecretRef }}
- name: ZENML_CLOUD_DATABASE_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ .name }}
      key: {{ .key }}
{{- end }}
{{- if include "controlplane.hasCAs" . }}
- name: REQUESTS_CA_BUNDLE
  value: /trusted/ca-certificates.crt
- name: SSL_CERT_FILE
  value: /trusted/ca-certificates.crt
{{- end }}
{{- range $name, $value := .Values.zenml.environment }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}

{{/* Adds the private CAs to the system's bundle before the server starts. */}}
{{- define "controlplane.caInit" -}}
- name: update-ca-certificates
  image: {{ include "controlplane.apiImage" . }}
  imagePullPolicy: {{ .Values.zenml.image.api.pullPolicy }}
  command: [/bin/sh, -ec]
  args:
    - cat /etc/ssl/certs/ca-certificates.crt /private-cas/*.crt > /trusted/ca-certificates.crt
  volumeMounts:
    - name: private-cas
      mountPath: /private-cas
      readOnly: true
    - name: trusted
      mountPath: /trusted
{{- end -}}

{{/* Volumes of the CA bundle. Takes {root, secretPrefix}: the prefix of the Secrets made from customCAs. */}}
{{- define "controlplane.caVolumes" -}}
- name: trusted
  emptyDir: {}
- name: private-cas
  projected:
    sources:
      {{- $prefix := .secretPrefix }}
      {{- range .root.Values.zenml.certificates.customCAs }}
      - secret:
          name: {{ printf "%s-ca-%s" $prefix .name }}
          items:
            - key: certificate
              path: {{ .name }}.crt
      {{- end }}
      {{- range .root.Values.zenml.certificates.secretRefs }}
      - secret:
          name: {{ .name }}
          items:
            - key: {{ .key }}
              path: {{ .name }}-{{ .key }}.crt
      {{- end }}
{{- end -}}

{{/* What every pod has in common. Takes the root. */}}
{{- define "controlplane.podCommon" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
