import { describe, expect } from 'vitest';
import { notebookTests } from './fixture/notebook-tests.ts';

const test = notebookTests();

describe('a graph is built', () => {
  test('by mouse from an empty canvas; the command line runs what is saved to the same digests', async (bench) => {
    const desk = await bench.open(bench.write('by-mouse', { nodes: {} }));
    const { page } = desk;
    await page.getByRole('button', { name: 'Add a node' }).click();
    await desk.choose('attribute sampler');
    await page.mouse.dblclick(740, 110);
    await desk.choose('text to image');
    await page.waitForSelector(desk.card('text-to-image'));
    await desk.link('attribute-sampler.attributes', 'text-to-image.attributes');
    await desk.said(/Connected attribute-sampler\.attributes to text-to-image\.attributes/);
    // into the void: what fits is offered, and comes connected
    const from = await desk.socket('text-to-image', 'output', 'image');
    await desk.dragLink(from, { x: 700, y: 480 });
    await desk.choose('reference image');
    await page.waitForSelector(desk.card('reference'));
    await page.locator(desk.card('reference')).click({ position: { x: 60, y: 12 } });
    await page.getByLabel('Backbone', { exact: true }).selectOption('figure');
    await page.locator('[title^="Show all"]').click();
    await page.waitForTimeout(300);
    await desk.link('text-to-image.landmarks', 'reference.landmarks');
    await desk.link('text-to-image.background', 'reference.background');
    await page.locator(desk.card('text-to-image')).click({ position: { x: 60, y: 12 } });
    await page.getByLabel('width', { exact: true }).fill('128');
    await page.getByLabel('height', { exact: true }).fill('192');

    const text = await desk.saved();
    const graph = await desk.graph();
    expect(graph.edges).toEqual([
      'attribute-sampler.attributes -> text-to-image.attributes',
      'text-to-image.image -> reference.image',
      'text-to-image.landmarks -> reference.landmarks',
      'text-to-image.background -> reference.background',
    ]);
    expect(graph.nodes['text-to-image']?.params).toEqual({ height: 192, width: 128 });

    await desk.run();
    await desk.untilState('reference', /cached|done/);
    const own = (await bench.command('run', desk.path, '--json')).stdout;
    expect(own).toContain('"executed":0');
    expect((await bench.command('fmt', desk.path, '--check')).code).toBe(0);
    expect(bench.read(desk.path)).toBe(text);
    await page.close();
  });

  test('by keyboard alone, announced as it goes', async (bench) => {
    const desk = await bench.open(bench.write('by-keyboard', { nodes: {} }));
    const { page } = desk;
    await page.getByRole('button', { name: 'Add a node' }).focus();
    await page.keyboard.press('Enter');
    await desk.choose('attribute sampler');
    await desk.said(/add attribute-sampler/i);
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-item') === 'nodes.attribute-sampler');
    await page.keyboard.press('c');
    await desk.choose('attributes new text to image');
    await desk.said(/connected it/);
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-item') === 'nodes.text-to-image');
    await page.keyboard.press('c');
    await desk.choose('image new reference');
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-item') === 'nodes.reference');
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-item') === 'nodes.text-to-image');
    await page.keyboard.press('c');
    await desk.choose('landmarks reference.landmarks');
    await desk.said(/Connected text-to-image\.landmarks to reference\.landmarks/);
    await page.keyboard.press('Alt+ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.closest('.form') !== null);
    const graph = await desk.graph();
    expect(Object.keys(graph.nodes)).toEqual(['attribute-sampler', 'text-to-image', 'reference']);
    expect(graph.edges).toEqual([
      'attribute-sampler.attributes -> text-to-image.attributes',
      'text-to-image.image -> reference.image',
      'text-to-image.landmarks -> reference.landmarks',
    ]);
    await page.close();
  });

  test('a link between unlike types, and one that closes a loop, are refused with the reason', async (bench) => {
    const path = bench.write('refused', {
      nodes: { first: { stage: 'wait@1' }, last: { stage: 'wait@1' }, square: { stage: 'paint@1' } },
      edges: ['first.text -> last.text', 'last.text -> square.text'],
      layout: { first: [0, 0], last: [320, 0], square: [640, 0] },
    });
    const desk = await bench.open(path);
    const before = await desk.saved();
    await desk.link('square.image', 'first.text');
    await desk.page.waitForSelector('.refused');
    expect(await desk.page.textContent('.refused')).toMatch(/expected text, got image from square\.image/);
    await desk.link('last.text', 'first.text');
    await desk.said(/loop/);
    expect(await desk.page.textContent('.refused')).toMatch(/(first|last) -> (first|last) -> \1/);
    expect(bench.read(path)).toBe(before);
    await desk.page.close();
  });

  test('twenty edits of every kind, undone and done again, leave the file as it was, to the byte', async (bench) => {
    const path = bench.write('undone', {
      inputs: { line: { type: 'text', default: 'Hello.' } },
      nodes: { first: { stage: 'wait@1' }, last: { stage: 'wait@1', params: { ms: 1 } }, square: { stage: 'paint@1' } },
      edges: ['line -> first.text', 'first.text -> last.text', 'last.text -> square.text'],
      outputs: { 'square.png': 'square.image' },
      expect: [{ metric: 'last.ms', atMost: 5000 }],
      cells: [{ markdown: '# Squares' }, { show: 'square.image' }],
      layout: { first: [320, 0], 'inputs.line': [0, 0], last: [640, 0], square: [960, 0] },
    });
    await bench.command('fmt', path, '--write');
    const before = bench.read(path);
    const desk = await bench.open(path);
    const { page } = desk;
    const select = (name: string): Promise<void> => page.locator(desk.card(name)).click({ position: { x: 60, y: 12 } });
    const steps: (() => Promise<unknown>)[] = [
      () => select('last').then(() => page.getByLabel('ms', { exact: true }).fill('7')),
      () => page.getByLabel('Backbone', { exact: true }).selectOption('lacking'),
      () =>
        page
          .getByLabel('Name of the node')
          .fill('end')
          .then(() => page.keyboard.press('Enter')),
      () => select('square').then(() => page.getByLabel('grey', { exact: true }).fill('9')),
      () => select('square').then(() => page.keyboard.press('m')),
      () => page.keyboard.press('b'),
      () => page.keyboard.press('Alt+ArrowDown'),
      () => page.keyboard.press('g'),
      () => page.locator('.group input').fill('Painting'),
      () => select('square').then(() => page.keyboard.press('Control+d')),
      () => page.keyboard.press('Delete'),
      () => select('square').then(() => page.keyboard.press('n')),
      () => page.locator('article[data-item="comments.0"] textarea').fill('Look here.'),
      () => select('first').then(() => page.keyboard.press('l')),
      () =>
        select('first')
          .then(() => page.keyboard.press('Control+a'))
          .then(() => page.getByRole('button', { name: 'Align top' }).click()),
      () => page.locator(`${desk.card('inputs.line')} input`).fill('Good morning.'),
      () => page.getByRole('region', { name: 'Notebook' }).getByRole('button', { name: 'Text', exact: true }).click(),
      () =>
        page
          .getByLabel('Text of the cell, Markdown')
          .fill('Words.')
          .then(() => page.keyboard.press('Escape')),
      () =>
        select('first')
          .then(() => page.keyboard.press('c'))
          .then(() => desk.choose('text nothing')),
      () => select('first').then(() => page.keyboard.press('Delete')),
    ];
    const undo = page.getByRole('button', { name: 'Undo', exact: true });
    const texts = [before];
    for (const [index, step] of steps.entries()) {
      await step();
      await expect
        .poll(() => bench.read(path), { timeout: 6000, message: `step ${index + 1} changes the file` })
        .not.toBe(texts.at(-1));
      texts.push(await desk.saved());
    }
    const after = texts.at(-1);
    let undone = 0;
    for (; !(await undo.isDisabled()); undone++) await undo.click();
    expect(undone).toBeGreaterThanOrEqual(20);
    expect(await desk.saved()).toBe(before);
    const redo = page.getByRole('button', { name: 'Redo', exact: true });
    while (!(await redo.isDisabled())) await redo.click();
    expect(await desk.saved()).toBe(after);
    await page.close();
  });

  test('what is copied is text that pastes into another graph, with links from outside that fit', async (bench) => {
    const graph = {
      nodes: { first: { stage: 'wait@1' }, last: { stage: 'wait@1', params: { ms: 3 } } },
      edges: ['first.text -> last.text'],
      layout: { first: [0, 0], last: [320, 0] },
    };
    const desk = await bench.open(bench.write('copied-from', graph));
    await desk.page.locator(desk.card('last')).click({ position: { x: 60, y: 12 } });
    await desk.page.keyboard.press('Control+c');
    await desk.said(/Copied last/);
    await desk.page.keyboard.press('Control+v');
    await desk.said(/paste last-2/);
    expect((await desk.graph()).edges).toEqual(['first.text -> last.text', 'first.text -> last-2.text']);
    const other = await bench.open(bench.write('copied-to', { nodes: { lone: { stage: 'wait@1' } } }));
    await other.page.bringToFront();
    await other.page.locator(other.card('lone')).click({ position: { x: 60, y: 12 } });
    await other.page.keyboard.press('Control+v');
    await other.said(/without/);
    expect((await other.graph()).nodes).toEqual({
      lone: { stage: 'wait@1' },
      last: { stage: 'wait@1', params: { ms: 3 } },
    });
    await desk.page.close();
    await other.page.close();
  });
});
