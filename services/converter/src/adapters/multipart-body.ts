import { randomUUID } from 'node:crypto';

export interface MultipartBody {
  contentType: string;
  /** Bytes of the whole body. */
  length: number;
  /** The body in pieces; files are read while they are sent. */
  pieces: () => AsyncGenerator<Uint8Array>;
}

/**
 * A form as `multipart/form-data` (RFC 7578). Its length is known before it is read, so that it can be sent without
 * chunks, which not every server takes.
 */
export function multipartBody(form: FormData): MultipartBody {
  const boundary = `clipscribe-${randomUUID()}`;
  const parts = [...form].map(([name, value]) => ({
    head: Buffer.from(headOf(boundary, name, value)),
    value,
  }));
  const tail = Buffer.from(`--${boundary}--\r\n`);
  const sizes = parts.map(({ head, value }) => head.length + sizeOf(value) + LINE_END.length);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: sizes.reduce((sum, size) => sum + size, tail.length),
    async *pieces() {
      for (const { head, value } of parts) {
        yield head;
        if (typeof value === 'string') yield Buffer.from(value);
        else yield* value.stream();
        yield LINE_END;
      }
      yield tail;
    },
  };
}

const LINE_END = Buffer.from('\r\n');

function headOf(boundary: string, name: string, value: string | File): string {
  const file =
    typeof value === 'string'
      ? ''
      : `; filename="${quoted(value.name)}"\r\nContent-Type: ${value.type || 'application/octet-stream'}`;
  return `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"${file}\r\n\r\n`;
}

/** As browsers do it: HTML Standard, "multipart form data encoding algorithm". */
function quoted(text: string): string {
  return text.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
}

function sizeOf(value: string | File): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : value.size;
}
