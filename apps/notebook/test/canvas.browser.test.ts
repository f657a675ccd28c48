import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '@soliloquy/testing/chromium';
import { Bench, type Desk } from '../driver/notebook-driver.ts';

let bench: Bench;
beforeAll(async () => {
  if (CHROMIUM !== undefined) bench = await Bench.start();
});
afterAll(async () => {
  if (bench !== undefined) {
    await bench.close();
    expect(bench.complaints).toEqual([]);
  }
});

const COLUMNS = 10;
const ROWS = 6;

/** Sixty nodes in a grid, each feeding the one to its right: more than can be seen from near. */
function grid(): object {
  const names = Array.from({ length: COLUMNS * ROWS }, (_, at) => `n${Math.floor(at / COLUMNS)}-${at % COLUMNS}`);
  return {
    nodes: Object.fromEntries(names.map((name) => [name, { stage: 'wait@1' }])),
    edges: names.flatMap((name, at) => (at % COLUMNS === COLUMNS - 1 ? [] : [`${name}.text -> ${names[at + 1]}.text`])),
    layout: Object.fromEntries(names.map((name, at) => [name, [(at % COLUMNS) * 320, Math.floor(at / COLUMNS) * 240]])),
  };
}

/** Middle of the first socket of a card that is painted, in the view. */
async function painted(desk: Desk, item: string, side: 'input' | 'output'): Promise<{ x: number; y: number }> {
  const box = await desk.page.locator(desk.card(item)).boundingBox();
  if (box === null) throw new Error(`painted: expected ${item} on the page, got none`);
  const k = box.width / 236;
  return { x: side === 'input' ? box.x : box.x + box.width, y: box.y + 69 * k };
}

const select = (desk: Desk, name: string, modifiers: 'Shift'[] = []): Promise<void> =>
  desk.page.locator(desk.card(name)).click({ position: { x: 60, y: 12 }, modifiers });

describe('a graph that is larger than the view', { timeout: 120_000 }, () => {
  test('has every node as an element with its name, but makes only cards that are near or focused', async ({
    skip,
  }) => {
    if (CHROMIUM === undefined) skip('no Chromium here');
    const desk = await bench.open(bench.write('grid', grid()));
    const { page } = desk;
    await page.waitForFunction(
      (count) => document.querySelectorAll('article[data-item][aria-label]').length === count,
      COLUMNS * ROWS,
    );
    await page
      .getByRole('article', { name: /^n3-4, Wait, backbone Plain, .*1 input, 2 outputs$/ })
      .waitFor({ state: 'attached' });
    expect(await page.locator('article.made').count()).toBe(0);
    await page.locator(desk.card('n0-0')).focus();
    for (let step = 0; step < 12; step++) await page.keyboard.press('+');
    await page
      .locator(`${desk.card('n0-0')} [data-socket]`)
      .first()
      .waitFor();
    expect(await page.locator('article.made').count()).toBeLessThan(30);
    for (let step = 0; step < COLUMNS - 1; step++) {
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction(
        (item) => document.activeElement?.getAttribute('data-item') === item,
        `nodes.n0-${step + 1}`,
      );
    }
    await page.locator(`${desk.card('n0-9')} [data-socket="input"]`).waitFor();
    const [card, canvas] = [
      await page.locator(desk.card('n0-9')).boundingBox(),
      await page.getByTestId('canvas').boundingBox(),
    ];
    expect(card!.x).toBeGreaterThanOrEqual(canvas!.x);
    expect(card!.x + card!.width).toBeLessThanOrEqual(canvas!.x + canvas!.width);
    await page.close();
  });

  test('is wired from afar: links are drawn from painted sockets, refused, pressed and deleted', async ({ skip }) => {
    if (CHROMIUM === undefined) skip('no Chromium here');
    const path = bench.write('afar', grid());
    const desk = await bench.open(path);
    const { page } = desk;
    await page.waitForFunction(
      (count) => document.querySelectorAll('article[data-item]').length === count,
      COLUMNS * ROWS,
    );
    await desk.dragLink(await painted(desk, 'n0-9', 'output'), await painted(desk, 'n1-0', 'input'));
    await desk.said(/Connected n0-9\.text to n1-0\.text/);
    await desk.dragLink(await painted(desk, 'n1-3', 'output'), await painted(desk, 'n0-2', 'input'));
    await desk.said(/Not connected\. .*loop/);
    expect(await page.textContent('.refused')).toMatch(/loop/);
    const [from, to] = [await painted(desk, 'n4-4', 'output'), await painted(desk, 'n4-5', 'input')];
    await page.mouse.click((from.x + to.x) / 2, (from.y + to.y) / 2);
    await page.keyboard.press('Delete');
    await desk.said(/Deleted link n4-4\.text → n4-5\.text/);
    const edges = (await desk.graph()).edges as string[];
    expect(edges).toContain('n0-9.text -> n1-0.text');
    expect(edges).not.toContain('n4-4.text -> n4-5.text');
    expect(edges).toHaveLength((COLUMNS - 1) * ROWS);
    await page.close();
  });

  test('is panned by pressing on its map, and shown whole again', async ({ skip }) => {
    if (CHROMIUM === undefined) skip('no Chromium here');
    const desk = await bench.open(bench.write('mapped', grid()));
    const { page } = desk;
    await page.waitForFunction(
      (count) => document.querySelectorAll('article[data-item]').length === count,
      COLUMNS * ROWS,
    );
    const inView = (item: string): Promise<boolean> =>
      page.evaluate(
        ([selector, canvas]) => {
          const [card, view] = [
            document.querySelector(selector!)!.getBoundingClientRect(),
            document.querySelector(canvas!)!.getBoundingClientRect(),
          ];
          return (
            card.left >= view.left && card.right <= view.right && card.top >= view.top && card.bottom <= view.bottom
          );
        },
        [desk.card(item), '[data-testid="canvas"]'],
      );
    expect(await inView('n0-0')).toBe(true);
    expect(await inView('n5-9')).toBe(true);
    for (let step = 0; step < 8; step++) await page.getByRole('button', { name: 'Zoom in' }).click();
    expect(await inView('n0-0')).toBe(false);
    const map = await page.getByRole('img', { name: 'Map of the graph' }).boundingBox();
    // the first card lies near the map's upper left, below where the map leaves room
    await page.mouse.click(map!.x + 12, map!.y + map!.height / 2 - 34);
    await expect.poll(() => inView('n0-0')).toBe(true);
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(() => inView('n5-9')).toBe(true);
    await page.close();
  });
});

