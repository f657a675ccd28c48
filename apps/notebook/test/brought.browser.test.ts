import { describe, expect } from 'vitest';
import { notebookTests } from './fixture/notebook-tests.ts';

const PROJECT = {
  'soliloquy.config.ts': "export default { modules: ['./backbones/counted.ts'] };\n",
  'backbones/counted.ts': `import { z } from 'zod';
import { defineBackbone } from '@soliloquy/stage';
import { corpusStage } from '@soliloquy/text-to-speech';

export const backbones = [
  defineBackbone(corpusStage, 'counted', {
    version: 1,
    title: 'Counted lines',
    summary: 'Line 1, line 2 …',
    params: z.object({ word: z.string().default('Line').describe('What is counted.') }),
    run: (_inputs, { count, word }) => {
      const text = Array.from({ length: count }, (_, at) => \`\${word} \${at + 1}.\`);
      return { text };
    },
  }),
];
`,
};
const test = notebookTests(PROJECT, ['--trust']);
const untrusted = notebookTests(PROJECT);

describe("a project's backbone in the notebook", () => {
  test('is offered with its params, and runs', async (bench) => {
    const desk = await bench.open(
      bench.write('lines', { nodes: { lines: { stage: 'corpus@1', params: { count: 1 } } } }),
    );
    const { page } = desk;
    await page.locator(desk.card('lines')).click({ position: { x: 60, y: 12 } });
    await page.getByLabel('Backbone', { exact: true }).selectOption('counted');
    await page.getByLabel('word', { exact: true }).fill('Verse');
    await page.getByLabel('word', { exact: true }).blur();
    const graph = await desk.graph();
    expect(graph.nodes['lines']).toMatchObject({ backbone: 'counted', params: { count: 1, word: 'Verse' } });
    await desk.run();
    await desk.untilState('lines', /cached|done/);
    await desk.look('lines');
    await page.getByText('Verse 1.').first().waitFor();
    await page.close();
  });

  untrusted('is not offered before the project is trusted, and the page says how to', async (bench) => {
    const desk = await bench.open(bench.write('lines', { nodes: { lines: { stage: 'corpus@1' } } }));
    const { page } = desk;
    await page
      .getByRole('list', { name: 'Notices' })
      .getByText(/^soliloquy\.config\.ts: not trusted, so nothing of it is run; soliloquy trust/)
      .waitFor();
    await page.locator(desk.card('lines')).click({ position: { x: 60, y: 12 } });
    const offered = await page.getByLabel('Backbone', { exact: true }).locator('option').allTextContents();
    expect(offered.length).toBeGreaterThan(0);
    expect(offered).not.toContainEqual(expect.stringContaining('counted'));
    await page.close();
  });
});
