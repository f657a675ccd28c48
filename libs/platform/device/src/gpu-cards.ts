import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { GpuCard } from '@soliloquy/stage';
import { findCommand } from './find-command.ts';

const PATIENCE_MS = 15_000;
const ASKED = ['--query-gpu=index,memory.total,uuid', '--format=csv,noheader,nounits'];

/** A card as `nvidia-smi` lists it. */
export interface ListedCard extends GpuCard {
  /** `GPU-…` */
  readonly uuid: string;
}

/**
 * The cards of this machine, as `nvidia-smi` lists them; none where it is missing or does not answer. Where
 * `CUDA_VISIBLE_DEVICES` is set, as schedulers of shared machines do, only those that it names: the others are
 * somebody else's.
 */
export async function findGpuCards(): Promise<GpuCard[]> {
  const program = findCommand('nvidia-smi');
  if (program === undefined) return [];
  const answer = await promisify(execFile)(program, ASKED, { timeout: PATIENCE_MS }).catch(() => ({ stdout: '' }));
  return visibleCards(readGpuCards(answer.stdout), process.env.CUDA_VISIBLE_DEVICES).map(({ index, memoryMiB }) => ({
    index,
    memoryMiB,
  }));
}

/** Reads lines such as `0, 81559, GPU-5a1c0b6e-…`. */
export function readGpuCards(text: string): ListedCard[] {
  return text.split('\n').flatMap((line) => {
    const found = /^\s*(\d+)\s*,\s*(\d+)\s*,\s*(GPU-[\w-]+)\s*$/.exec(line);
    return found === null ? [] : [{ index: Number(found[1]), memoryMiB: Number(found[2]), uuid: found[3] }];
  });
}

/**
 * Those of the cards that a value of `CUDA_VISIBLE_DEVICES` names: numbers as `nvidia-smi` counts, or beginnings of a
 * UUID. As in CUDA what follows a name of none is not seen, so `-1` and nothing are no card.
 */
export function visibleCards(cards: readonly ListedCard[], named: string | undefined): ListedCard[] {
  if (named === undefined) return [...cards];
  const seen: ListedCard[] = [];
  for (const name of named.split(',').map((each) => each.trim())) {
    const card = cards.find(({ index, uuid }) =>
      name.startsWith('GPU-') ? uuid.startsWith(name) : String(index) === name,
    );
    if (card === undefined) break;
    if (!seen.includes(card)) seen.push(card);
  }
  return seen;
}
