import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeFileAtomically } from '@soliloquy/artifacts';
import { ModelFault } from './model-fault.ts';

/** Something that comes under a licence: a model by its name, a foreign system as `system:<name>`. */
export interface Licensed {
  readonly name: string;
  readonly licence: { readonly name: string; readonly url: string };
}

const record = z.strictObject({
  /** By name: the licence that was accepted, and when. */
  accepted: z.record(z.string(), z.strictObject({ name: z.string(), url: z.string(), at: z.string() })),
});

/** Which licences of models and foreign systems a person accepted, in a file of their own. */
export class LicenceRecord {
  readonly #path: string;

  /** @param path of the file; it need not be there */
  constructor(path: string) {
    this.#path = path;
  }

  /** Whether this licence of it was accepted; one of another name or address is another licence. */
  has({ name, licence }: Licensed): boolean {
    const { accepted } = this.#read();
    const before = Object.hasOwn(accepted, name) ? accepted[name] : undefined;
    return before !== undefined && before.name === licence.name && before.url === licence.url;
  }

  /** Remembers that a person accepted it. @throws ModelFault `model.record`; StoreError where it cannot be written */
  async accept({ name, licence }: Licensed): Promise<void> {
    const { accepted } = this.#read();
    const next = { accepted: { ...accepted, [name]: { ...licence, at: new Date().toISOString() } } };
    await writeFileAtomically(this.#path, `${JSON.stringify(next, null, 2)}\n`);
  }

  #read(): z.infer<typeof record> {
    try {
      return record.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch (cause) {
      if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return { accepted: {} };
      throw new ModelFault(
        {
          code: 'model.record',
          where: this.#path,
          expected: 'the record of accepted licences',
          got: 'something else',
          remedy: 'remove the file and accept them again',
        },
        { cause },
      );
    }
  }
}
