import { createHash } from 'node:crypto';
import { seededDraws } from '@soliloquy/random';
import { FORMATS } from './formats.ts';

/** Names the bytes of one case: the same three give the same bytes. */
export interface Case {
  /** name in FORMATS */
  readonly format: string;
  readonly seed: number;
  readonly index: number;
}

const MOST_CHANGES = 4;
const seeds = new Map<string, Promise<readonly Uint8Array[]>>();

/** A seed file with one to four changes. */
export async function caseOf({ format, seed, index }: Case): Promise<Uint8Array> {
  const { mutators, seeds: make } = FORMATS[format];
  if (!seeds.has(format)) seeds.set(format, make());
  const draws = seededDraws(createHash('sha256').update(`${format} ${seed} ${index}`).digest().readUInt32LE());
  let bytes = draws.pick((await seeds.get(format)) as readonly Uint8Array[]);
  for (let changes = 1 + draws.index(MOST_CHANGES); changes > 0; changes -= 1)
    bytes = draws.pick(mutators)(bytes, draws);
  return bytes;
}
