export const BOUNDARY = 'a-boundary-of-hostile-requests';
export const MULTIPART = `Content-Type: multipart/form-data; boundary=${BOUNDARY}`;
export const END = `--${BOUNDARY}--\r\n`;

/** One part; its headers are taken as they are, so that they may be wrong. */
export function part(headers: string, content: string | Buffer = ''): Buffer {
  return Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\n${headers}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
}

export function file(name: string, content: string | Buffer, ...headers: string[]): Buffer {
  const disposition = `Content-Disposition: form-data; name="file"; filename="${name}"`;
  return part([disposition, 'Content-Type: video/mp4', ...headers].join('\r\n'), content);
}

export function field(name: string, value: string): Buffer {
  return part(`Content-Disposition: form-data; name="${name}"`, value);
}

export function form(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([...parts, Buffer.from(END)]);
}
