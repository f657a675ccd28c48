import { pathToFileURL } from 'node:url';
import { describe, expect } from 'vitest';
import { serious } from './fixture/axe.ts';
import { notebookTests } from './fixture/notebook-tests.ts';

const test = notebookTests();

describe('axe finds nothing serious', () => {
  test('on canvas, in forms, in the list that is searched, on run and keys, in light and dark', async (bench) => {
    const desk = await bench.open(
      bench.write('seen', {
        inputs: { line: { type: 'text', default: 'Hello.' } },
        nodes: {
          first: { stage: 'wait@1' },
          picture: { stage: 'text-to-image@1', params: { width: 9 } },
          square: { stage: 'paint@1', skip: 'mute' },
        },
        edges: ['line -> first.text', 'first.text -> square.text'],
        outputs: { 'first.txt': 'first.text' },
        sizes: { tiny: { 'first.ms': 1 } },
        expect: [{ metric: 'first.ms', atMost: 5 }],
        cells: [{ markdown: '# Seen' }, { show: 'first.text' }],
        groups: [{ title: 'Two', nodes: ['first', 'square'] }],
        comments: [{ text: 'A note', at: [40, 420] }],
        layout: { first: [320, 0], 'inputs.line': [0, 0], picture: [320, 300], square: [640, 0] },
      }),
    );
    const { page } = desk;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      if (colorScheme === 'light') {
        await page.getByRole('heading', { name: 'Expectations' }).waitFor();
        expect(await serious(page), `${colorScheme}: form of the graph`).toEqual([]);
      }
      await desk.look('picture');
      await page.getByText('Parameters').waitFor();
      expect(await serious(page), `${colorScheme}: form of a node`).toEqual([]);
      await desk.look('inputs.line');
      expect(await serious(page), `${colorScheme}: form of an input`).toEqual([]);
      await page.getByRole('tab', { name: 'Run' }).click();
      expect(await serious(page), `${colorScheme}: run`).toEqual([]);
      await page.getByRole('button', { name: 'Node', exact: true }).click();
      await page.waitForSelector('dialog[open]');
      expect(await serious(page), `${colorScheme}: list`).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
      await page.waitForSelector('dialog[open]');
      expect(await serious(page), `${colorScheme}: keys`).toEqual([]);
      await page.keyboard.press('Escape');
    }
    await page.close();
  });

  test('on results, the queue, the comparison, the sweep and the exported page, in light and dark', async (bench) => {
    const desk = await bench.open(
      bench.write('made', {
        nodes: { first: { stage: 'wait@1' }, square: { stage: 'paint@1' }, slow: { stage: 'wait@1' } },
        edges: ['first.text -> square.text'],
        outputs: { 'square.png': 'square.image' },
        expect: [{ metric: 'first.ms', atLeast: 1 }],
        cells: [{ markdown: '# Made' }, { show: 'square.image' }, { show: 'first.metrics' }, { show: 'square.report' }],
      }),
    );
    const { page } = desk;
    await desk.run();
    await desk.look('square');
    await page.getByLabel('grey', { exact: true }).fill('200');
    await desk.saved();
    await desk.run();
    const exported = pathToFileURL(await desk.export()).href;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await desk.look('first');
      await page.locator('.form table').waitFor();
      expect(await serious(page), `${colorScheme}: figures of a node`).toEqual([]);
      await page.getByRole('tab', { name: 'Run' }).click();
      expect(await serious(page), `${colorScheme}: run that was`).toEqual([]);
      await page.getByRole('button', { name: 'Runs', exact: true }).click();
      await page.getByTestId('runs').locator('img').first().waitFor();
      expect(await serious(page), `${colorScheme}: runs`).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Compare', exact: true }).click();
      await page.getByTestId('changes').getByText('grey').waitFor();
      expect(await serious(page), `${colorScheme}: comparison`).toEqual([]);
      await page.getByRole('button', { name: '|A − B|' }).click();
      await page.getByTestId('mean-difference').waitFor();
      expect(await serious(page), `${colorScheme}: comparison, difference`).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Sweep', exact: true }).click();
      const sweep = page.getByRole('dialog', { name: 'Sweep made' });
      if (colorScheme === 'light') {
        await sweep.getByLabel('Parameter or backbone').fill('square.grey');
        await sweep.getByLabel('Values, separated by commas').fill('1, 2');
        await sweep.getByRole('button', { name: /Run 2 variants/ }).click();
      }
      await sweep.getByTestId('sweep').locator('img').nth(1).waitFor();
      expect(await serious(page), `${colorScheme}: sweep`).toEqual([]);
      await page.keyboard.press('Escape');
      const reader = await page.context().newPage();
      await reader.emulateMedia({ colorScheme });
      await reader.goto(exported);
      expect(await serious(reader), `${colorScheme}: exported page`).toEqual([]);
      await reader.close();
    }
    await page.close();
  });
});
