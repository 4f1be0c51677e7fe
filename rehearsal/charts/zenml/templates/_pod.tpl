{{/* Pod settings that server and migration share. Takes {root, server}. */}}
{{- define "workspace.pod" -}}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if include "workspace.hasCAs" . }}
initContainers:
  - name: update-ca-certificates
    image: {{ include "workspace.image" . }}
    imagePullPolicy: {{ .server.image.pullPolicy }}
    command: [/bin/sh, -ec]
    args:
      - cat /etc/ssl/certs/ca-certificates.crt /custom-certs/*.crt > /updated-certs/ca-certificates.crt
    volumeMounts:
      - name: custom-certs
        mountPath: /custom-certs
        readOnly: true
      - name: ca-certificates
        mountPath: /updated-certs
{{- end }}
{{- end -}}

{{- define "workspace.volumeMounts" -}}
{{- if include "workspace.hasCAs" . }}
- name: ca-certificates
  mountPath: /updated-certs
  readOnly: true
{{- end }}
{{- if (include "workspace.databaseFiles" . | fromJson).files }}
- name: db-certs
  mountPath: /dbcerts
  readOnly: true
{{- end }}
{{- end -}}

{{/* Takes {root, server, caSecret}: the name of a Secret made from customCAs, as a format of release and CA. */}}
{{- define "workspace.volumes" -}}
{{- if include "workspace.hasCAs" . }}
- name: ca-certificates
  emptyDir: {}
- name: custom-certs
  projected:
    sources:
      {{- $format := .caSecret }}
      {{- $name := include "workspace.name" .root }}
      {{- range .server.certificates.customCAs }}
      - secret:
          name: {{ printf $format $name .name }}
          items:
            - key: certificate
              path: {{ .name }}.crt
      {{- end }}
      {{- range .server.certificates.secretRefs }}
      - secret:
          name: {{ .name }}
          items:
            - key: {{ .key }}
              path: {{ .name }}.crt
      {{- end }}
{{- end }}
{{- with (include "workspace.databaseFiles" . | fromJson).files }}
- name: db-certs
  projected:
    sources:
      {{- range . }}
      - secret:
          name: {{ .name }}
          items:
            - key: {{ .key }}
              path: {{ .key }}
      {{- end }}
{{- end }}
{{- end -}}
