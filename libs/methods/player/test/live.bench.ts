import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { readAvatar } from '@soliloquy/avatar-file';
import { decodeSafetensors } from '@soliloquy/tensor/safetensors';
import { CHROMIUM } from '@soliloquy/testing/chromium';
import { bestLag, measure, type Measured } from './fixture/in-page.ts';
import { servePlayer } from './fixture/player-server.ts';
import { residentBytes, threadSeconds } from './fixture/thread-seconds.ts';

/**
 * Plays an avatar in headless Chromium with a recorded voice as its microphone, and says: frames a second, dropped,
 * latency from sound to lips, offset of lips and sound in what `captureStream` gives, memory.
 *
 *     node test/live.bench.ts AVATAR VOICE.wav [--size 512x768] [--seconds 60] [--no-threads]
 *
 * Lips are measured in the picture (how dark the mouth's box is), sound as it enters the page; the lag is where the two
 * correlate best. The load of the machine is printed: with other work on it all figures are lower bounds.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '512x768' },
    seconds: { type: 'string', default: '60' },
    'no-threads': { type: 'boolean', default: false },
  },
});
const [avatarPath, voicePath] = positionals;
const bytes = readFileSync(avatarPath);
const box = await mouthBox();
const page_ =
  `<!doctype html><html lang="en"><title>bench</title><soliloquy-avatar src="/person.avatar" size="${values.size}">` +
  '</soliloquy-avatar><script type="module" src="/player/player.js"></script></html>';
const server = await servePlayer({ isIsolated: !values['no-threads'], files: { '/': page_, '/person.avatar': bytes } });
const browserServer = await chromium.launchServer({
  executablePath: CHROMIUM,
  args: [
    '--no-sandbox',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-audio-capture=${voicePath}`,
    '--autoplay-policy=no-user-gesture-required',
    '--enable-precise-memory-info',
    '--disable-quic',
    '--disable-background-networking',
  ],
});
const browser = await chromium.connect(browserServer.wsEndpoint());
const page = await browser.newPage();
const load = loadavg();
const opened = Date.now();
await page.goto(server.origin);
await page.waitForFunction(
  () => document.querySelector('soliloquy-avatar')?.getAttribute('data-state') === 'resting',
  undefined,
  {
    timeout: 120_000,
  },
);
console.log(`ready after ${((Date.now() - opened) / 1000).toFixed(1)} s; ${cpus().length} cores, load ${loads(load)}`);
const before = threadSeconds(browserServer.process().pid as number);
const resident: number[] = [];
const sampling = setInterval(() => resident.push(residentBytes(browserServer.process().pid as number)), 2000);
const plain = await run(page, 'plain');
clearInterval(sampling);
const after = threadSeconds(browserServer.process().pid as number);
report(`${values.size}, ${values.seconds} s, ${values['no-threads'] ? 'no threads' : 'isolated'}`, plain);
const shown = plain.due - plain.dropped;
const busiest = [...after]
  .map(([name, { ran, waited }]) => {
    const { ran: had, waited: lost } = before.get(name) ?? { ran: 0, waited: 0 };
    return { name, ran: (1000 * (ran - had)) / plain.seconds, waited: (1000 * (waited - lost)) / plain.seconds };
  })
  .sort((a, b) => b.ran - a.ran);
for (const { name, ran, waited } of busiest.slice(0, 4))
  console.log(
    `  ${name}: ${ran.toFixed(0)} ms of processor a second, waited for one ${waited.toFixed(0)} ms; ` +
      `${((ran * plain.seconds) / shown).toFixed(1)} ms a frame shown`,
  );
const captured = await run(page, 'captured');
const offset = bestLag(captured.heard, captured.mouth, [-0.6, 0.6]);
console.log(
  `captureStream: lips ${(1000 * offset.lag).toFixed(0)} ms behind its sound, correlation ${offset.value.toFixed(2)}`,
);
await browser.close();
await browserServer.close();
server.close();
console.log(`load at the end ${loads(loadavg())}`);

function run(on: Page, what: 'plain' | 'captured'): Promise<Measured> {
  return on.evaluate(measure, { what, seconds: Number(values.seconds), box });
}

function report(title: string, { heard, mouth, due, dropped, latency, seconds, memory }: Measured): void {
  const { lag, value } = bestLag(heard, mouth, [0, 1.5]);
  console.log(title);
  console.log(
    `  ${((due - dropped) / seconds).toFixed(1)} frames a second, ${((100 * dropped) / due).toFixed(1)} % dropped`,
  );
  const [byLips, byClock] = [(1000 * lag).toFixed(0), latency.toFixed(0)];
  console.log(`  sound to lips ${byLips} ms (correlation ${value.toFixed(2)}); by the clock ${byClock} ms`);
  console.log(`  page's heap ${firstAndLast(memory)}; all that its process holds ${firstAndLast(resident)}`);
}

/** Means of the first quarter and of the last. @param samples bytes */
function firstAndLast(samples: readonly number[]): string {
  const quarter = Math.ceil(samples.length / 4);
  const mean = (numbers: readonly number[]): string =>
    (numbers.reduce((sum, x) => sum + x, 0) / numbers.length / 1e6).toFixed(1);
  return `${mean(samples.slice(0, quarter))} MB at first, ${mean(samples.slice(-quarter))} MB at last`;
}

function loads(of: readonly number[]): string {
  return of.map((value) => value.toFixed(1)).join(' ');
}

/** Where the mouth is in the picture, of its width and height: around the particles of the lips at rest. */
async function mouthBox(): Promise<[number, number, number, number]> {
  const { manifest, files } = await readAvatar(bytes);
  const { camera } = manifest.gaussians;
  const { positions, regions } = decodeSafetensors(files['space/rig.safetensors']).tensors;
  const { REGIONS } = await import('@soliloquy/ports/gaussians');
  const at: [number, number][] = [];
  Array.from(regions.data as Uint8Array).forEach((region, p) => {
    if (!/Lip$/.test(REGIONS[region].name)) return;
    const [x, y, z] = (positions.data as Float32Array).subarray(p * 3, p * 3 + 3);
    at.push([(camera.fx * x) / z + camera.cx, (camera.fy * y) / z + camera.cy]);
  });
  const [xs, ys] = [at.map(([x]) => x / camera.width), at.map(([, y]) => y / camera.height)];
  const margin = 0.004;
  const [left, top] = [Math.min(...xs) - margin, Math.min(...ys) - margin];
  return [left, top, Math.max(...xs) + margin - left, Math.max(...ys) + 2 * margin - top];
}
