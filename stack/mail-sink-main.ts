import { startMailSink } from './mail-sink.ts';

/** The mail sink as a process of its own, until it gets a signal: `node mail-sink-main.ts <folder> <port>`. */
const [folder = 'outbox', port = '0'] = process.argv.slice(2);
const sink = await startMailSink(folder, Number(port));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sink.stop());
