import type { Operation, Schema } from './document-parts.ts';

/** How a person would try it. `$URL` and `$TOKEN` are set before. */
export function curlOf(method: string, path: string, operation: Operation): string {
  const { security, parameters = [], requestBody } = operation;
  const [type = '', media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const withPassword = security.some((one) => 'password' in one);
  const body = withPassword ? [] : bodyOptions(type, media?.example);
  const isPosted = body.length > 0 && type === 'application/json';
  const parts = [
    method === 'get' || (isPosted && method === 'post') ? '' : methodOption(method),
    withPassword ? "-u 'EMAIL:PASSWORD'" : '',
    security.some((one) => 'token' in one) ? '-H "Authorization: Bearer $TOKEN"' : '',
    ...parameters
      .filter(({ in: place, required }) => place === 'header' && required === true)
      .map(({ name, schema }) => `-H '${name}: ${onlyValue(schema)}'`),
    ...body,
  ].filter((part) => part !== '');
  const query = parameters.filter(({ in: place, required }) => place === 'query' && required === true);
  const asked = query.map(({ name }) => `${name}=…`).join('&');
  const address = `"$URL${path.replace(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase())}${asked === '' ? '' : `?${asked}`}"`;
  return ['curl', ...parts, address].join(' ');
}

function onlyValue({ enum: values = [] }: Schema = {}): string {
  return values.length === 1 ? String(values[0]) : '…';
}

function methodOption(method: string): string {
  return method === 'head' ? '-I' : `-X ${method.toUpperCase()}`;
}

function bodyOptions(type: string, example: unknown): string[] {
  if (type === 'application/json')
    return [`-H 'Content-Type: application/json' -d '${JSON.stringify(example)}'`];
  if (type === 'multipart/form-data') return ['-F file=@talk.mp4'];
  return type === '' ? [] : [`-H 'Content-Type: ${type}' --data-binary @talk.mp4`];
}
