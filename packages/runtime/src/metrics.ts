import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The metrics of one service. Each service has a registry of its own, so that several can share a process. */
export interface Metrics {
  registry: Registry;
  httpRequestSeconds: Histogram<'method' | 'route' | 'status'>;
  /** Messages by what became of them. */
  messages: Counter<'queue' | 'outcome'>;
  /** Seconds from the upload, or from asking for another run, to the end of the run. */
  jobSeconds: Histogram<'outcome'>;
  /** Seconds that attempts at the stages of jobs took; a stage is named as its queue. */
  stageSeconds: Histogram<'stage' | 'outcome'>;
  /** Seconds of audio that speech engines were asked for and gave an answer to. */
  transcribedSeconds: Counter<'engine' | 'model'>;
  /** Notices of jobs by what became of them. */
  mails: Counter<'outcome'>;
  /** 1 while the mail server refuses our login, so that no mail is sent: something to be woken up for. */
  mailPaused: Gauge;
}

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    httpRequestSeconds: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Seconds from the request line to the end of the answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600],
      registers: [registry],
    }),
    messages: new Counter({
      name: 'clipscribe_messages_total',
      help: 'Messages handled, by queue and outcome.',
      labelNames: ['queue', 'outcome'],
      registers: [registry],
    }),
    jobSeconds: new Histogram({
      name: 'clipscribe_job_duration_seconds',
      help: 'Seconds from the upload, or from asking for another run, to the end, by outcome.',
      labelNames: ['outcome'],
      buckets: [5, 15, 30, 60, 120, 300, 600, 1800, 3600, 14_400, 86_400],
      registers: [registry],
    }),
    stageSeconds: new Histogram({
      name: 'clipscribe_stage_duration_seconds',
      help: 'Seconds an attempt at a stage of a job took, by stage and outcome.',
      labelNames: ['stage', 'outcome'],
      buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 1200],
      registers: [registry],
    }),
    transcribedSeconds: new Counter({
      name: 'clipscribe_transcribed_seconds_total',
      help: 'Seconds of audio that speech engines were asked for and answered, by engine and model.',
      labelNames: ['engine', 'model'],
      registers: [registry],
    }),
    mails: new Counter({
      name: 'clipscribe_mails_total',
      help: 'Mails that tell owners how their jobs ended, by outcome.',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    mailPaused: new Gauge({
      name: 'clipscribe_mail_paused',
      help: '1 while no mail is sent because the mail server refuses our login, else 0.',
      registers: [registry],
    }),
  };
}
