import { refsIn, type Inventory, type TaskResult } from '@soliloquy/artifacts';

/** What was made of some artifacts. */
export interface Descent {
  /** digests, those that it began with among them */
  readonly artifacts: ReadonlySet<string>;
  /** keys of the tasks that something of it went into */
  readonly results: ReadonlySet<string>;
}

/**
 * Everything that was made of some artifacts, by what each task was given. What another task made too, of nothing of
 * it, is not made of it: the same words come of many voices. A result of which nobody knows what it was given is taken
 * for one of them.
 */
export async function descentOf(inventories: readonly Inventory[], roots: Iterable<string>): Promise<Descent> {
  const made = new Map<string, readonly string[]>();
  const makers = new Map<string, string[]>();
  const takers = new Map<string, string[]>();
  const holders = new Map<string, string>();
  const results = new Set<string>();
  const artifacts = new Set<string>();
  const waiting: string[] = [];
  const note = (of: Map<string, string[]>, digest: string, key: string): void => {
    const keys = of.get(digest);
    if (keys === undefined) of.set(digest, [key]);
    else keys.push(key);
  };
  const untold: string[] = [];
  for (const inventory of inventories)
    for await (const { key, result, holder } of inventory.results()) {
      if (holder !== undefined) holders.set(key, holder);
      if (made.has(key)) continue;
      const outputs = refsIn(result.outputs).map(({ digest }) => digest);
      made.set(key, outputs);
      for (const digest of outputs) note(makers, digest, key);
      const given = givenTo(result);
      if (given === undefined) untold.push(key);
      for (const digest of given ?? []) note(takers, digest, key);
    }
  const take = (digest: string): void => {
    if (artifacts.has(digest)) return;
    artifacts.add(digest);
    waiting.push(digest);
  };
  const ends = (key: string): void => {
    if (results.has(key)) return;
    results.add(key);
    if (holders.has(key)) take(holders.get(key)!);
    for (const digest of made.get(key) ?? [])
      if (makers.get(digest)!.every((maker) => results.has(maker))) take(digest);
  };
  for (const root of roots) take(root);
  for (const key of untold) ends(key);
  for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop())
    for (const key of takers.get(digest) ?? []) ends(key);
  return { artifacts, results };
}

/** Every sha256 that a text names. */
export function digestsIn(text: string): Set<string> {
  return new Set([...text.matchAll(/\b[0-9a-f]{64}\b/g)].map(([digest]) => digest));
}

/** Whether one of some digests is of an artifact or a task of it. */
export function names({ artifacts, results }: Descent, digests: Iterable<string>): boolean {
  for (const digest of digests) if (artifacts.has(digest) || results.has(digest)) return true;
  return false;
}

/** Digests of what a task was given; `undefined` where its result does not say. */
function givenTo({ about }: TaskResult): string[] | undefined {
  const { inputs } = (about?.ingredients ?? {}) as { inputs?: Readonly<Record<string, string | readonly string[]>> };
  return inputs && Object.values(inputs).flat();
}
