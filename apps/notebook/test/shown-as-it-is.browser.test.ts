import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { notebookTests } from './fixture/notebook-tests.ts';

const test = notebookTests();

/** The part of an exported page that is seen at once. */
const shown = (path: string): string => readFileSync(path, 'utf8').split('<details>')[0] as string;
const planWords = (page: Page): Promise<string> => page.getByRole('region', { name: 'What would run' }).innerText();

describe('results', () => {
  test('are exported whole, whatever part of the graph the last run was of', async (bench) => {
    const desk = await bench.open(
      bench.write('exported', {
        nodes: { first: { stage: 'wait@1' }, square: { stage: 'paint@1' } },
        edges: ['first.text -> square.text'],
        cells: [{ show: 'square.image' }],
      }),
    );
    const { page } = desk;
    await desk.run();
    await page.waitForSelector('.cells .viewer img');
    const before = shown(await desk.export());
    expect(before).toContain('src="data:image/png');
    await page.getByRole('tab', { name: 'Run' }).click();
    await page.getByLabel('What to run').selectOption('to first');
    await page.getByRole('button', { name: /Run up to first/ }).click();
    await expect.poll(() => page.locator('.past li').count()).toBe(2);
    await desk.untilState('first', /cached/);
    expect(await page.locator('.cells .viewer img').count()).toBe(1);
    expect(shown(await desk.export())).toBe(before);
    await page.close();
  });

  test('of several elements have the numbers of their elements, whichever finished first', async (bench) => {
    const desk = await bench.open(
      bench.write('numbered', {
        inputs: { line: { type: 'text', default: `${'a'.repeat(40)} a` } },
        nodes: {
          words: { stage: 'split@1' },
          each: { stage: 'wait@1', backbone: 'by-length', params: { ms: 100 } },
        },
        edges: ['line -> words.text', 'words.text -> each.text'],
      }),
    );
    const { page } = desk;
    await desk.run();
    const finished = await page.evaluate(async () => {
      const [{ run }] = ((await (await fetch('/api/runs?graph=numbered')).json()) as { runs: [{ run: string }] }).runs;
      const events = (await (await fetch(`/api/runs/${run}/events`)).json()) as {
        event: { type: string; element: string };
      }[];
      return events.flatMap(({ event }) => (event.type === 'task-finished' ? [event.element] : []));
    });
    // else nothing is shown by this test
    expect(finished.slice(-2)).toEqual(['each[1]', 'each[0]']);
    await desk.look('each');
    // what was made before is shown while it is stale
    await page.getByLabel('ms', { exact: true }).fill('101');
    await desk.untilState('each', /stale/);
    const results = page.getByRole('toolbar', { name: /each\.text, 2 values/ });
    await results.getByRole('button').nth(1).waitFor();
    expect(await results.getByRole('button').allInnerTexts()).toEqual([
      expect.stringMatching(/a{8}.*\s+1$/),
      expect.stringMatching(/^"?a"?\s+2$/),
    ]);
    await page.close();
  });
});

test('curves that a task logs grow while it runs, and are there when its run is looked at again', async (bench) => {
  const desk = await bench.open(
    bench.write('logging', {
      inputs: { line: { type: 'text', default: 'a'.repeat(60) } },
      nodes: { slow: { stage: 'wait@1', backbone: 'by-length', params: { ms: 80 } } },
      edges: ['line -> slow.text'],
    }),
  );
  const { page } = desk;
  await desk.look('slow');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('tab', { name: 'Inspect' }).click();
  const curve = page.getByRole('region', { name: 'Curves of slow' }).locator('figure');
  const drawn = async (): Promise<number> =>
    ((await curve.locator('polyline').getAttribute('points')) ?? '').split(' ').length;
  await curve.waitFor();
  const early = await drawn();
  await desk.untilState('slow', /running|left|%/);
  await expect.poll(drawn).toBeGreaterThan(early);
  await desk.said(/^Run finished/);
  await expect.poll(drawn).toBe(60);
  expect(await curve.locator('figcaption').innerText()).toMatch(/left\s+1 at step 59/);
  await page.reload();
  await page.waitForSelector(desk.card('slow'));
  await desk.look('slow');
  await expect.poll(drawn).toBe(60);
  await page.close();
});

