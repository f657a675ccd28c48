import { expect, test as plainTest } from 'vitest';
import { graphSchema } from '@soliloquy/graph';
import { notebookTests } from './fixture/notebook-tests.ts';

const test = notebookTests();

/** What the forms edit; all else is edited on the canvas and below it, or is said once for all files. */
const IN_FORMS = ['name', 'description', 'seed', 'size', 'inputs', 'nodes', 'outputs', 'sizes', 'expect'];
const ELSEWHERE = ['edges', 'cells', 'groups', 'comments', 'layout'];
const FIXED = ['$schema', 'format'];

plainTest('every field of the graph document is one of a form, of the canvas or of the cells', () => {
  expect([...IN_FORMS, ...ELSEWHERE, ...FIXED].sort()).toEqual(Object.keys(graphSchema.shape).sort());
});

test('inputs, outputs, sizes and expectations are edited in the forms, and undone to the byte', async (bench) => {
  const path = bench.write('formed', {
    inputs: { line: { type: 'text', default: 'Hello.' } },
    nodes: { first: { stage: 'wait@1' }, square: { stage: 'paint@1', params: { grey: 3 } } },
    edges: ['line -> first.text', 'first.text -> square.text'],
    sizes: { tiny: { 'square.side': 8 } },
    layout: { first: [320, 0], 'inputs.line': [0, 0], square: [640, 0] },
  });
  await bench.command('fmt', path, '--write');
  const before = bench.read(path);
  const desk = await bench.open(path);
  const { page } = desk;
  const commit = async (
    label: string,
    text: string,
    within = page.getByRole('complementary', { name: 'Details' }),
  ): Promise<void> => {
    const field = within.getByLabel(label, { exact: true });
    await field.fill(text);
    await field.press('Enter');
  };

  await commit('Name of the graph', 'formed-well');
  await page.getByLabel('Description').fill('All of it.');
  await commit('Seed', '12');
  await page.getByLabel('Size by default').selectOption('tiny');

  await page.getByRole('button', { name: 'Output', exact: true }).click();
  await desk.choose('square.image');
  await page.getByRole('button', { name: 'Output', exact: true }).click();
  await desk.choose('square.report');
  await commit('File of square.image', 'picture.png');
  await commit('File of square.image', '../up.png');
  await page.getByLabel('What square-report.html holds').selectOption('first.text');

  await commit('Name of a new size', 'large');
  await commit('Name of a new size', 'gone');
  await commit('Name of size large', 'huge');
  await page.getByRole('button', { name: 'Remove size gone' }).click();

  for (let count = 0; count < 2; count++) await page.getByRole('button', { name: 'Expectation', exact: true }).click();
  await page
    .getByRole('button', { name: /Remove the expectation/ })
    .last()
    .click();
  const expectation = page.getByRole('listitem', { name: 'Expectation 1' });
  await commit('Metric', 'first.ms', expectation);
  await commit('At most', '5000', expectation);
  await commit('At least', '', expectation);
  await commit('At most', '', expectation);
  await commit('Why', 'Nobody waits so long.', expectation);
  await expectation.getByRole('button', { name: 'tiny' }).click();

  await page.locator(desk.card('inputs.line')).click({ position: { x: 60, y: 12 } });
  await commit('Name of the input', 'words');
  await page.getByLabel('Type', { exact: true }).selectOption('file');
  await page.getByLabel('Type', { exact: true }).selectOption('text');
  await page.getByLabel('Description').fill('What is said.');
  await page.getByLabel('May be left out').check();

  await page.getByRole('banner').getByRole('combobox').selectOption('huge');
  await desk.look('square');
  await page.getByLabel('grey', { exact: true }).hover();
  await page.getByRole('button', { name: 'Give grey another value at huge' }).click();
  await commit('huge', '200');

  const after = await desk.saved();
  expect(JSON.parse(after)).toMatchObject({
    name: 'formed-well',
    description: 'All of it.',
    seed: 12,
    size: 'tiny',
    inputs: { words: { type: 'text', default: 'Hello.', optional: true, description: 'What is said.' } },
    outputs: { 'picture.png': 'square.image', 'square-report.html': 'first.text' },
    sizes: { tiny: { 'square.side': 8 }, huge: { 'square.grey': 200 } },
    expect: [{ metric: 'first.ms', atMost: 5000, why: 'Nobody waits so long.', sizes: ['huge'] }],
  });
  expect((await bench.command('fmt', path, '--check')).code).toBe(0);
  const undo = page.getByRole('button', { name: 'Undo', exact: true });
  while (!(await undo.isDisabled())) await undo.click();
  expect(await desk.saved()).toBe(before);
  await page.close();
});
