import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import type { Bench, Desk } from '../driver/notebook-driver.ts';
import { notebookTests } from './fixture/notebook-tests.ts';

const test = notebookTests();

/**
 * A person, a voice, Gaussians that a fitted motion moves, the film of them and a report: real stages, as small as they
 * go.
 */
const TALKER = {
  seed: 7,
  inputs: { line: { type: 'text', default: 'Hello.' } },
  nodes: {
    person: { stage: 'attribute-sampler@1' },
    picture: { stage: 'text-to-image@1', backbone: 'figure', params: { width: 128, height: 192 } },
    reference: { stage: 'reference@2', backbone: 'figure' },
    voice: { stage: 'text-to-speech@1', backbone: 'flite', params: { padTo: 1 } },
    clip: { stage: 'video-diffusion@1', backbone: 'puppet', params: { area: 24576, frames: 25 } },
    avatar: { stage: 'canonical-gaussians@1', backbone: 'lift', params: { area: 24576, count: 400, steps: 2 } },
    fit: { stage: 'deformation-fit@1', backbone: 'control-nodes', params: { area: 6144, particles: 32, steps: 1 } },
    film: { stage: 'splat-renderer@1', backbone: 'rasteriser', params: { area: 24576 } },
    report: { stage: 'report@2', backbone: 'page', params: { title: 'Talker' } },
  },
  edges: [
    'line -> voice.text',
    'person.attributes -> picture.attributes',
    'picture.image -> reference.image',
    'picture.landmarks -> reference.landmarks',
    'picture.background -> reference.background',
    'reference.image -> clip.image',
    'reference.landmarks -> clip.landmarks',
    'reference.background -> clip.background',
    'voice.audio -> clip.audio',
    'reference.image -> avatar.image',
    'reference.landmarks -> avatar.landmarks',
    'reference.background -> avatar.background',
    'avatar.gaussians -> fit.gaussians',
    'reference.background -> fit.background',
    'clip.video -> fit.video',
    'avatar.gaussians -> film.gaussians',
    'fit.deformation -> film.deformation',
    'reference.background -> film.background',
    'voice.audio -> film.audio',
    'film.video -> report.video',
    'reference.image -> report.picture',
    'avatar.metrics -> report.metrics',
  ],
  outputs: { 'film.mp4': 'film.video', 'report.html': 'report.report', 'clip.mp4': 'clip.video' },
  cells: [
    { markdown: '# A talker\n\nSaid by **nobody**.' },
    { show: 'film.video' },
    { show: 'fit.metrics' },
    { show: 'report.report' },
  ],
};

let ran: Promise<Desk> | undefined;
/** The page with the talker written by it, and run. It runs once for this file. */
const talker = (bench: Bench): Promise<Desk> =>
  (ran ??= (async () => {
    const desk = await bench.open(bench.write('talker', TALKER));
    await desk.page.locator(`${desk.card('inputs.line')} input`).fill('Hello again.');
    await desk.saved();
    await desk.run();
    return desk;
  })());

interface RunRecord {
  readonly executed: number;
  readonly tasks: readonly { readonly task: string; readonly key: string; readonly outputs: unknown }[];
}

