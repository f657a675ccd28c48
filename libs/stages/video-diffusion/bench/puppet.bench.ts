/**
 * A film of 125 frames of 512x768, frames and mattes apart, of a person from head to feet: with its arms moving, and
 * the same picture moved whole, in turns. `node bench/puppet.bench.ts`
 */
import { execSync } from 'node:child_process';
import { cpus } from 'node:os';
import { bodyLayers } from '@soliloquy/body-layers';
import { paintedPerson, WHOLE_PERSON } from '@soliloquy/testing';
import { bodyMeans, puppetMotion, puppetRenderer, takeApart, type PuppetRenderer } from '../src/puppet/index.ts';

const FRAMES = 125;
const ROUNDS = 5;
const [width, height] = [512, 768];
const person = paintedPerson({ ...WHOLE_PERSON, width, height, scale: 4, grain: 14 });
const samples = Float32Array.from(
  { length: 80_000 },
  (_, i) => 0.3 * Math.sin(i * 0.08) * Math.max(0, Math.sin(i / 800)),
);
const film = { fps: 25, frames: FRAMES, seed: 1 };
const rgba = new Uint8ClampedArray(4 * width * height);
const coverage = new Uint8ClampedArray(width * height);

/** Milliseconds of processor time. */
async function used(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

const scene = { ...person, width, height };
const renderers: Record<string, PuppetRenderer> = {};
const prepared: Record<string, number> = {};
for (const [name, taken] of [
  ['arms', await takeApart(scene)],
  ['whole', bodyLayers(person.image, person.landmarks, [])],
] as const) {
  const motion = puppetMotion({ sampleRate: 16_000, samples }, film, bodyMeans(person.landmarks, taken));
  prepared[name] = await used(async () => {
    renderers[name] = await puppetRenderer({ ...scene, taken }, motion, { device: 'cpu', threads: 1 });
    for (let f = 0; f < 3; f++) await renderers[name].frame(f * 40, rgba);
    await renderers[name].matte(0, coverage);
  });
}
const apart = await used(async () => void (await takeApart(scene)));
const times: Record<string, number[]> = {};
for (let round = 0; round < ROUNDS; round++)
  for (const [name, renderer] of Object.entries(renderers)) {
    const take = async (what: string, paint: (f: number) => Promise<void>): Promise<void> => {
      const all = await used(async () => {
        for (let f = round; f < FRAMES; f += ROUNDS) await paint(f);
      });
      (times[`${name}: ${what}`] ??= []).push((ROUNDS * all) / FRAMES);
    };
    await take('frame', (f) => renderer.frame(f, rgba));
    await take('matte', (f) => renderer.matte(f, coverage));
  }
const commit = execSync('git rev-parse --short HEAD').toString().trim();
console.log(`commit ${commit}, ${cpus().length} x ${cpus()[0].model}, one thread, ${width}x${height}`);
console.log(`taken apart: ${apart.toFixed(0)} ms`);
for (const [name, ms] of Object.entries(prepared)) console.log(`${name}: prepared in ${ms.toFixed(0)} ms`);
for (const [what, ms] of Object.entries(times)) console.log(`${what} ${median(ms).toFixed(1)} ms of the processor`);
