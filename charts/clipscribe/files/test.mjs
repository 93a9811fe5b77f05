// Exits with 1 unless the gateway is ready, and, where there is an administrator, lets them in.
const { GATEWAY_URL, ADMIN_EMAIL, ADMIN_PASSWORD } = process.env;

async function ask(path, init) {
  const answer = await fetch(GATEWAY_URL + path, { signal: AbortSignal.timeout(10_000), ...init });
  const text = await answer.text();
  process.stdout.write(`${init?.method ?? 'GET'} ${path}: ${answer.status}\n`);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 500)}`);
  return text;
}

await ask('/readyz');
if (ADMIN_EMAIL !== undefined) {
  const basic = Buffer.from(`${ADMIN_EMAIL}:${ADMIN_PASSWORD}`).toString('base64');
  const token = await ask('/login', { method: 'POST', headers: { authorization: `Basic ${basic}` } });
  await ask('/jobs', { headers: { authorization: `Bearer ${token}` } });
  await ask('/logout', { method: 'POST', headers: { authorization: `Bearer ${token}` } });
}
