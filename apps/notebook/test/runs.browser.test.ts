import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Bench, Desk } from '../driver/notebook-driver.ts';
import { notebookTests } from './fixture/notebook-tests.ts';

const test = notebookTests();
/** Pages answer late where others compute beside them. */
const soon: typeof expect.poll = (read) => expect.poll(read, { timeout: 60_000 });

/** A figure, a picture and a text: stages that take no time. */
const SQUARE = {
  nodes: {
    wait: { stage: 'wait@1', params: { ms: 3 } },
    square: { stage: 'paint@1', params: { grey: 255, side: 64 } },
  },
  edges: ['wait.text -> square.text'],
  outputs: { 'square.png': 'square.image', 'page.html': 'square.report' },
  cells: [{ show: 'square.image' }, { show: 'wait.metrics' }],
};

async function square(bench: Bench, name: string): Promise<Desk> {
  const input = { inputs: { line: { type: 'text', default: 'Hello.' } } };
  const edges = ['line -> wait.text', ...SQUARE.edges];
  const desk = await bench.open(bench.write(name, { ...SQUARE, ...input, edges }));
  await desk.run();
  return desk;
}

async function setAndRun(desk: Desk, node: string, param: string, value: string): Promise<void> {
  await desk.look(node);
  await desk.page.getByLabel(param, { exact: true }).fill(value);
  await desk.page.getByLabel(param, { exact: true }).blur();
  await desk.saved();
  await desk.run();
}

test('runs are a table: baseline, name, note, figures, their graph, their results, delete', async (bench) => {
  const desk = await square(bench, 'table');
  const { page } = desk;
  await page.getByRole('button', { name: 'Runs', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Runs of table' });
  const rows = dialog.locator('tbody tr');
  await soon(() => rows.count()).toBe(1);
  await rows
    .first()
    .getByRole('button', { name: /^Baseline/ })
    .click();
  await rows
    .first()
    .getByRole('button', { name: /^Baseline/, pressed: true })
    .waitFor();
  await rows
    .first()
    .getByLabel(/^Name of run/)
    .fill('white');
  await rows
    .first()
    .getByLabel(/^Name of run/)
    .press('Enter');
  await rows.first().getByLabel('Note on white').fill('as bright as it goes');
  await rows.first().getByLabel('Note on white').blur();
  const label = (): unknown => {
    const [run = ''] = readdirSync(join(bench.project, '.soliloquy/runs')).sort();
    return JSON.parse(readFileSync(join(bench.project, '.soliloquy/runs', run, 'label.json'), 'utf8'));
  };
  await soon(label).toEqual({ name: 'white', note: 'as bright as it goes' });
  await page.keyboard.press('Escape');

  await setAndRun(desk, 'wait', 'ms', '5');
  await desk.said(/^Against the baseline \(white\): wait\.params\.ms: 3 -> 5, wait\.ms \+2/);
  await page.getByRole('button', { name: 'Runs', exact: true }).click();
  const newest = rows.first();
  await soon(() => rows.count()).toBe(2);
  expect(await newest.locator('.differs').textContent()).toContain('wait.params.ms: 3 -> 5');
  expect(await newest.locator('td.number').first().textContent()).toBe('5+2');
  expect(await rows.nth(1).locator('img').count()).toBe(1);
  const listed = await bench.command('runs', 'table', '--figure', 'wait.ms');
  expect(listed.stdout).toMatch(/\* +\S+ +table +white +done .*the baseline/);
  expect(listed.stdout).toContain('   as bright as it goes');

  await rows.nth(1).getByRole('button', { name: 'Show its results on the canvas' }).click();
  await page.getByText('Results of white are shown').waitFor();
  const shownMs = (): Promise<string | null> => page.locator('.cells tbody .number').first().textContent();
  await soon(shownMs).toBe('3');
  await page.getByRole('button', { name: /Back to the graph/ }).click();
  await soon(shownMs).toBe('5');

  await page.getByRole('button', { name: 'Runs', exact: true }).click();
  await newest.getByRole('button', { name: /^Delete/ }).click();
  await newest.getByRole('button', { name: /^Really delete/ }).click();
  await soon(() => rows.count()).toBe(1);
  await rows.first().getByRole('button', { name: 'Open its graph' }).click();
  await desk.said(/Opened the graph of run \S+ as graphs\/table-2\.json/);
  const opened = JSON.parse(bench.read('graphs/table-2.json')) as { nodes: { wait: { params: { ms: number } } } };
  expect(opened.nodes.wait.params.ms).toBe(3);
  await page.close();
});

test('the last result stays, and says that it is of an earlier run, until there is a newer one', async (bench) => {
  const desk = await square(bench, 'former');
  const { page } = desk;
  const cell = page.getByRole('article', { name: 'result square.image' });
  await cell.locator('img').waitFor();
  await desk.look('square');
  await page.getByLabel('grey', { exact: true }).fill('90');
  await page.getByLabel('grey', { exact: true }).blur();
  await cell.getByText('Of an earlier run').waitFor();
  expect(await cell.locator('img').count()).toBe(1);
  await page.reload();
  await cell.getByText('Of an earlier run').waitFor();
  await desk.run();
  await cell.getByText('Of an earlier run').waitFor({ state: 'detached' });
  await page.close();
});

test('pictures are compared in their pixels, in two presses from the baseline', async (bench) => {
  const desk = await square(bench, 'pixels');
  const { page } = desk;
  await setAndRun(desk, 'square', 'grey', '155');
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Compare two runs of pixels' });
  const stage = dialog.getByRole('application', { name: /^square\.png/ });
  await dialog.getByRole('button', { name: 'Wipe', exact: true }).click();
  expect(await stage.getAttribute('data-mode')).toBe('wipe');
  const heights = await stage.locator('img').evaluateAll((all) => all.map((img) => img.getBoundingClientRect().height));
  expect(heights[0]).toBeGreaterThan(300);
  expect(heights[1]).toBe(heights[0]);

  const wipe = dialog.getByRole('slider', { name: 'Wipe between A and B' });
  await stage.press('ArrowLeft');
  expect(await wipe.inputValue()).toBe('0.45');
  // left of the bar is A, right of it B
  const shot = async (x: number): Promise<number> => {
    const box = (await stage.locator('.frame.a').boundingBox())!;
    const png = await page.screenshot({
      clip: { x: box.x + box.width * x, y: box.y + box.height / 2, width: 2, height: 2 },
    });
    return page.evaluate(async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0))]));
      const context = new OffscreenCanvas(2, 2).getContext('2d') as OffscreenCanvasRenderingContext2D;
      context.drawImage(bitmap, 0, 0);
      return context.getImageData(0, 0, 1, 1).data[0] as number;
    }, png.toString('base64'));
  };
  expect(await shot(0.2)).toBe(255);
  const right = await shot(0.8);
  expect(right).toBeLessThan(240);

  await dialog.getByRole('button', { name: 'Hold to flip' }).click();
  expect(await shot(0.8)).toBe(255);
  await stage.focus();
  await page.keyboard.down(' ');
  expect(await shot(0.8)).toBe(right);
  await page.keyboard.up(' ');
  expect(await shot(0.8)).toBe(255);

  await dialog.getByRole('button', { name: '|A − B|' }).click();
  await soon(() => dialog.getByTestId('mean-difference').first().textContent()).toMatch(/mean \|A − B\| (?!0\.00)\d/);
  await stage.press('+');
  await stage.press('+');
  expect(await dialog.getByLabel('Zoom').first().textContent()).toBe('156 %');
  const transforms = await stage
    .locator('img')
    .evaluateAll((all) => all.map((img) => (img as HTMLElement).style.transform));
  expect(transforms[0]).toBe(transforms[1]);
  await stage.press('Home');
  expect(await dialog.getByLabel('Zoom').first().textContent()).toBe('100 %');
  await page.close();
});

