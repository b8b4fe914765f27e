{{- define "stoker.name" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains "stoker" .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-stoker" .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "stoker.account" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "stoker.name" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end }}

{{- define "stoker.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* Never changed by an upgrade: a selector cannot change. */}}
{{- define "stoker.selector" -}}
app.kubernetes.io/name: stoker
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "stoker.labels" -}}
{{ include "stoker.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "stoker.claim" -}}
{{ .Values.storage.claim.existing | default (include "stoker.name" .) }}
{{- end }}

{{/* What the modes share. Pods have no label of the chart's version: an upgrade replaces them only when something of theirs changes. */}}
{{- define "stoker.pod" -}}
metadata:
  labels:
    {{- include "stoker.selector" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "stoker.account" . }}
  {{- with .Values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if kindIs "slice" .Values.tolerations }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- else if eq .Values.mode "daemonset" }}
  tolerations:
    - operator: Exists
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  # Delivers what is queued; it takes 25 s at most.
  terminationGracePeriodSeconds: 30
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    seccompProfile:
      type: RuntimeDefault
  {{- if eq .Values.storage.kind "hostPath" }}
  initContainers:
    # A folder of the node belongs to root until somebody gives it away.
    - name: own-storage
      image: {{ include "stoker.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      command: [chown, "10001:10001", /var/lib/stoker]
      securityContext:
        runAsNonRoot: false
        runAsUser: 0
        runAsGroup: 0
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
          add: [CHOWN]
      resources:
        requests:
          cpu: 10m
          memory: 16Mi
        limits:
          memory: 64Mi
      volumeMounts:
        - name: storage
          mountPath: /var/lib/stoker
  {{- end }}
  containers:
    - name: stoker
      image: {{ include "stoker.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      # The folder is always the volume's, whatever a config of your own says.
      args: [run, /etc/stoker, --listen, {{ if has "IPv6" .Values.ipFamilies }}"[::]:12345"{{ else }}"0.0.0.0:12345"{{ end }}, --storage, /var/lib/stoker]
      env:
        - name: NODE_NAME
          valueFrom:
            fieldRef:
              fieldPath: spec.nodeName
        {{- with .Values.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        - name: http
          containerPort: 12345
      readinessProbe:
        httpGet:
          path: /-/ready
          port: http
      livenessProbe:
        httpGet:
          path: /-/healthy
          port: http
        periodSeconds: 20
        failureThreshold: 3
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      volumeMounts:
        - name: config
          mountPath: /etc/stoker
          readOnly: true
        - name: storage
          mountPath: /var/lib/stoker
        {{- with .Values.volumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: config
      configMap:
        name: {{ include "stoker.name" . }}
    - name: storage
      {{- if eq .Values.storage.kind "hostPath" }}
      hostPath:
        path: {{ .Values.storage.hostPath }}
        type: DirectoryOrCreate
      {{- else if eq .Values.storage.kind "claim" }}
      persistentVolumeClaim:
        claimName: {{ include "stoker.claim" . }}
      {{- else }}
      emptyDir:
        sizeLimit: {{ .Values.storage.size }}
      {{- end }}
    {{- with .Values.volumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}
