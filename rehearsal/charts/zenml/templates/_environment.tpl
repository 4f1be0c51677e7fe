{{/* Plain variables of the server and of the migration, as a YAML map. Takes {root, server}. */}}
{{- define "workspace.variables" -}}
{{- $server := .server -}}
{{- $all := dict "ZENML_SERVER" "True" "NODE_OPTIONS" "--use-openssl-ca" -}}
{{- $_ := set $all "ZENML_LOGGING_VERBOSITY" ($server.logging.verbosity | default "info" | upper) -}}
{{- with $server.logging.format -}}{{- $_ := set $all "ZENML_CONSOLE_LOGGING_FORMAT" . -}}{{- end -}}
{{- if hasKey $server.logging "colorsDisabled" -}}{{- $_ := set $all "ZENML_LOGGING_COLORS_DISABLED" ($server.logging.colorsDisabled | ternary "True" "False") -}}{{- end -}}
{{- if $server.proxyHeaders.enabled -}}
{{- $_ := set $all "UVICORN_PROXY_HEADERS" "True" -}}
{{- $_ := set $all "FORWARDED_ALLOW_IPS" $server.proxyHeaders.forwardedAllowIPs -}}
{{- end -}}
{{- with $server.openTelemetry.endpoint -}}{{- $_ := set $all "ZENML_SERVER_OTEL_EXPORTER_OTLP_ENDPOINT" . -}}{{- end -}}
{{- with $server.openTelemetry.serviceName -}}{{- $_ := set $all "ZENML_SERVER_OTEL_SERVICE_NAME" . -}}{{- end -}}
{{- $_ := set $all "ZENML_ANALYTICS_OPT_IN" ($server.analyticsOptIn | ternary "True" "False") -}}
{{- $_ := set $all "ZENML_DEFAULT_PROJECT_NAME" $server.defaultProject -}}
{{- with $server.serverURL -}}{{- $_ := set $all "ZENML_SERVER_SERVER_URL" . -}}{{- end -}}
{{- with $server.threadPoolSize -}}{{- $_ := set $all "ZENML_SERVER_THREAD_POOL_SIZE" (toString .) -}}{{- end -}}
{{- with $server.authThreadPoolSize -}}{{- $_ := set $all "ZENML_SERVER_AUTH_THREAD_POOL_SIZE" (toString .) -}}{{- end -}}
{{- with $server.requestTimeout -}}{{- $_ := set $all "ZENML_SERVER_REQUEST_TIMEOUT" (toString .) -}}{{- end -}}
{{- with $server.requestCacheTimeout -}}{{- $_ := set $all "ZENML_SERVER_REQUEST_CACHE_TIMEOUT" (toString .) -}}{{- end -}}
{{- with $server.auth.jwtTokenExpireMinutes -}}{{- $_ := set $all "ZENML_SERVER_JWT_TOKEN_EXPIRE_MINUTES" (toString .) -}}{{- end -}}
{{- with $server.auth.authCookieDomain -}}{{- $_ := set $all "ZENML_SERVER_AUTH_COOKIE_DOMAIN" . -}}{{- end -}}
{{- if $server.pro.enabled -}}
{{- $_ := set $all "ZENML_SERVER_DEPLOYMENT_TYPE" "cloud" -}}
{{- $_ := set $all "ZENML_SERVER_PRO_API_URL" $server.pro.apiURL -}}
{{- $_ := set $all "ZENML_SERVER_PRO_DASHBOARD_URL" $server.pro.dashboardURL -}}
{{- $_ := set $all "ZENML_SERVER_PRO_OAUTH2_AUDIENCE" $server.pro.apiURL -}}
{{- $_ := set $all "ZENML_SERVER_PRO_ORGANIZATION_ID" ($server.pro.organizationID | default "") -}}
{{- $_ := set $all "ZENML_SERVER_PRO_ORGANIZATION_NAME" ($server.pro.organizationName | default "") -}}
{{- $_ := set $all "ZENML_SERVER_PRO_WORKSPACE_ID" ($server.pro.workspaceID | default "") -}}
{{- $_ := set $all "ZENML_SERVER_PRO_WORKSPACE_NAME" ($server.pro.workspaceName | default "") -}}
{{- with $server.pro.extraCorsOrigins -}}{{- $_ := set $all "ZENML_SERVER_CORS_ALLOW_ORIGINS" (join "," .) -}}{{- end -}}
{{- else -}}
{{- $_ := set $all "ZENML_SERVER_DEPLOYMENT_TYPE" "kubernetes" -}}
{{- $_ := set $all "ZENML_SERVER_AUTH_SCHEME" $server.auth.authType -}}
{{- with $server.dashboardURL -}}{{- $_ := set $all "ZENML_SERVER_DASHBOARD_URL" . -}}{{- end -}}
{{- with $server.auth.corsAllowOrigins -}}{{- $_ := set $all "ZENML_SERVER_CORS_ALLOW_ORIGINS" (join "," .) -}}{{- end -}}
{{- end -}}
{{- if $server.secretsStore.enabled -}}
{{- if ne $server.secretsStore.type "sql" -}}{{- fail "this sample chart only has the secrets store sql" -}}{{- end -}}
{{- $_ := set $all "ZENML_SECRETS_STORE_TYPE" "sql" -}}
{{- else -}}
{{- $_ := set $all "ZENML_SECRETS_STORE_TYPE" "none" -}}
{{- end -}}
{{- if $server.database.url -}}
{{- $_ := set $all "ZENML_STORE_TYPE" "sql" -}}
{{- $_ := set $all "ZENML_STORE_AUTH_MODE" $server.database.authMode -}}
{{- with $server.database.awsRegion -}}{{- $_ := set $all "ZENML_STORE_AWS_REGION" . -}}{{- end -}}
{{- with $server.database.awsRdsIamRoleArn -}}{{- $_ := set $all "ZENML_STORE_AWS_RDS_IAM_ROLE_ARN" . -}}{{- end -}}
{{- if $server.database.ssl -}}{{- $_ := set $all "ZENML_STORE_SSL" "True" -}}{{- end -}}
{{- $_ := set $all "ZENML_STORE_SSL_VERIFY_SERVER_CERT" ($server.database.sslVerifyServerCert | ternary "True" "False") -}}
{{- $_ := set $all "ZENML_STORE_BACKUP_STRATEGY" $server.database.backupStrategy -}}
{{- if eq $server.database.backupStrategy "dump-file" -}}{{- $_ := set $all "ZENML_STORE_BACKUP_DIRECTORY" "/backups" -}}{{- end -}}
{{- if eq $server.database.backupStrategy "database" -}}{{- $_ := set $all "ZENML_STORE_BACKUP_DATABASE" (required "server.database.backupDatabase is needed" $server.database.backupDatabase) -}}{{- end -}}
{{- with $server.database.poolSize -}}{{- $_ := set $all "ZENML_STORE_POOL_SIZE" (toString .) -}}{{- end -}}
{{- with $server.database.maxOverflow -}}{{- $_ := set $all "ZENML_STORE_MAX_OVERFLOW" (toString .) -}}{{- end -}}
{{- range (include "workspace.databaseFiles" . | fromJson).files -}}{{- $_ := set $all .variable (printf "/dbcerts/%s" .key) -}}{{- end -}}
{{- end -}}
{{- if include "workspace.hasCAs" . -}}
{{- $_ := set $all "REQUESTS_CA_BUNDLE" "/updated-certs/ca-certificates.crt" -}}
{{- $_ := set $all "SSL_CERT_FILE" "/updated-certs/ca-certificates.crt" -}}
{{- end -}}
{{- if $server.proxy.enabled -}}
{{- $_ := set $all "HTTP_PROXY" $server.proxy.httpProxy -}}
{{- $_ := set $all "HTTPS_PROXY" $server.proxy.httpsProxy -}}
{{- $_ := set $all "NO_PROXY" (concat (list $server.proxy.noProxy) $server.proxy.additionalNoProxy | join ",") -}}
{{- end -}}
{{- range $name, $value := $server.environment -}}{{- $_ := set $all $name (toString $value) -}}{{- end -}}
{{- toYaml $all -}}
{{- end -}}