describe('what a run of the page made', () => {
  test('is what soliloquy run makes of the file that the page wrote: keys, digests and bytes', async (bench) => {
    const desk = await talker(bench);
    expect((await bench.command('fmt', desk.path, '--check')).code).toBe(0);
    const record = (folder: string): RunRecord =>
      JSON.parse(readFileSync(join(bench.project, folder, 'run.json'), 'utf8')) as RunRecord;
    const made = ({ tasks }: RunRecord): unknown => tasks.map(({ task, key, outputs }) => ({ task, key, outputs }));
    const told = await bench.command('run', desk.path, '--store', join(bench.project, 'other'), '--out', 'elsewhere');
    expect(told.code, told.stderr).toBe(0);
    expect(record('elsewhere').executed).toBe(Object.keys(TALKER.nodes).length);
    expect(made(record('elsewhere'))).toEqual(made(record('out/talker')));
    for (const name of Object.keys(TALKER.outputs))
      expect(
        readFileSync(join(bench.project, 'elsewhere', name)).equals(
          readFileSync(join(bench.project, 'out/talker', name)),
        ),
        name,
      ).toBe(true);
  });

  for (const [name, type] of [
    ['film.mp4', 'video/mp4'],
    ['report.html', 'text/html'],
  ] as const)
    test(`opens its graph when ${name} is dropped on the page, and runs nothing`, async (bench) => {
      const { path, page: made } = await talker(bench);
      const desk = await bench.open(bench.write(`host-of-${name.replace('.', '-')}`, { nodes: {} }));
      const runs = await runsOf(desk.page);
      await desk.drop(join(bench.project, 'out/talker', name), type);
      await desk.said(new RegExp(`Opened the graph of ${name} as graphs/talker-\\d\\.json`));
      const opened = (await desk.page.getByTestId('saved').getAttribute('title')) ?? '';
      expect(JSON.parse(bench.read(opened))).toEqual(JSON.parse(bench.read(path)));
      expect(await runsOf(desk.page)).toEqual(runs);
      await desk.page.close();
      expect(made.isClosed()).toBe(false);
    });

  test('is in the exported page, which opens from disk offline, and opens its graph when dropped', async (bench) => {
    const made = await talker(bench);
    const exported = await made.export();
    const alone = await bench.browser.newContext({ offline: true });
    const page = await alone.newPage();
    const asked: string[] = [];
    page.on('request', (request) => void (/^(data|blob):/.test(request.url()) || asked.push(request.url())));
    await page.goto(pathToFileURL(exported).href);
    expect(await page.getByRole('heading', { level: 1 }).allTextContents()).toContain('A talker');
    expect(await page.locator('strong').first().textContent()).toBe('nobody');
    expect(await page.locator('video').evaluate(playsOn)).toBe(true);
    expect(await page.locator('table').textContent()).toMatch(/psnr.*dB/s);
    expect(await page.frameLocator('iframe').getByRole('heading', { level: 1 }).textContent()).toBe('Talker');
    expect(asked).toEqual([pathToFileURL(exported).href]);
    await alone.close();
    const desk = await bench.open(bench.write('host-of-export', { nodes: {} }));
    await desk.drop(exported, 'text/html');
    await desk.said(/Opened the graph of exported-talker\.html/);
    await desk.page.close();
  });
});

test('the frame that the slider was put at is the one that is named and seen', async (bench) => {
  const { page } = await talker(bench);
  const slider = page.locator('.cells').getByRole('slider', { name: /^Frame of film\.video/ });
  const film = page.locator('.cells video').first();
  const told = async (): Promise<unknown> => [
    await slider.inputValue(),
    await slider.getAttribute('aria-valuetext'),
    Math.floor((await film.evaluate((video) => (video as HTMLVideoElement).currentTime)) * 25),
  ];
  await film.evaluate(
    (video) => (video as HTMLVideoElement).readyState > 0 || new Promise((done) => (video.onloadedmetadata = done)),
  );
  const frames = Number(await slider.getAttribute('max')) + 1;
  const seen = (frame: number): unknown => [String(frame), `frame ${frame + 1} of ${frames}`, frame];
  for (const frame of [0, 3, 10, 20]) {
    await slider.fill(String(frame));
    // a player tells its time when it got there
    await film.evaluate((video) => new Promise((done) => setTimeout(done, 300, video)));
    expect(await told()).toEqual(seen(frame));
  }
  await slider.press('Home');
  await slider.press('ArrowRight');
  await expect.poll(told).toEqual(seen(1));
  await slider.press('End');
  await expect.poll(told).toEqual(seen(frames - 1));
});

