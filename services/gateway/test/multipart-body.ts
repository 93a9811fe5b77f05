export const BOUNDARY = 'the-boundary-of-these-tests';

/** One part; headers are taken as they are, so that they may be wrong. */
export function part(headers: string, content: Buffer | string = ''): Buffer {
  return Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\n${headers}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
}

export function filePart(name: string, content: Buffer | string, field = 'file'): Buffer {
  const disposition = `Content-Disposition: form-data; name="${field}"; filename="${name}"`;
  return part(`${disposition}\r\nContent-Type: video/mp4`, content);
}

export function fieldPart(name: string, value: string): Buffer {
  return part(`Content-Disposition: form-data; name="${name}"`, value);
}

export const END = Buffer.from(`--${BOUNDARY}--\r\n`);

export function multipart(...parts: Buffer[]): Buffer {
  return Buffer.concat([...parts, END]);
}

export const MULTIPART_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;
