import { randomBytes } from 'node:crypto';
import { sha256 } from '@soliloquy/artifacts';
import type { SessionFile } from './session-file.ts';

const LINK_LASTS_MS = 10 * 60_000;
/** More links than this at once are nobody's wish. */
const MOST_LINKS = 20;

/**
 * Who may talk to the gateway: whoever came by a one-time link, by the cookie that he was given then. Secrets are kept
 * as digests: looking one up takes as long for a near miss as for a far one.
 */
export class Sessions {
  /** when each link ends, ms; the first lasts until it is used */
  readonly #links = new Map<string, number>();
  readonly #kept: SessionFile;

  /** @param kept digests of cookies, also of earlier starts */
  constructor(kept: SessionFile) {
    this.#kept = kept;
  }

  /** A new one-time token. */
  newLink(lasts = LINK_LASTS_MS): string {
    for (const [link, ends] of this.#links)
      if (ends < Date.now() || this.#links.size >= MOST_LINKS) this.#links.delete(link);
    const token = secret();
    this.#links.set(sha256(token), Date.now() + lasts);
    return token;
  }

  /** Takes a token in; the cookie's value for who brought it, or `undefined` for one that is wrong, used or too old. */
  enter(token: string): string | undefined {
    const link = sha256(token);
    const ends = this.#links.get(link);
    this.#links.delete(link);
    if (ends === undefined || ends < Date.now()) return undefined;
    const cookie = secret();
    this.#kept.keep(sha256(cookie));
    return cookie;
  }

  holds(cookie: string | undefined): boolean {
    return cookie !== undefined && this.#kept.holds(sha256(cookie));
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}