describe('Gaussians are drawn', () => {
  test('by WebGPU as by WebAssembly, and by the latter on a software adapter or a lost device', async (bench) => {
    const desk = await talker(bench);
    await desk.look('avatar');
    const view = desk.page.locator('.view', {
      has: desk.page.getByRole('application', { name: /avatar\.gaussians: 4\d\d Gaussians/ }),
    });
    const orbit = view.getByRole('application');
    const drawnBy = (device: string): Promise<void> => view.locator(`[data-drawn="${device}"]`).waitFor();
    const choose = view.getByRole('combobox');
    await drawnBy('cpu');
    const front = await pixelsOf(orbit);
    await choose.selectOption('webgpu');
    await drawnBy('webgpu');
    expect(await choose.locator('option').count()).toBe(3);
    expect(largestDifference(await pixelsOf(orbit), front)).toBeLessThanOrEqual(2);
    await orbit.press('ArrowLeft');
    await expect
      .poll(async () => largestDifference(await pixelsOf(orbit), front), { timeout: 10_000 })
      .toBeGreaterThan(30);
    const turned = await pixelsOf(orbit);

    // the next thing that the worker asks of the GPU finds it gone
    for (const worker of desk.page.workers().filter((each) => each.url().includes('render-worker')))
      await worker.evaluate(() => {
        const { prototype } = (
          globalThis as unknown as {
            GPUDevice: { prototype: { createCommandEncoder(this: { destroy(): void }): unknown } };
          }
        ).GPUDevice;
        const encode = prototype.createCommandEncoder;
        prototype.createCommandEncoder = function () {
          this.destroy();
          return encode.call(this);
        };
      });
    await orbit.press('Home');
    await drawnBy('cpu');
    expect(largestDifference(await pixelsOf(orbit), front)).toBeLessThanOrEqual(2);
    expect(await view.textContent()).toMatch(/WebAssembly draws: .*lost/);
    await orbit.press('ArrowLeft');
    await expect
      .poll(async () => largestDifference(await pixelsOf(orbit), turned), { timeout: 10_000 })
      .toBeLessThanOrEqual(2);
  });

  test('as a .ply too, and in motion at the frame that belongs to what is heard', async (bench) => {
    const desk = await talker(bench);
    await desk.look('avatar');
    await desk.page.getByRole('application', { name: /avatar\.ply: 4\d\d Gaussians/ }).waitFor();
    await desk.look('fit');
    const view = desk.page.locator('.view', { has: desk.page.getByRole('application', { name: /fit\.deformation/ }) });
    await view.locator('[data-frame="0"]').waitFor();
    await view.getByRole('button', { name: 'Play' }).click();
    const pairs = await view.evaluate(async (element) => {
      const audio = element.querySelector('audio') as HTMLAudioElement;
      const orbit = element.querySelector('[data-frame]') as HTMLElement;
      const seen: [heard: number, drawn: number][] = [];
      while (audio.currentTime === 0) await new Promise((done) => requestAnimationFrame(done));
      while (!audio.paused) {
        seen.push([audio.currentTime * 25, Number(orbit.dataset['frame'])]);
        await new Promise((done) => requestAnimationFrame(done));
      }
      return seen;
    });
    expect(new Set(pairs.map(([, drawn]) => drawn)).size).toBeGreaterThan(3);
    // a picture is seen while the next one is drawn: late by that much, never early
    const late = pairs.map(([heard, drawn]) => Math.floor(heard) - drawn).sort((a, b) => a - b);
    expect(late[0]).toBeGreaterThanOrEqual(0);
    expect(late[Math.floor(late.length / 2)]).toBeLessThanOrEqual(3);
  });
});