describe('a card', { timeout: 120_000 }, () => {
  test('is edited where it lies: its form sets and resets params and says what is wrong', async ({ skip }) => {
    if (CHROMIUM === undefined) skip('no Chromium here');
    const path = bench.write('on-card', {
      nodes: { first: { stage: 'wait@1' }, square: { stage: 'paint@1' } },
      edges: ['first.text -> square.text'],
      layout: { first: [0, 0], square: [320, 0] },
    });
    const desk = await bench.open(path);
    const { page } = desk;
    await select(desk, 'first');
    await page.keyboard.press('e');
    await desk.said(/Parameters shown on first/);
    const ms = page.getByRole('textbox', { name: /^ms of first/ });
    await ms.fill('12');
    expect((await desk.graph()).nodes.first?.params).toEqual({ ms: 12 });
    await ms.fill('soon');
    await page.waitForFunction(
      (selector) => document.querySelector(`${selector} [aria-invalid="true"]`) !== null,
      desk.card('first'),
    );
    await desk.untilState('first', /expected/);
    await ms.fill('');
    expect((await desk.graph()).nodes.first?.params).toBeUndefined();
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-item') === 'nodes.first');
    const before = (await page.locator(desk.card('first')).boundingBox())!.height;
    await page.keyboard.press('e');
    await desk.said(/Parameters hidden on first/);
    expect((await page.locator(desk.card('first')).boundingBox())!.height).toBeLessThan(before);
    await page.getByRole('button', { name: 'Parameters of square on its card' }).click();
    await page.getByRole('textbox', { name: /^grey of square/ }).fill('7');
    await page.getByLabel('Backbone of first').selectOption('lacking');
    await page.locator(desk.card('first')).getByText('needs no-such-program: write it').waitFor();
    const { first, square } = (await desk.graph()).nodes;
    expect(first?.backbone).toBe('lacking');
    expect(square?.params).toEqual({ grey: 7 });
    for (let step = 0; step < 2; step++) await page.getByRole('button', { name: 'Undo', exact: true }).click();
    expect((await desk.graph()).nodes.square?.params).toBeUndefined();
    await page.close();
  });

  test('is muted, bypassed, copied, cut, lined up and selected with others in a frame', async ({ skip }) => {
    if (CHROMIUM === undefined) skip('no Chromium here');
    const desk = await bench.open(
      bench.write('handled', {
        nodes: { first: { stage: 'wait@1' }, last: { stage: 'wait@1' }, square: { stage: 'paint@1' } },
        edges: ['first.text -> last.text'],
        layout: { first: [0, 0], last: [320, 40], square: [640, 96] },
      }),
    );
    const { page } = desk;
    const box = async (name: string): Promise<{ x: number; y: number; width: number; height: number }> =>
      (await page.locator(desk.card(name)).boundingBox())!;
    const [first, last] = [await box('first'), await box('last')];
    await page.keyboard.down('Shift');
    await page.mouse.move(first.x - 12, first.y - 12);
    await page.mouse.down();
    await page.mouse.move(last.x + 30, last.y + 30, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    await desk.said(/2 selected/);
    await page.getByRole('button', { name: 'Align top' }).click();
    expect((await desk.graph()).layout).toEqual({ first: [0, 0], last: [320, 0], square: [640, 96] });
    await page.locator(desk.card('first')).focus();
    await page.keyboard.press('m');
    await desk.untilState('first', /muted/);
    await desk.untilState('last', /muted/);
    await page.keyboard.press('b');
    await desk.untilState('last', /bypassed/);
    await page.keyboard.press('b');
    expect((await desk.graph()).nodes.first).toEqual({ stage: 'wait@1' });
    await select(desk, 'last');
    await page.keyboard.press('Control+x');
    expect((await desk.graph()).edges).toBeUndefined();
    await page.keyboard.press('Control+v');
    await desk.said(/paste last/);
    expect((await desk.graph()).edges).toEqual(['first.text -> last.text']);
    await page.close();
  });

  test('is copied by dragging it with Alt; the middle button pans, over a card too', async ({ skip }) => {
    if (CHROMIUM === undefined) skip('no Chromium here');
    const desk = await bench.open(
      bench.write('dragged', {
        nodes: { first: { stage: 'wait@1' }, last: { stage: 'wait@1' } },
        edges: ['first.text -> last.text'],
        layout: { first: [0, 0], last: [320, 0] },
      }),
    );
    const { page } = desk;
    const box = async (): Promise<{ x: number; y: number; width: number }> =>
      (await page.locator(desk.card('last')).boundingBox())!;
    const before = await box();
    const k = before.width / 236;
    const drag = async (button: 'left' | 'middle', dx: number, dy: number): Promise<void> => {
      const { x, y } = await box();
      await page.mouse.move(x + 60 * k, y + 12 * k);
      await page.mouse.down({ button });
      await page.mouse.move(x + 60 * k + dx, y + 12 * k + dy, { steps: 4 });
      await page.mouse.up({ button });
    };
    const text = await desk.graph();
    await drag('middle', 40, 24);
    expect(await box()).toMatchObject({ x: before.x + 40, y: before.y + 24 });
    expect(await desk.graph()).toEqual(text);

    await page.keyboard.down('Alt');
    await drag('left', 0, 160 * k);
    await page.keyboard.up('Alt');
    await desk.said(/paste last/);
    const made = await desk.graph();
    expect(made.layout).toEqual({ first: [0, 0], last: [320, 0], 'last-2': [320, 160] });
    expect(made.edges).toEqual(['first.text -> last.text', 'first.text -> last-2.text']);
    expect(await box()).toMatchObject({ x: before.x + 40, y: before.y + 24 });
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    expect(Object.keys((await desk.graph()).nodes)).toEqual(['first', 'last']);
    expect((await desk.graph()).edges).toEqual(text.edges);
    await page.close();
  });

  test('is found by a few letters of its stage', async ({ skip }) => {
    if (CHROMIUM === undefined) skip('no Chromium here');
    const desk = await bench.open(bench.write('found', { nodes: { first: { stage: 'wait@1' } } }));
    await desk.page.waitForSelector(desk.card('first'));
    await desk.page.keyboard.press('a');
    await desk.choose('mtn trn');
    expect(Object.keys((await desk.graph()).nodes)).toEqual(['first', 'motion-training']);
    await desk.page.close();
  });
});

describe('groups and comments', { timeout: 120_000 }, () => {
  test('a group is named, moved with its nodes by its head, and taken off by keyboard alone', async ({ skip }) => {
    if (CHROMIUM === undefined) skip('no Chromium here');
    const desk = await bench.open(
      bench.write('grouped', {
        nodes: { first: { stage: 'wait@1' }, last: { stage: 'wait@1' } },
        layout: { first: [0, 0], last: [320, 0] },
      }),
    );
    const { page } = desk;
    await select(desk, 'first');
    await select(desk, 'last', ['Shift']);
    await page.keyboard.press('g');
    await desk.said(/Grouped 2 nodes/);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Title of the group');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('Waiting');
    expect((await desk.graph()).groups).toEqual([{ title: 'Waiting', nodes: ['first', 'last'] }]);
    const head = (await page.locator('.group .head').boundingBox())!;
    await page.mouse.move(head.x + head.width - 20, head.y + head.height / 2);
    await page.mouse.down();
    await page.mouse.move(head.x + head.width + 60, head.y + head.height / 2 + 40, { steps: 4 });
    await page.mouse.up();
    await expect.poll(async () => (await desk.graph()).layout).toEqual({ first: [80, 40], last: [400, 40] });
    await page.getByLabel('Title of the group').focus();
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-item') === 'groups.0');
    await page.keyboard.press('Delete');
    await desk.said(/Deleted group/);
    expect((await desk.graph()).groups).toBeUndefined();
    await page.close();
  });

  test('a comment is written and sized by keyboard alone', async ({ skip }) => {
    if (CHROMIUM === undefined) skip('no Chromium here');
    const desk = await bench.open(
      bench.write('commented', { nodes: { first: { stage: 'wait@1' } }, layout: { first: [0, 0] } }),
    );
    const { page } = desk;
    await select(desk, 'first');
    await page.keyboard.press('n');
    const written = (): Promise<unknown> =>
      page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Text of the comment');
    await written();
    await page.keyboard.type('Look');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-item') === 'comments.0');
    await page.keyboard.press('Enter');
    await written();
    await page.keyboard.press('End');
    await page.keyboard.type(' here.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    const [comment] = (await desk.graph()).comments as { text: string; size: number[] }[];
    expect(comment).toMatchObject({ text: 'Look here.', size: [248, 128] });
    await page.close();
  });
});