test('values of a type that the page does not know are shown by the viewer that it declares', async (bench) => {
  const desk = await bench.open(bench.write('foreign', { nodes: { strange: { stage: 'foreign@1' } } }));
  const { page } = desk;
  await desk.run();
  await desk.look('strange');
  const results = page.getByRole('tabpanel');
  const picture = results.getByRole('img', { name: /strange\.swatch: a swatch/ });
  await picture.waitFor();
  expect(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(8);
  expect(await results.locator('table').innerText()).toMatch(/berries\s+42/);
  expect(await results.locator('pre').innerText()).toContain('"pears": 7');
  // the card shows what says most: the picture
  await page.locator(`${desk.card('strange')} .preview img`).waitFor();
  const hue = await results.locator('.ports i').evaluateAll((marks) => marks.map((mark) => mark.getAttribute('style')));
  expect(hue[0]).toContain(' 77)');
  await page.close();
});

describe('what stands in the way', () => {
  test('is said instead of “nothing runs”, and is found by pressing on it', async (bench) => {
    const desk = await bench.open(
      bench.write('wanting', {
        inputs: { paper: { type: 'file' }, book: { type: 'file', default: 'nowhere.txt' } },
        nodes: { a: { stage: 'read@1' }, b: { stage: 'read@1' } },
        edges: ['paper -> a.file', 'book -> b.file'],
      }),
    );
    const { page } = desk;
    await page.getByRole('tab', { name: 'Run' }).click();
    await expect.poll(() => planWords(page)).toContain('inputs.paper');
    const faults = page.getByTestId('faults').getByRole('listitem');
    await faults.nth(1).waitFor();
    const parts = (index: number): Promise<string[]> => faults.nth(index).getByRole('definition').allInnerTexts();
    expect(await parts(0)).toEqual(['inputs.paper', 'file', 'nothing', 'choose a file']);
    expect(await parts(1)).toEqual(
      expect.arrayContaining([expect.stringMatching(/book$/), expect.stringMatching(/^a file/), 'none']),
    );
    expect(await planWords(page)).not.toContain('Nothing runs');
    expect(await page.getByRole('button', { name: /^Run the graph/ }).isDisabled()).toBe(true);
    expect(await page.getByRole('banner').getByRole('button', { name: 'Run', exact: true }).isDisabled()).toBe(true);
    expect(await desk.state('inputs.paper')).toContain('choose a file');
    await faults.first().getByRole('button', { name: 'inputs.paper' }).click();
    await page.getByRole('tab', { name: 'Inspect' }).click();
    await page.getByRole('button', { name: /Choose a file/ }).waitFor();
    await page.close();
  });

  test('of one node or input stops no other: marks stay, and what does without it runs', async (bench) => {
    const desk = await bench.open(
      bench.write('loose', {
        nodes: { first: { stage: 'wait@1' }, last: { stage: 'wait@1' } },
        edges: ['first.text -> last.text'],
      }),
    );
    const { page } = desk;
    await desk.run();
    await desk.untilState('last', /cached/);
    // an input that nothing reads yet is in nobody's way
    await page.keyboard.press('a');
    await desk.choose('Input: Image');
    await page.waitForSelector(desk.card('inputs.image'));
    await desk.saved();
    await page.waitForTimeout(600);
    await desk.untilState('last', /cached/);
    await desk.run();
    // a node that wants something keeps the whole from running, and nothing but the whole
    await page.keyboard.press('Escape');
    await page.keyboard.press('a');
    await desk.choose('Read');
    await desk.untilState('read', /expected a connection/);
    await page.waitForTimeout(600);
    await desk.untilState('last', /cached/);
    await page.getByRole('tab', { name: 'Run' }).click();
    expect(await page.getByRole('button', { name: /^Run the graph/ }).isDisabled()).toBe(true);
    await page.getByLabel('What to run').selectOption('from last');
    await page.getByRole('button', { name: /Run from last/ }).click();
    await desk.said(/^Run finished: 1 executed, 1 from the cache/);
    await page.close();
  });
});

test('a note is written as soon as it is made, from near and from afar', async (bench) => {
  const desk = await bench.open(
    bench.write('noted', {
      nodes: { first: { stage: 'wait@1' }, last: { stage: 'wait@1' } },
      edges: ['first.text -> last.text'],
      layout: { first: [0, 0], last: [4000, 2400] },
    }),
  );
  const { page } = desk;
  const before = (await desk.graph()).layout;
  const written = page.getByLabel('Text of the comment').last();
  for (const [index, zoom] of (['near', 'far'] as const).entries()) {
    await page.locator(desk.card('first')).focus();
    if (zoom === 'far') await page.keyboard.press('f');
    else for (let step = 0; step < 8; step++) await page.keyboard.press('+');
    await page.keyboard.press('n');
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
    await page.keyboard.type('hello');
    expect(await written.inputValue()).toBe('hello');
    // and nothing of the page lies over it
    const { x, y, width, height } = (await written.boundingBox()) as NonNullable<
      Awaited<ReturnType<typeof written.boundingBox>>
    >;
    expect(
      await page.evaluate(
        ([left, top]) => document.elementFromPoint(left as number, top as number)?.tagName,
        [x + width - 4, y + height / 2],
      ),
    ).toBe('TEXTAREA');
    const { comments, layout } = await desk.graph();
    expect((comments as { text: string }[]).map(({ text }) => text)).toEqual(Array(index + 1).fill('hello'));
    expect(layout).toEqual(before);
    await page.keyboard.press('Escape');
  }
  await page.close();
});

describe('after the gateway was started anew', () => {
  test('the page goes on, writes what was done meanwhile, and shows no run that died with it', async (bench) => {
    const desk = await bench.open(
      bench.write('outlived', {
        nodes: { first: { stage: 'wait@1' }, slow: { stage: 'wait@1', params: { ms: 60_000 } } },
        edges: ['first.text -> slow.text'],
      }),
    );
    const { page } = desk;
    await page.keyboard.press('Control+Enter');
    await desk.untilState('slow', /running|left|%/);
    await bench.restart();
    await page.getByText('Left over').waitFor();
    await desk.untilState('slow', /stale/);
    await expect.poll(() => page.getByText('Offline').count(), { timeout: 20_000 }).toBe(0);
    await desk.look('first');
    await page.getByLabel('ms', { exact: true }).fill('7');
    expect((await desk.graph()).nodes.first?.params).toEqual({ ms: 7 });
    await page.close();
  });

  test('the page says what to do, where the gateway does not know it, and then goes on', async (bench) => {
    const desk = await bench.open(bench.write('locked-out', { nodes: { first: { stage: 'wait@1' } } }));
    const { page } = desk;
    const link = await bench.restart({ forget: true });
    await page.getByText('does not know this browser').waitFor();
    await desk.look('first');
    await page.getByLabel('ms', { exact: true }).fill('9');
    const door = await bench.context.newPage();
    await door.goto(link);
    await page.getByText('does not know this browser').waitFor({ state: 'detached' });
    expect((await desk.graph()).nodes.first?.params).toEqual({ ms: 9 });
    await door.close();
    await page.close();
  });
});
