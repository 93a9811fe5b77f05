/** Secrets of the operator's, so that nothing is made at random and a rendering is always the same. */
export const given = {
  components: {
    auth: {
      jwtSecret: { existingSecret: 'clipscribe-keys' },
      admin: { password: { existingSecret: 'clipscribe-keys' } },
    },
  },
  mysql: {
    rootPassword: { existingSecret: 'clipscribe-servers', key: 'mysql-root' },
    password: { existingSecret: 'clipscribe-servers', key: 'mysql' },
  },
  mongodb: {
    rootPassword: { existingSecret: 'clipscribe-servers', key: 'mongodb-root' },
    password: { existingSecret: 'clipscribe-servers', key: 'mongodb' },
  },
  rabbitmq: {
    password: { existingSecret: 'clipscribe-servers', key: 'rabbitmq' },
    erlangCookie: { existingSecret: 'clipscribe-servers', key: 'rabbitmq-cookie' },
  },
};

/** As in production: servers that others run, roles apart, everything scaled by what there is to do. */
export const production = {
  image: { registry: 'registry.example.org/media', pullSecrets: [{ name: 'registry' }] },
  components: {
    auth: {
      replicas: 2,
      jwtSecret: { existingSecret: 'clipscribe-auth-keys' },
      jwtSecretPrevious: { existingSecret: 'clipscribe-auth-keys' },
      admin: { enabled: false },
    },
    gateway: { config: { TRUST_PROXY: 1, MAX_UPLOAD: '5GB', KEEP_SOURCES: '30d' } },
    converter: {
      roles: 'split',
      config: { TRANSCRIBER: 'openai' },
      openaiApiKey: { existingSecret: 'openai' },
      tempDir: { storageClassName: 'fast' },
      video: { resources: { limits: { cpu: '4', memory: '4Gi' } }, nodeSelector: { disk: 'fast' } },
      transcribe: { tempDir: { size: '2Gi', storageClassName: '' } },
    },
    notification: { mailUrl: { existingSecret: 'mail' }, config: { MAIL_FROM: 'clips <clips@example.org>' } },
  },
  mysql: { enabled: false, external: { existingSecret: 'users-database' } },
  mongodb: { enabled: false, external: { existingSecret: 'jobs-database', filesKey: 'FILES_URL' } },
  rabbitmq: { enabled: false, external: { existingSecret: 'broker', port: 5671 } },
  ingress: { enabled: true, className: 'nginx', host: 'clips.example.org', tlsSecret: 'clips-tls' },
  autoscaling: { enabled: true },
  keda: { enabled: true, external: { existingSecret: 'broker-management' } },
  monitoring: {
    podMonitor: { enabled: true },
    rules: { enabled: true },
    dashboard: { enabled: true },
  },
  tracing: {
    endpoint: 'http://collector.monitoring:4318',
    sampleRatio: 0.1,
    headers: { existingSecret: 'collector' },
  },
};

/** Everything that can be switched on beside servers of the chart's own. */
export const everything = {
  ...given,
  commonLabels: { team: 'media' },
  components: {
    ...given.components,
    gateway: { service: { type: 'NodePort', nodePort: 30080 }, affinity: { podAntiAffinity: {} } },
    converter: { replicas: 3, tempDir: { medium: 'Memory', size: '512Mi' } },
    notification: { tolerations: [{ key: 'spot', operator: 'Exists', effect: 'NoSchedule' }] },
  },
  mailpit: { enabled: true },
  ingress: { enabled: true },
  httpRoute: { enabled: true, parentRefs: [{ name: 'edge' }], hostnames: ['clips.example.org'] },
  autoscaling: { enabled: true },
  keda: { enabled: true },
  networkPolicy: { gatewayFrom: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
  monitoring: {
    podMonitor: { enabled: true, labels: { release: 'prometheus' } },
    rules: { enabled: true, labels: { release: 'prometheus' } },
    dashboard: { enabled: true, annotations: { folder: 'media' } },
  },
  tracing: { endpoint: 'http://collector.monitoring:4318' },
};

/** What is rendered by each Helm, and checked by all policies. */
export const matrix: Readonly<Record<string, object>> = {
  default: given,
  production,
  everything,
  'split roles': { ...given, components: { ...given.components, converter: { roles: 'split' } } },
  'no network policies': { ...given, networkPolicy: { enabled: false } },
  'another name': { ...given, fullnameOverride: 'media' },
  'IPv6 alone': { ...given, listenHost: '::' },
};
