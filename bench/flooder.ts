import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** What the process is told to do. */
export interface Flood {
  url: string;
  requests: number;
  connections: number;
  /** Of ours, so that the flood is somebody else than the one who measures. */
  localAddress: string;
  headers: Record<string, string>;
}

/** What it tells when all is answered or closed: the number of answers by status, and of connections that were closed. */
export interface Flooded {
  seconds: number;
  answers: Record<string, number>;
}

const body = JSON.stringify({ email: 'nobody@clipscribe.local', password: 'not the password of anybody' });

/** A process that sends floods of wrong logins when it is told to. */
process.on('message', (flood: Flood) => {
  void send(flood).then((flooded) => process.send?.(flooded));
});

async function send(flood: Flood): Promise<Flooded> {
  const startedAt = performance.now();
  const agent = new Agent({ keepAlive: true, maxSockets: flood.connections });
  const outcomes = await Promise.all(Array.from({ length: flood.requests }, () => login(flood, agent)));
  agent.destroy();
  const counts = Object.groupBy(outcomes, (outcome) => outcome);
  const answers = Object.entries(counts).map(([outcome, all = []]) => [outcome, all.length] as const);
  return { seconds: (performance.now() - startedAt) / 1000, answers: Object.fromEntries(answers) };
}

/** The status of the answer, or `closed`. */
function login({ url, headers, localAddress }: Flood, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    const options = {
      method: 'POST',
      agent,
      localAddress,
      headers: { ...headers, 'content-type': 'application/json' },
    };
    const sending = request(`${url}/login`, options, (res) => {
      const status = `answers${String(res.statusCode)}`;
      text(res).then(
        () => {
          resolve(status);
        },
        () => {
          resolve('closed');
        },
      );
    });
    sending.once('error', () => {
      resolve('closed');
    });
    sending.end(body);
  });
}
