{{/* The names of all objects begin with it. */}}
{{- define "postrider.name" -}}
{{- if contains "postrider" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}{{ printf "%s-postrider" (.Release.Name | trunc 30 | trimSuffix "-") }}{{ end }}
{{- end }}

{{/* By what services, budgets and monitors find pods. Takes (list root component). */}}
{{- define "postrider.selector" -}}
app.kubernetes.io/name: postrider
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* Takes (list root component). */}}
{{- define "postrider.labels" -}}
{{ include "postrider.selector" . }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ printf "postrider-%s" (index . 0).Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "postrider.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ include "postrider.name" . }}
{{- else }}{{ .Values.serviceAccount.name | default "default" }}{{ end }}
{{- end }}

{{/* How long Kubernetes waits before it kills a pod: for the pause before the stop, the stop itself, and a reserve. */}}
{{- define "postrider.graceSeconds" -}}
{{- $shutdownMs := .Values.settings.SHUTDOWN_TIMEOUT_MS | default 25000 | float64 }}
{{- add 10 (divf $shutdownMs 1000 | ceil) }}
{{- end }}

{{/* What each pod has, whatever runs in it. Takes (list root component). */}}
{{- define "postrider.pod" -}}
{{- $root := index . 0 -}}
automountServiceAccountToken: false
# A Service named "worker" would set WORKER_PORT.
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
terminationGracePeriodSeconds: {{ include "postrider.graceSeconds" $root }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "postrider.selector" . | nindent 8 }}
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- range $field := list "nodeSelector" "tolerations" "affinity" "priorityClassName" "volumes" }}
{{- with get $root.Values $field }}
{{ $field }}: {{ toJson . }}
{{- end }}
{{- end }}
{{- end }}

{{/* What each container has. The values of settings are text, and long numbers stay whole in JSON. */}}
{{- define "postrider.container" -}}
image: {{ printf "%s:%s" (required "image.repository: where you have pushed the image" .Values.image.repository) (.Values.image.tag | default .Chart.AppVersion) }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
env:
  - { name: PORT, value: "3000" }
  - { name: WORKER_PORT, value: "3001" }
  {{- range $name, $value := .Values.settings }}
  - name: {{ $name }}
    value: {{ kindIs "string" $value | ternary $value (toJson $value) | quote }}
  {{- end }}
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
envFrom:
  - secretRef: { name: {{ required "existingSecret: a Secret with DATABASE_URL, REDIS_URL, ENCRYPTION_KEY and API_CREDENTIALS" .Values.existingSecret }} }
{{- with .Values.volumeMounts }}
volumeMounts: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Live: restart it when not. Ready: it gets requests, and a rollout goes on. Takes the name of the port. */}}
{{- define "postrider.probes" -}}
startupProbe:
  httpGet: { path: /health/live, port: {{ . }} }
  periodSeconds: 2
  failureThreshold: 30
livenessProbe:
  httpGet: { path: /health/live, port: {{ . }} }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /health/ready, port: {{ . }} }
  periodSeconds: 5
  timeoutSeconds: 3
{{- end }}
