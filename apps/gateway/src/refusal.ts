import { Fault, partsOf, type FaultParts } from '@soliloquy/fault';
import type { Refusal, WireGraphError } from './protocol/index.ts';

export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 416 | 421 | 422 | 500;

/** A request that is not answered, and why. */
export class Refused extends Fault {
  override readonly name = 'Refused';
  readonly status: RefusalStatus;
  readonly #more: Readonly<Record<string, unknown>>;

  constructor(
    status: RefusalStatus,
    parts: FaultParts & { readonly message?: string },
    more: { readonly errors?: readonly WireGraphError[] } & Readonly<Record<string, unknown>> = {},
  ) {
    super(parts);
    // A graph that is refused has one line for each of its errors.
    if (parts.message !== undefined) this.message = parts.message;
    this.status = status;
    this.#more = more;
  }

  /** What the page gets. */
  get body(): Refusal & Readonly<Record<string, unknown>> {
    return { ...partsOf(this), message: this.message, ...this.#more };
  }
}
