import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect } from 'vitest';
import { notebookTests } from './fixture/notebook-tests.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Found {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

const test = notebookTests();

describe('axe finds nothing serious', () => {
  test('on the canvas, in the form, in the list that is searched and on the run, in light and dark', async (bench) => {
    const desk = await bench.open(
      bench.write('seen', {
        inputs: { line: { type: 'text', default: 'Hello.' } },
        nodes: { first: { stage: 'wait@1' }, picture: { stage: 'text-to-image@1', params: { width: 9 } }, square: { stage: 'paint@1', skip: 'mute' } },
        edges: ['line -> first.text', 'first.text -> square.text'],
        cells: [{ markdown: '# Seen' }, { show: 'first.text' }],
        groups: [{ title: 'Two', nodes: ['first', 'square'] }],
        comments: [{ text: 'A note', at: [40, 420] }],
        layout: { first: [320, 0], 'inputs.line': [0, 0], picture: [320, 300], square: [640, 0] },
      }),
    );
    const { page } = desk;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.locator(desk.card('picture')).click({ position: { x: 60, y: 12 } });
      await page.getByRole('tab', { name: 'Inspect' }).click();
      await page.getByText('Parameters').waitFor();
      expect(await serious(), `${colorScheme}: form`).toEqual([]);
      await page.getByRole('tab', { name: 'Run' }).click();
      expect(await serious(), `${colorScheme}: run`).toEqual([]);
      await page.getByRole('button', { name: 'Node', exact: true }).click();
      await page.waitForSelector('dialog[open]');
      expect(await serious(), `${colorScheme}: list`).toEqual([]);
      await page.keyboard.press('Escape');
    }
    await page.close();

    async function serious(): Promise<string[]> {
      // run as the page's own policy does not concern it: through the browser's tools
      await page.evaluate(AXE);
      const found = await page.evaluate(async () => ((await (window as unknown as { axe: { run: (options: object) => Promise<{ violations: Found[] }> } }).axe.run({ resultTypes: ['violations'] })) satisfies { violations: Found[] }).violations);
      return found.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary.slice(0, 200)}`).join(' | ')}`);
    }
  });
});
