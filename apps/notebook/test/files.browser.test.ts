import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { notebookTests } from './fixture/notebook-tests.ts';

const test = notebookTests();
/** Pages answer late where others compute beside them. */
const soon: typeof expect.poll = (read) => expect.poll(read, { timeout: 60_000 });

const WAIT = { nodes: { wait: { stage: 'wait@1', params: { ms: 3 } }, last: { stage: 'wait@1' } } };
/** One grey pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGPgBQAAEgARxAVk2AAAAABJRU5ErkJggg==';

test('one finder: backbones, other words, ports; nodes, params and values of the graph', async (bench) => {
  const desk = await bench.open(bench.write('found', WAIT));
  const { page } = desk;
  const first = async (query: string): Promise<string | null> => {
    await page.locator('dialog[open] [role="combobox"]').fill(query);
    return page.locator('dialog[open] [role="option"]').first().textContent();
  };
  await page.getByRole('button', { name: 'Node', exact: true }).click();
  expect(await first('by-length')).toMatch(/By length.*backbone of Wait/);
  expect(await first('upload')).toMatch(/Input: /);
  expect(await first('note')).toMatch(/^\s*Comment/);
  await first('by length');
  await page.keyboard.press('Enter');
  await soon(async () => Object.values((await desk.graph()).nodes).map(({ backbone }) => backbone)).toContain(
    'by-length',
  );

  await page.keyboard.press('Control+f');
  expect(await first('wait.ms')).toMatch(/wait\.ms.*3/);
  await page.keyboard.press('Enter');
  await soon(() => page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe('3');
  await page.keyboard.press('Control+k');
  expect(await first('last')).toMatch(/^\s*last/);
  await page.keyboard.press('Enter');
  await soon(() => page.evaluate(() => document.activeElement?.getAttribute('data-item'))).toBe('nodes.last');

  await page.locator(desk.card('last')).click({ button: 'right', position: { x: 60, y: 12 } });
  await page.getByRole('option', { name: /^Mute/ }).click();
  await soon(async () => (await desk.graph()).nodes['last']?.skip).toBe('mute');
  await page.close();
});

test('graphs are made, copied, renamed and deleted; Back and a link to a node find their way', async (bench) => {
  const desk = await bench.open(bench.write('filed', WAIT));
  const { page } = desk;
  const heading = page.getByRole('heading', { level: 1 });
  const command = async (query: string): Promise<void> => {
    await page.keyboard.press('Control+k');
    await page.locator('dialog[open] [role="combobox"]').fill(query);
    await page.keyboard.press('Enter');
  };
  await command('duplicate this graph');
  await soon(() => heading.textContent()).toBe('filed-copy');
  expect((JSON.parse(bench.read('graphs/filed-copy.json')) as { nodes: object }).nodes).toEqual(
    (JSON.parse(bench.read('graphs/filed.json')) as { nodes: object }).nodes,
  );
  await page.goBack();
  await soon(() => heading.textContent()).toBe('filed');
  await page.goForward();
  await soon(() => heading.textContent()).toBe('filed-copy');

  await command('rename this graph');
  await page.getByLabel('Name', { exact: true }).fill('mine');
  await page.keyboard.press('Enter');
  await soon(() => heading.textContent()).toBe('mine');
  await desk.said(/filed-copy\.json is graphs\/mine\.json now/);
  expect(existsSync(join(bench.project, 'graphs/filed-copy.json'))).toBe(false);

  await page.locator(desk.card('last')).click({ position: { x: 60, y: 12 } });
  await soon(() => page.url()).toMatch(/graph=graphs%2Fmine\.json&node=last$/);
  await page.reload();
  await page.getByLabel('Name of the node').waitFor();
  expect(await page.getByLabel('Name of the node').inputValue()).toBe('last');

  await command('delete this graph');
  await page.getByRole('button', { name: 'Delete the graph' }).click();
  await page.getByRole('button', { name: 'New graph' }).click();
  await soon(() => heading.textContent()).toBe('untitled');
  expect(existsSync(join(bench.project, 'graphs/mine.json'))).toBe(false);
  await page.close();
});

test('a missing input asks for its file; a dropped photograph is given to it, or becomes one', async (bench) => {
  const desk = await bench.open(bench.write('given', { inputs: { face: { type: 'image' } }, nodes: {} }));
  const { page } = desk;
  const photo = join(bench.project, 'me.png');
  writeFileSync(photo, Buffer.from(PNG, 'base64'));
  await page.locator(desk.card('inputs.face')).getByText('Choose a file, or drop one').waitFor();
  await desk.drop(photo, 'image/png');
  await desk.said(/me\.png is the value of face/);
  const inputs = async (): Promise<unknown> => (await desk.graph())['inputs'];
  expect(await inputs()).toEqual({ face: { type: 'image', default: '../uploads/me.png' } });
  expect(await page.getByText('Choose a file, or drop one').count()).toBe(0);
  await desk.drop(photo, 'image/png');
  await desk.said(/me\.png is the value of image/);
  expect(await inputs()).toMatchObject({ image: { type: 'image', default: '../uploads/me.png' } });
  await page.close();
});

test('the size is remembered per graph; a name that cannot be taken stays in its field, and is said', async (bench) => {
  const sized = { ...WAIT, sizes: { tiny: { 'wait.ms': 1 } } };
  const desk = await bench.open(bench.write('sized', sized));
  const { page } = desk;
  const size = page.getByRole('banner').getByRole('combobox');
  await size.selectOption('tiny');
  bench.write('other', sized);
  await page.goto(`${bench.origin}/#graph=graphs%2Fother.json`);
  await soon(() => page.getByRole('heading', { level: 1 }).textContent()).toBe('other');
  expect(await size.inputValue()).toBe('small');
  await page.goBack();
  await soon(() => page.getByRole('heading', { level: 1 }).textContent()).toBe('sized');
  expect(await size.inputValue()).toBe('tiny');

  await desk.look('last');
  const name = page.getByLabel('Name of the node');
  await name.fill('größe');
  await page.keyboard.press('Enter');
  expect(await name.inputValue()).toBe('größe');
  expect(await name.getAttribute('aria-invalid')).toBe('true');
  await page.keyboard.press('Tab');
  await desk.said(/Name of the node stays “last”/);
  expect(Object.keys((await desk.graph()).nodes)).toEqual(['wait', 'last']);
  await page.close();
});