{{/* The env list of a container. Takes {root, server}. */}}
{{- define "workspace.env" -}}
{{- range $name, $value := include "workspace.variables" . | fromYaml }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- if and .server.database.url .server.database.passwordSecretRef }}
- name: ZENML_STORE_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ .server.database.passwordSecretRef.name }}
      key: {{ .server.database.passwordSecretRef.key }}
{{- end }}
{{- if and .server.pro.enabled .server.pro.enrollmentKeySecretRef }}
- name: ZENML_SERVER_PRO_OAUTH2_CLIENT_SECRET
  valueFrom:
    secretKeyRef:
      name: {{ .server.pro.enrollmentKeySecretRef.name }}
      key: {{ .server.pro.enrollmentKeySecretRef.key }}
{{- end }}
{{- range .server.environmentSecretKeyRefs }}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secretName }}
      key: {{ .secretKey }}
{{- end }}
{{- end -}}

{{/* Secret variables of the database and the secrets store; the migration needs no others. Takes {root, server}. */}}
{{- define "workspace.storeSecrets" -}}
{{- $all := dict -}}
{{- with .server.database.url -}}{{- $_ := set $all "ZENML_STORE_URL" (b64enc .) -}}{{- end -}}
{{- range $key, $variable := dict "sslCa" "ZENML_STORE_SSL_CA" "sslCert" "ZENML_STORE_SSL_CERT" "sslKey" "ZENML_STORE_SSL_KEY" -}}
{{- $source := get $.server.database $key | default dict -}}
{{- with $source.value -}}{{- $_ := set $all $variable (b64enc .) -}}{{- end -}}
{{- end -}}
{{- with .server.secretsStore.sql.encryptionKey -}}{{- $_ := set $all "ZENML_SECRETS_STORE_ENCRYPTION_KEY" (b64enc .) -}}{{- end -}}
{{- range $name, $value := .server.secretEnvironment -}}{{- $_ := set $all $name (toString $value | b64enc) -}}{{- end -}}
{{- toYaml $all -}}
{{- end -}}

