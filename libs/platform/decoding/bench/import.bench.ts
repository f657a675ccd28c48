/**
 * What a voice and a picture cost in a process of their own and where they are asked for, in turns, in milliseconds:
 * the first file (the process starts), the first file of a process that was started ahead, and the median of the rest.
 *
 *     node libs/platform/decoding/bench/import.bench.ts [rounds]
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { audio, image, type PortType } from '@soliloquy/ports';
import { decodeGiven, warmDecoding } from '../src/index.ts';

const rounds = Number(process.argv[2] ?? 15);
const FILES = [
  [audio as PortType, new URL('../../media/test/fixtures/sine-440.flac', import.meta.url)],
  [image as PortType, new URL('../../../stages/reference/test/fixtures/astronaut.jpg', import.meta.url)],
] as const;

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};
const there = (type: PortType, file: URL) => decodeGiven(type, { path: fileURLToPath(file), most: 2 ** 30 });
const here = async (type: PortType, file: URL) =>
  type.encode(await type.fromUser!({ kind: 'file', name: 'given', bytes: readFileSync(file) }));

if (process.argv[3] === 'first') {
  const [ahead, at] = [process.argv[4] === 'ahead', Number(process.argv[5])];
  const [type, file] = FILES[at];
  if (ahead) warmDecoding([file.pathname]);
  if (ahead) await new Promise((resolve) => setTimeout(resolve, 3000));
  console.log(
    `${(await timed(() => there(type, file))).toFixed(0)} ${(await timed(() => here(type, file))).toFixed(0)}`,
  );
} else {
  const first = (ahead: string, at: number): string =>
    spawnSync(process.execPath, [fileURLToPath(import.meta.url), '1', 'first', ahead, String(at)])
      .stdout.toString()
      .trim();
  console.log(`load ${loadavg()[0].toFixed(1)}; milliseconds: in a process of its own, where it is asked for`);
  for (const [at, [type, file]] of FILES.entries()) {
    const apart: number[] = [];
    const asked: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      apart.push(await timed(() => there(type, file)));
      asked.push(await timed(() => here(type, file)));
    }
    const median = (times: number[]): string => times.sort((a, b) => a - b)[times.length >> 1].toFixed(1);
    const later = `later files ${median(apart)} ${median(asked)}`;
    console.log(`${type.id}: first ${first('cold', at)}, first started ahead ${first('ahead', at)}, ${later}`);
  }
}
