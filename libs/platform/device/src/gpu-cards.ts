import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { GpuCard } from '@soliloquy/stage';
import { findCommand } from './find-command.ts';

const PATIENCE_MS = 15_000;
const ASKED = ['--query-gpu=index,memory.total', '--format=csv,noheader,nounits'];

/** The cards of this machine, as `nvidia-smi` lists them; none where it is missing or does not answer. */
export async function findGpuCards(): Promise<GpuCard[]> {
  const program = findCommand('nvidia-smi');
  if (program === undefined) return [];
  const answer = await promisify(execFile)(program, ASKED, { timeout: PATIENCE_MS }).catch(() => ({ stdout: '' }));
  return readGpuCards(answer.stdout);
}

/** Reads lines such as `0, 81559`. */
export function readGpuCards(text: string): GpuCard[] {
  return text.split('\n').flatMap((line) => {
    const found = /^\s*(\d+)\s*,\s*(\d+)\s*$/.exec(line);
    return found === null ? [] : [{ index: Number(found[1]), memoryMiB: Number(found[2]) }];
  });
}