{{/* All secret variables of the server but the signing key. Takes {root, server}. */}}
{{- define "workspace.givenSecrets" -}}
{{- $all := include "workspace.storeSecrets" . | fromYaml -}}
{{- if and .server.pro.enabled .server.pro.enrollmentKey .server.pro.enrollmentKeySecretRef -}}
{{- fail "only one of server.pro.enrollmentKey and server.pro.enrollmentKeySecretRef can be given" -}}
{{- end -}}
{{- if and .server.pro.enabled (not .server.pro.enrollmentKeySecretRef) -}}
{{- $_ := set $all "ZENML_SERVER_PRO_OAUTH2_CLIENT_SECRET" (.server.pro.enrollmentKey | default (randAlphaNum 64) | b64enc) -}}
{{- end -}}
{{- toYaml $all -}}
{{- end -}}

{{/* The signing key in base64: the given one, else that of the installed release, else a new one. Takes {root, server}. */}}
{{- define "workspace.signingKey" -}}
{{- $installed := lookup "v1" "Secret" .root.Release.Namespace (include "workspace.name" .root) -}}
{{- if .server.auth.jwtSecretKey -}}
{{- b64enc .server.auth.jwtSecretKey -}}
{{- else if and $installed (hasKey $installed "data") (hasKey $installed.data "ZENML_SERVER_JWT_SECRET_KEY") -}}
{{- get $installed.data "ZENML_SERVER_JWT_SECRET_KEY" -}}
{{- else -}}
{{- randAlphaNum 64 | b64enc -}}
{{- end -}}
{{- end -}}