describe('runs are compared', () => {
  test('two of them in words, figures, and films that play within a frame of each other', async (bench) => {
    await talker(bench);
    const desk = await bench.open(
      bench.write('expressive', { ...TALKER, inputs: { line: { type: 'text', default: 'Hello again.' } } }),
    );
    const { page } = desk;
    await desk.run();
    await desk.look('clip');
    await page.getByLabel('expressiveness', { exact: true }).fill('1.5');
    await desk.saved();
    await desk.run();
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Compare two runs of expressive' });
    await dialog.getByTestId('changes').getByText('clip.params.expressiveness: default -> 1.5').waitFor();
    await dialog.getByText(/Other results: clip, fit, film, report/).waitFor();
    expect(await dialog.getByRole('row', { name: /^fit\.psnr / }).textContent()).toMatch(/[+−]\d/);
    await dialog.locator('video').nth(3).waitFor();
    // however small they were made, they are equally high
    const heights = await dialog
      .locator('video')
      .evaluateAll((films) => films.map((film) => Math.round(film.getBoundingClientRect().height)));
    expect(new Set(heights).size).toBe(1);
    expect(heights[0]).toBeGreaterThan(300);
    const apart = await playedTogether(page, dialog.getByRole('button', { name: 'Play both' }));
    // one plays, the others follow it: a moment after the start they are within a frame
    expect(apart.length).toBeGreaterThan(5);
    expect(apart[Math.floor(apart.length / 2)]).toBeLessThan(1 / 25);
    await dialog.getByRole('slider', { name: 'Time of both' }).fill('0.4');
    expect(
      await dialog
        .locator('video')
        .evaluateAll((films) => films.map((film) => (film as HTMLVideoElement).currentTime.toFixed(2))),
    ).toEqual(['0.40', '0.40', '0.40', '0.40']);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Sweep', exact: true }).click();
    const sweep = page.getByRole('dialog', { name: 'Sweep expressive' });
    await sweep.getByLabel('Parameter or backbone').fill('clip.expressiveness');
    await sweep.getByLabel('Values, separated by commas').fill('1, 1.5');
    await sweep.getByRole('button', { name: /Run 2 variants/ }).click();
    const table = sweep.getByTestId('sweep');
    await expect.poll(() => table.locator('thead').textContent(), { timeout: 60_000 }).toMatch(/1done.*1\.5done/);
    expect(await table.locator('video').count()).toBe(4);
    const psnr = table.getByRole('row', { name: /^fit\.psnr / });
    const cells = (await psnr.locator('td').allTextContents()).map((text) => text.replace(' (best)', ''));
    expect([cells.length, new Set(cells).size]).toEqual([2, 2]);
    expect(await psnr.locator('.best').count()).toBe(1);
    // what is the same in all is shown when it is asked for
    expect(await table.getByRole('row', { name: /^avatar\.gaussians/ }).count()).toBe(0);
    await sweep.getByRole('checkbox').check();
    expect(await table.getByRole('row', { name: /^avatar\.gaussians/ }).count()).toBe(1);
    await page.close();
  });
});

/**
 * Plays what plays together to its end. @returns how far the films were apart, frame by frame once all had begun, least
 * first; seconds
 */
async function playedTogether(page: Page, play: Locator): Promise<number[]> {
  await page.waitForFunction(() => [...document.querySelectorAll('video')].every(({ readyState }) => readyState >= 2));
  await play.click();
  return page.evaluate(async () => {
    const films = [...document.querySelectorAll<HTMLVideoElement>('dialog[open] video')];
    const apart: number[] = [];
    for (const began = performance.now(); films.some(({ ended }) => !ended) && performance.now() - began < 10_000;) {
      await new Promise((done) => requestAnimationFrame(done));
      const times = films.map(({ currentTime }) => currentTime);
      if (Math.min(...times) > 0.2 && films.every(({ paused }) => !paused))
        apart.push(Math.max(...times) - Math.min(...times));
      if (films[0]?.paused) break;
    }
    return apart.sort((a, b) => a - b);
  });
}

/** A view's picture, rgba. */
function pixelsOf(orbit: Locator): Promise<number[]> {
  return orbit.locator('canvas').evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const context = new OffscreenCanvas(width, height).getContext('2d') as OffscreenCanvasRenderingContext2D;
    context.drawImage(canvas as HTMLCanvasElement, 0, 0);
    return [...context.getImageData(0, 0, width, height).data];
  });
}

function largestDifference(a: readonly number[], b: readonly number[]): number {
  return a.length === b.length
    ? a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] as number))), 0)
    : Infinity;
}

/** Whether a film moves on when it is played. */
async function playsOn(video: HTMLVideoElement): Promise<boolean> {
  video.muted = true;
  await video.play();
  await new Promise((done) => video.addEventListener('timeupdate', () => video.currentTime > 0.1 && done(undefined)));
  return video.videoWidth > 0 && video.currentTime > 0;
}

/** Runs that the gateway knows of. */
function runsOf(page: Page): Promise<unknown> {
  return page.evaluate(async () => [await (await fetch('/api/queue')).json(), await (await fetch('/api/runs')).json()]);
}
