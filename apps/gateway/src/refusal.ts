import type { Refusal, WireGraphError } from './protocol/index.ts';

export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 416 | 421 | 422 | 500;

/** A request that is not answered, and why: `where.what: expected …, got …; remedy`. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: RefusalStatus;
  readonly body: Refusal & Readonly<Record<string, unknown>>;

  constructor(
    status: RefusalStatus,
    code: string,
    message: string,
    more: { readonly errors?: readonly WireGraphError[] } & Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.status = status;
    this.body = { code, message, ...more } as Refusal;
  }
}
