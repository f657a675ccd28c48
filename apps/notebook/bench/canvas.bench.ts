import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import type { GraphDocument } from '@soliloquy/graph';
import { CHROMIUM } from '@soliloquy/testing/chromium';
import { Bench } from '../driver/notebook-driver.ts';

/*
 * How long a graph of hundreds of nodes takes to open, and how many frames a second panning, zooming and dragging it
 * gives, in a real Chromium on a real gateway. The graph is the quickstart's, many times over. `node
 * bench/canvas.bench.ts [copies]`
 *
 * Open: from navigating there until every node is an element with its name that the keyboard reaches, and two frames
 * later what lies in the view is painted. Frames: those that the browser's display compositor drew and swapped (its own
 * trace) while the hand moved without a pause, 120 events a second; a frame in which nothing moves is not drawn and
 * does not count.
 */

const COPIES = Number(process.argv[2] ?? 17);
const OPENINGS = 5;
const SECONDS = 3;
const EVENTS_A_SECOND = 120;

/** pixels of the view */
interface Place {
  readonly x: number;
  readonly y: number;
}

if (CHROMIUM === undefined) throw new Error('bench: expected Chromium, got none; set SOLILOQUY_CHROMIUM to its path');
const one = JSON.parse(
  readFileSync(new URL('../../../graphs/quickstart.json', import.meta.url), 'utf8'),
) as GraphDocument;
const bench = await Bench.start();
try {
  const path = bench.write('large', many(one, COPIES));
  const nodes = COPIES * (Object.keys(one.nodes).length + Object.keys(one.inputs).length);
  const openings: number[] = [];
  for (let round = 0; round < OPENINGS; round++) {
    const page = await bench.context.newPage();
    const began = performance.now();
    await page.goto(`${bench.origin}/#graph=${encodeURIComponent(path)}`);
    await page.waitForFunction(
      (count) => document.querySelectorAll('article[data-item][aria-label]').length === count,
      nodes,
    );
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    openings.push(performance.now() - began);
    if (!(await painted(page)))
      throw new Error('bench: expected a painted canvas when the graph is open, got an empty one');
    await page.close();
  }
  const { page } = await bench.open(path);
  await page.waitForFunction(
    (count: number) => document.querySelectorAll('article[data-item]').length === count,
    nodes,
  );
  await page.waitForTimeout(1500);
  const hand = await bench.context.newCDPSession(page);
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const threads = await page.evaluate(() => navigator.hardwareConcurrency);
  const measured = `${commit}, ${nodes} nodes, ${COPIES * one.edges.length} links, 1440x900`;
  console.log(`${measured}, ${threads} threads, ${bench.browser.version()}`);
  console.log(
    `opening: median ${median(openings).toFixed(0)} ms (${openings.map((each) => each.toFixed(0)).join(', ')})`,
  );
  for (const scale of ['all of it', 'near'] as const) {
    if (scale === 'near') await goNear(page);
    await page.waitForTimeout(600);
    const free = await placeOn(page, false);
    console.log(`${scale}, pan: ${await dragged(free)}`);
    console.log(`${scale}, zoom: ${await zoomed({ x: 540, y: 300 })}`);
    console.log(`${scale}, drag a node: ${await dragged(await placeOn(page, true))}`);
  }

  /** Frames while the hand, pressed at a place, goes round it. */
  async function dragged({ x, y }: Place): Promise<string> {
    const around = (at: number): Place => ({ x: x + Math.sin(at / 20) * 160, y: y + Math.sin(at / 27) * 90 });
    await mouse('mouseMoved', { x, y });
    await mouse('mousePressed', { x, y });
    const counted = await frames((at) => mouse('mouseMoved', around(at)));
    await mouse('mouseReleased', { x, y });
    return counted;
  }

  /** Frames while the wheel goes in and out over a place, 24 events each. */
  function zoomed(place: Place): Promise<string> {
    const deltaY = (at: number): number => (Math.floor(at / 24) % 2 === 0 ? -10 : 10);
    return frames((at) => mouse('mouseWheel', { ...place, deltaX: 0, deltaY: deltaY(at) }));
  }

  /** Moves the hand as long as it is timed. @param act event number `at` of it */
  async function frames(act: (at: number) => Promise<unknown>): Promise<string> {
    await bench.browser.startTracing(page, { categories: ['viz'] });
    const began = performance.now();
    // A mouse does not wait for the page; events that the browser cannot take pile up in it as they do in life, but no
    // more than that.
    const open = new Set<Promise<unknown>>();
    for (let at = 0; performance.now() - began < SECONDS * 1000; at++) {
      const sent: Promise<unknown> = act(at).finally(() => open.delete(sent));
      open.add(sent);
      await new Promise((resolve) =>
        setTimeout(resolve, Math.max(0, began + ((at + 1) * 1000) / EVENTS_A_SECOND - performance.now())),
      );
      if (open.size > 8) await Promise.race(open);
    }
    const seconds = (performance.now() - began) / 1000;
    await Promise.all(open);
    const trace = JSON.parse((await bench.browser.stopTracing()).toString('utf8')) as {
      traceEvents: { name: string; ts: number }[];
    };
    const drawn = trace.traceEvents
      .filter(({ name }) => name === 'Display::DrawAndSwap')
      .map(({ ts }) => ts / 1000)
      .sort((a, b) => a - b);
    const gaps = drawn
      .slice(1)
      .map((at, index) => at - (drawn[index] as number))
      .sort((a, b) => a - b);
    const slowest = gaps[Math.floor(gaps.length * 0.99)]?.toFixed(0);
    return `${(drawn.length / seconds).toFixed(1)} frames a second, slowest of a hundred ${slowest} ms`;
  }

  function mouse(
    type: 'mouseMoved' | 'mousePressed' | 'mouseReleased' | 'mouseWheel',
    where: Place & { deltaX?: number; deltaY?: number },
  ): Promise<unknown> {
    return hand.send('Input.dispatchMouseEvent', {
      type,
      ...where,
      button: type === 'mouseWheel' ? 'none' : 'left',
      buttons: type === 'mouseReleased' || type === 'mouseWheel' ? 0 : 1,
      clickCount: type === 'mousePressed' ? 1 : 0,
    });
  }
} finally {
  await bench.close();
}

