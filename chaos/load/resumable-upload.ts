import { Upload } from 'tus-js-client';
import type { Medium } from './media.ts';
import { fieldsOf } from './fields-of.ts';
import type { Person } from './person.ts';

/** One go may last so long; a gateway may stand still. */
const PATIENCE_MS = 10_000;

/** What tus answers an upload that goes on: also that it stands elsewhere, or that another request is at it. */
const EXPECTED: readonly number[] = [200, 201, 204, 409, 423];

export interface Part {
  name: string;
  medium: Medium;
  owner: Person;
}

/** An upload by tus that is made in several goes, by whichever gateway. */
export class ResumableUpload {
  readonly #part: Part;
  readonly #chunkBytes: number;
  #url: URL | null = null;

  constructor(part: Part, chunkBytes: number) {
    this.#part = part;
    this.#chunkBytes = chunkBytes;
  }

  /** The id of the upload, which will be that of its job; null while nobody has told us. */
  get id(): string | null {
    return this.#url?.pathname.split('/').at(-1) ?? null;
  }

  /** Goes on for some chunks, or until something goes wrong; true when the upload is complete. */
  goOn(chunks: number): Promise<boolean> {
    const { owner, name, medium } = this.#part;
    const { url: gateway, token } = owner.client;
    return new Promise((resolve) => {
      let left = chunks;
      const end = (isComplete: boolean): void => {
        clearTimeout(timer);
        if (!isComplete) void running.abort().catch(() => undefined);
        resolve(isComplete);
      };
      const timer = setTimeout(() => {
        owner.note('none');
        end(false);
      }, PATIENCE_MS);
      const running = new Upload(medium.bytes, {
        ...{ chunkSize: this.#chunkBytes, retryDelays: [] },
        // With an endpoint at hand this client would begin a new upload when it is told 503 about the one it has.
        ...(this.#url === null
          ? { endpoint: `${gateway}/uploads` }
          : { uploadUrl: `${gateway}${this.#url.pathname}` }),
        headers: { Authorization: `Bearer ${token}` },
        metadata: { filename: name, ...fieldsOf(medium) },
        onUploadUrlAvailable: () => {
          this.#url = URL.parse(running.url ?? '');
        },
        onAfterResponse: (request, response) => {
          const what = `${request.getMethod()} ${URL.parse(request.getURL())?.pathname ?? ''} of ${name}`;
          owner.judge(what, EXPECTED, response.getStatus(), response.getBody());
        },
        onChunkComplete: (_size, accepted) => {
          left -= 1;
          if (left <= 0 && accepted < medium.bytes.length) end(false);
        },
        onError: (error) => {
          if (!('originalResponse' in error) || error.originalResponse === null) owner.note('none');
          end(false);
        },
        onSuccess: () => {
          end(true);
        },
      });
      running.start();
    });
  }

  /** Gives the upload up; it must not become a job. */
  async terminate(): Promise<void> {
    const { owner } = this.#part;
    if (this.#url === null) return;
    const headers = { 'tus-resumable': '1.0.0' };
    await owner.ask(this.#url.pathname, [204, 404, 409, 423], { method: 'DELETE', headers });
  }
}