test('backbones, seeds and inputs are axes of a sweep; its columns are copied as a table', async (bench) => {
  const desk = await square(bench, 'axes');
  const { page } = desk;
  await desk.look('wait');
  await page.getByRole('button', { name: 'Compare all backbones…' }).click();
  const sweep = page.getByRole('dialog', { name: 'Sweep axes' });
  const chips = sweep.getByRole('group', { name: 'Backbones of wait' });
  // all that are here, and no other
  await soon(() => chips.getByRole('button', { pressed: true }).allTextContents()).toEqual(['plain', 'by-length']);
  expect(await chips.getByRole('button', { name: /^lacking/ }).textContent()).toContain('needs no-such-program');
  await chips.getByRole('button', { name: 'by-length' }).click();
  await sweep.getByRole('button', { name: '3 seeds' }).click();
  await sweep.getByRole('button', { name: 'Another parameter' }).click();
  await sweep.getByLabel('Parameter or backbone').last().fill('inputs.line');
  await sweep.getByLabel('Values, one on a line').fill('Well, hello.\nGood morning, all.');
  expect(await sweep.getByTestId('cost').textContent()).toMatch(/^About .* as its parts took last time/);
  await sweep.getByRole('button', { name: /^Run 6 variants/ }).click();
  const table = sweep.getByTestId('sweep');
  await soon(() => table.locator('thead th').allTextContents()).toEqual([
    'wait.backbone, inputs.line',
    expect.stringMatching(/^plain, Well, hello\.done, /) as string,
    expect.stringMatching(/^plain, Good morning, all\.done, /) as string,
  ]);
  await sweep.getByRole('checkbox').check();
  expect(
    await table
      .getByRole('row', { name: /^wait\.ms/ })
      .locator('td')
      .allTextContents(),
  ).toEqual(['3 ± 0', '3 ± 0']);
  await sweep.getByRole('button', { name: 'Markdown' }).click();
  await desk.said(/The table is copied as Markdown/);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/\| wait\.ms ms ↓ \| 3 ± 0 \| 3 ± 0 \|/);
  await page.close();
});
