import { mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { sha256 } from '@soliloquy/artifacts';

const DAY_MS = 24 * 3_600_000;
/** A browser that did not come back for so long has to be let in anew. */
const KEPT_MS = 14 * DAY_MS;
const MOST = 50;

const keptSchema = z.object({
  port: z.int().min(1).max(65535).optional(),
  /** digests of cookies, with when each was given, ms */
  cookies: z.array(z.object({ digest: z.string().regex(/^[0-9a-f]{64}$/), given: z.number() })),
});
type Kept = z.infer<typeof keptSchema>;

/**
 * What a gateway's next start has to know so that open pages find it again: the port it listened on, and digests of the
 * cookies that it gave.
 *
 * It lies in a folder of the person, never in the project: who hands over a project must not hand over who may enter.
 * A file that cannot be read or written means that pages need a new link after a restart, and nothing else.
 */
export class SessionFile {
  readonly #path: string | undefined;
  #kept: Kept = { cookies: [] };

  /** @param folder of the person; nothing is kept where it is left out */
  constructor(folder: string | undefined, project: string) {
    if (folder === undefined) return;
    const name = sha256(realpathSync(project)).slice(0, 32);
    this.#path = join(folder, `${name}.json`);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const kept = keptSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
      this.#kept = { ...kept, cookies: kept.cookies.filter(({ given }) => given > Date.now() - KEPT_MS) };
    } catch {
      this.#kept = { cookies: [] };
    }
  }

  /** The port of the last start. */
  get port(): number | undefined {
    return this.#kept.port;
  }

  holds(digest: string): boolean {
    return this.#kept.cookies.some((cookie) => cookie.digest === digest);
  }

  keep(digest: string): void {
    const cookies = [...this.#kept.cookies, { digest, given: Date.now() }].slice(-MOST);
    this.#write({ ...this.#kept, cookies });
  }

  keepPort(port: number): void {
    if (port !== this.#kept.port) this.#write({ ...this.#kept, port });
  }

  #write(kept: Kept): void {
    this.#kept = kept;
    if (this.#path === undefined) return;
    try {
      writeFileSync(`${this.#path}.${process.pid}`, JSON.stringify(kept), { mode: 0o600 });
      renameSync(`${this.#path}.${process.pid}`, this.#path);
    } catch {
      // A home that cannot be written: the sessions end with this gateway.
    }
  }
}