/** Four nodes beside each other fill the view's width. */
async function goNear(page: Page): Promise<void> {
  await page.locator(`article[data-item="nodes.${Object.keys(one.nodes)[3]}-6"]`).focus();
  await page.keyboard.press('ArrowRight');
  for (let step = 0; step < 3; step++) await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('f');
  await page.keyboard.press('Escape');
}

/** A place of the view where a press drags a card, or else pans. */
function placeOn(page: Page, card: boolean): Promise<Place> {
  return page.evaluate((wanted) => {
    for (let y = 250; y < 500; y += 7)
      for (let x = 500; x < 900; x += 7) {
        const element = document.elementFromPoint(x, y);
        if (
          element?.closest('.canvas') !== null &&
          (element?.closest('[data-item]')?.matches('article') ?? false) === wanted
        )
          return { x, y };
      }
    throw new Error('bench: expected a place on the canvas, got none');
  }, card);
}

/** Whether something is painted on the canvas; a page that draws otherwise has none. */
function painted(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const sheet = document.querySelector<HTMLCanvasElement>('[aria-label="Canvas"] > canvas');
    const data = sheet?.getContext('2d')?.getImageData(0, 0, sheet.width, sheet.height).data;
    return data === undefined || data.some((value) => value !== 0);
  });
}

/** The graph many times beside itself, with its own names. */
function many(doc: GraphDocument, copies: number): object {
  const all = {
    inputs: {} as Record<string, unknown>,
    nodes: {} as Record<string, unknown>,
    edges: [] as string[],
    layout: {} as Record<string, [number, number]>,
  };
  for (let copy = 0; copy < copies; copy++) {
    for (const [name, input] of Object.entries(doc.inputs)) all.inputs[`${name}-${copy}`] = input;
    for (const [name, node] of Object.entries(doc.nodes)) all.nodes[`${name}-${copy}`] = node;
    all.edges.push(
      ...doc.edges.map((edge) => edge.replace(/^([\w-]+)/, `$1-${copy}`).replace(/-> ([\w-]+)/, `-> $1-${copy}`)),
    );
    const names = [...Object.keys(doc.inputs).map((name) => `inputs.${name}`), ...Object.keys(doc.nodes)];
    for (const [index, name] of names.entries())
      all.layout[`${name}-${copy}`] = [
        (index % 10) * 320 + (copy % 4) * 3400,
        Math.floor(index / 10) * 400 + Math.floor(copy / 4) * 900,
      ];
  }
  return all;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}
