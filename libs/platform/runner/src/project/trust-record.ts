import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { configFault } from './config-fault.ts';
import type { ImportClosure } from './import-closure.ts';

const record = z.strictObject({
  /** By the real path of the project: every content that a person allowed, the latest last. */
  projects: z.record(
    z.string(),
    z.array(
      z.strictObject({
        digest: z.string(),
        at: z.string(),
        files: z.array(z.strictObject({ path: z.string(), digest: z.string() })),
      }),
    ),
  ),
});
type TrustFile = z.infer<typeof record>;
type Consent = TrustFile['projects'][string][number];

/** Contents kept for each project: who goes back to one is not asked again. */
const KEPT = 50;

/**
 * What a person allowed to run, in a file of their own and never in a project: each content of each folder once. One
 * file that changes makes another content.
 */
export class TrustRecord {
  readonly #path: string;
  #file: TrustFile;

  /** @param path of the file; it need not be there. @throws Fault `config.trust-record` when it is damaged */
  constructor(path: string) {
    this.#path = path;
    this.#file = read(path);
  }

  allows({ root, digest }: ImportClosure): boolean {
    return this.#consents(root).some((consent) => consent.digest === digest);
  }

  /** What was allowed last in this folder. */
  latest(root: string): Consent | undefined {
    return this.#consents(root).at(-1);
  }

  /** Remembers that a person allowed it. */
  allow({ root, digest, files }: ImportClosure): void {
    const others = this.#consents(root).filter((consent) => consent.digest !== digest);
    this.#save(root, [...others, { digest, at: new Date().toISOString(), files: [...files] }].slice(-KEPT));
  }

  /** Forgets all that was allowed in a folder. @returns whether there was anything */
  revoke(root: string): boolean {
    const there = this.#consents(root).length > 0;
    if (there) this.#save(root, []);
    return there;
  }

  #consents(root: string): readonly Consent[] {
    return Object.hasOwn(this.#file.projects, root) ? (this.#file.projects[root] ?? []) : [];
  }

  #save(root: string, consents: Consent[]): void {
    // Read again: another command may have written meanwhile.
    const { [root]: _before, ...others } = read(this.#path).projects;
    this.#file = { projects: { ...others, ...(consents.length > 0 && { [root]: consents }) } };
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const temporary = `${this.#path}.${process.pid}.tmp`;
    writeFileSync(temporary, `${JSON.stringify(this.#file, null, 2)}\n`, { mode: 0o600 });
    renameSync(temporary, this.#path);
  }
}

function read(path: string): TrustFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { projects: {} };
    throw damaged(path, (cause as NodeJS.ErrnoException).code ?? 'an error', cause);
  }
  try {
    return record.parse(JSON.parse(text));
  } catch (cause) {
    throw damaged(path, 'something else', cause);
  }
}

function damaged(path: string, got: string, cause: unknown): Error {
  return configFault(
    {
      code: 'config.trust-record',
      where: path,
      expected: 'the record of trusted projects',
      got,
      remedy: 'remove the file and trust your projects again',
    },
    { cause },
  );
}
