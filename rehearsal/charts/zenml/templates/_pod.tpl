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
      - cat /etc/ssl/certs/ca-certificates.crt /private-cas/*.crt > /trusted/ca-certificates.crt
    securityContext:
      {{- toYaml .root.Values.securityContext | nindent 6 }}
    resources:
      {{- toYaml .root.Values.resources | nindent 6 }}
    volumeMounts:
      - name: private-cas
        mountPath: /private-cas
        readOnly: true
      - name: trusted
        mountPath: /trusted
{{- end }}
{{- end -}}

{{- define "workspace.volumeMounts" -}}
{{- if include "workspace.hasCAs" . }}
- name: trusted
  mountPath: /trusted
  readOnly: true
{{- end }}
{{- if (include "workspace.databaseFiles" . | fromJson).files }}
- name: database-certificates
  mountPath: /database-certificates
  readOnly: true
{{- end }}
{{- if and .server.database.url (eq .server.database.backupStrategy "dump-file") }}
- name: backups
  mountPath: /backups
{{- end }}
{{- end -}}

{{/* Takes {root, server, caSecret}: the name of a Secret made from customCAs, as a format of release and CA. */}}
{{- define "workspace.volumes" -}}
{{- if include "workspace.hasCAs" . }}
- name: trusted
  emptyDir: {}
- name: private-cas
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
              path: {{ .name }}-{{ .key }}.crt
      {{- end }}
{{- end }}
{{- with (include "workspace.databaseFiles" . | fromJson).files }}
- name: database-certificates
  projected:
    sources:
      {{- range . }}
      - secret:
          name: {{ .name }}
          items:
            - key: {{ .key }}
              path: {{ .name }}-{{ .key }}
      {{- end }}
{{- end }}
{{- if and .server.database.url (eq .server.database.backupStrategy "dump-file") }}
- name: backups
  {{- if .server.database.backupPVStorageSize }}
  persistentVolumeClaim:
    claimName: {{ include "workspace.name" .root }}-db-backup
  {{- else }}
  emptyDir: {}
  {{- end }}
{{- end }}
{{- end -}}
