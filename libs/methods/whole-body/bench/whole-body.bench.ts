/**
 * How long networks take to convert, a picture to be read, and a film to be tracked.
 *
 * `node libs/methods/whole-body/bench/whole-body.bench.ts --picture FILE --film FILE [--threads 2] [--rounds 5]`
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { decodeImage, openMp4 } from '@soliloquy/media';
import { findPerson, NETWORK_NAMES, Networks, PersonTracker } from '../src/index.ts';
import { convertNetwork } from '../src/network-table.ts';

const { values } = parseArgs({
  options: {
    picture: { type: 'string' },
    film: { type: 'string' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
  },
});
const threads = Number(values.threads);
const rounds = Number(values.rounds);

/** Milliseconds of wall clock and of processor. */
async function timed(work: () => Promise<unknown>): Promise<{ wall: number; cpu: number }> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - start, cpu: (user + system) / 1000 };
}

function show(what: string, times: { wall: number; cpu: number }[], parts = 1): void {
  const middle = (key: 'wall' | 'cpu'): string => {
    const sorted = times.map((time) => time[key] / parts).sort((a, b) => a - b);
    return sorted[sorted.length >> 1].toFixed(1);
  };
  console.log(`${what}: ${middle('wall')} ms (${middle('cpu')} of processor)`);
}

const folder = await mkdtemp(join(tmpdir(), 'bench-'));
show('convert all networks', [
  await timed(async () => {
    for (const name of NETWORK_NAMES) await convertNetwork(name);
  }),
]);
const networks = new Networks({ threads, folder });
if (values.picture) {
  const image = await decodeImage(await readFile(values.picture));
  show('first picture, converted and loaded', [await timed(() => findPerson(networks, image))]);
  const times = [];
  for (let i = 0; i < rounds; i++) times.push(await timed(() => findPerson(networks, image)));
  show(`${basename(values.picture)}, ${image.width}x${image.height}, ${threads} threads`, times);
}
if (values.film) {
  const bytes = await readFile(values.film);
  const { width, height, frames } = await openMp4(bytes, values.film);
  const decoded: Uint8ClampedArray[] = [];
  const track = async (hands: boolean, source: AsyncIterable<Uint8ClampedArray> | Uint8ClampedArray[]) => {
    const tracker = new PersonTracker(networks, { hands });
    for await (const data of source) await tracker.next({ width, height, data });
  };
  for await (const data of (await openMp4(bytes, values.film)).read()) decoded.push(data.slice());
  await track(true, decoded.slice(0, 3));
  const what = `a frame of ${width}x${height}, ${threads} threads`;
  const all: { wall: number; cpu: number }[][] = [[], [], []];
  for (let i = 0; i < rounds; i++) {
    const film = await openMp4(bytes, values.film);
    all[0].push(await timed(() => track(true, film.read())));
    all[1].push(await timed(() => track(true, decoded)));
    all[2].push(await timed(() => track(false, decoded)));
  }
  show(`${what}, all included`, all[0], frames);
  show(`${what}, decoded`, all[1], frames);
  show(`${what}, decoded, without hands`, all[2], frames);
}
await networks.dispose();
await rm(folder, { recursive: true });
