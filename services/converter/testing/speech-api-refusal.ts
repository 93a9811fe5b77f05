/** A request that the API does not accept, in the words of the real one. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string | null;
  readonly param: string | null;

  constructor(status: number, message: string, about: { code?: string; param?: string } = {}) {
    super(message);
    this.status = status;
    this.code = about.code ?? null;
    this.param = about.param ?? null;
  }

  /** The body of the answer. */
  toJSON(): object {
    const type = this.status < 500 && this.status !== 413 ? 'invalid_request_error' : 'server_error';
    return { error: { message: this.message, type, param: this.param, code: this.code } };
  }
}
