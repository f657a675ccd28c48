import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { GraphDocument } from '@soliloquy/graph';
import { Bench, CHROMIUM } from '../driver/notebook-driver.ts';

/*
 * How long a graph of hundreds of nodes takes to open, and how many frames a second panning, zooming and dragging it gives, in a real Chromium on a real gateway.
 * The graph is the quickstart's, many times over. `node bench/canvas.bench.ts [copies]`
 */

const COPIES = Number(process.argv[2] ?? 17);
const OPENINGS = 5;
const SECONDS = 4;

if (CHROMIUM === undefined) throw new Error('bench: expected Chromium, got none; set SOLILOQUY_CHROMIUM to its path');
const one = JSON.parse(readFileSync(new URL('../../../graphs/quickstart.json', import.meta.url), 'utf8')) as GraphDocument;
const bench = await Bench.start();
try {
  const path = bench.write('large', many(one, COPIES));
  const nodes = COPIES * (Object.keys(one.nodes).length + 1);
  const openings: number[] = [];
  for (let round = 0; round < OPENINGS; round++) {
    const began = performance.now();
    const desk = await bench.open(path);
    await desk.page.waitForFunction((count) => document.querySelectorAll('article[data-item]').length === count, nodes);
    await desk.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    openings.push(performance.now() - began);
    await desk.page.close();
  }
  const { page } = await bench.open(path);
  await page.waitForFunction((count: number) => document.querySelectorAll('article[data-item]').length === count, nodes);
  await page.waitForTimeout(1500);
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  console.log(`${commit}, ${nodes} nodes, ${COPIES * one.edges.length} links, 1440x900, ${await page.evaluate(() => `${navigator.hardwareConcurrency} threads`)}, ${bench.browser.version()}`);
  console.log(`opening: median ${median(openings).toFixed(0)} ms (${openings.map((each) => each.toFixed(0)).join(', ')})`);
  for (const scale of ['all of it', 'near'] as const) {
    if (scale === 'near') for (let step = 0; step < 12; step++) await page.keyboard.press('+');
    await page.waitForTimeout(600);
    console.log(`${scale}, pan: ${await frames(() => pan())}`);
    console.log(`${scale}, zoom: ${await frames(() => zoom())}`);
  }

  /** Moves as long as it is timed; frames by requestAnimationFrame. */
  async function frames(act: () => Promise<void>): Promise<string> {
    await page.evaluate((ms: number) => {
      const stamps: number[] = [];
      const state = window as unknown as { stamps: number[]; done: boolean };
      state.done = false;
      const began = performance.now();
      requestAnimationFrame(function note(now) {
        stamps.push(now);
        if (now - began < ms) requestAnimationFrame(note);
        else Object.assign(state, { stamps, done: true });
      });
    }, SECONDS * 1000);
    while (!(await page.evaluate(() => (window as unknown as { done: boolean }).done))) await act();
    const stamps = await page.evaluate(() => (window as unknown as { stamps: number[] }).stamps);
    const gaps = stamps.slice(1).map((stamp, index) => stamp - (stamps[index] as number)).sort((a, b) => a - b);
    return `${((1000 * gaps.length) / ((stamps.at(-1) ?? 0) - (stamps[0] ?? 0))).toFixed(1)} frames a second, slowest of a hundred ${gaps[Math.floor(gaps.length * 0.99)]?.toFixed(0)} ms`;
  }

  async function pan(): Promise<void> {
    await page.mouse.move(500, 300);
    await page.mouse.down();
    for (let step = 0; step < 24; step++) await page.mouse.move(500 + Math.sin(step / 3) * 160, 300 + Math.cos(step / 4) * 90);
    await page.mouse.up();
  }

  async function zoom(): Promise<void> {
    await page.mouse.move(540, 300);
    for (let step = 0; step < 6; step++) await page.mouse.wheel(0, -40);
    for (let step = 0; step < 6; step++) await page.mouse.wheel(0, 40);
  }
} finally {
  await bench.close();
}

/** The graph many times beside itself, with its own names. */
function many(doc: GraphDocument, copies: number): object {
  const all = { inputs: {} as Record<string, unknown>, nodes: {} as Record<string, unknown>, edges: [] as string[], layout: {} as Record<string, [number, number]> };
  for (let copy = 0; copy < copies; copy++) {
    for (const [name, input] of Object.entries(doc.inputs)) all.inputs[`${name}-${copy}`] = input;
    for (const [name, node] of Object.entries(doc.nodes)) all.nodes[`${name}-${copy}`] = node;
    all.edges.push(...doc.edges.map((edge) => edge.replace(/^([\w-]+)/, `$1-${copy}`).replace(/-> ([\w-]+)/, `-> $1-${copy}`)));
    const names = [...Object.keys(doc.inputs).map((name) => `inputs.${name}`), ...Object.keys(doc.nodes)];
    for (const [index, name] of names.entries()) all.layout[`${name}-${copy}`] = [(index % 10) * 320 + (copy % 4) * 3400, Math.floor(index / 10) * 400 + Math.floor(copy / 4) * 900];
  }
  return all;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}
