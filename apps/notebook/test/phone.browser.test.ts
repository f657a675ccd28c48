import { expect } from 'vitest';
import { serious } from './fixture/axe.ts';
import { notebookTests } from './fixture/notebook-tests.ts';

const test = notebookTests();

const GRAPH = {
  nodes: {
    square: { stage: 'paint@1', params: { grey: 90 } },
    slow: { stage: 'wait@1', params: { ms: 60_000 } },
  },
  cells: [{ show: 'square.image' }],
  layout: { square: [0, 0], slow: [320, 0] },
};

test('on a phone one looks, finds, runs and stops: all of it in sight, nothing over it', async (bench) => {
  const desk = await bench.open(bench.write('pocket', GRAPH));
  const { page } = desk;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await page.waitForSelector(desk.card('square'));
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  /** It is in the view, and a finger on its middle finds it. */
  const inReach = async (name: string): Promise<boolean> => {
    const { x, y, width, height } = (await button(name).boundingBox())!;
    const [left, top] = [x + width / 2, y + height / 2];
    return (
      x >= 0 &&
      x + width <= 390 &&
      y + height <= 844 &&
      button(name).evaluate((element, at) => element.contains(document.elementFromPoint(...at)), [left, top] as const)
    );
  };
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  const canvas = await page.getByTestId('canvas').boundingBox();
  expect(canvas?.width).toBe(390);
  expect(canvas?.height).toBeGreaterThan(400);
  for (const name of ['Run', 'Details', 'Runs', 'Compare', 'Node', 'Zoom in'])
    expect(await inReach(name), name).toBe(true);
  const find = page.getByRole('button', { name: /^Commands/ });
  expect(await find.locator('svg').isVisible()).toBe(true);
  await find.click();
  await page.waitForSelector('dialog[open]');
  await page.keyboard.press('Escape');

  await button('Run').click();
  await desk.untilState('square', /done/);
  expect(await inReach('Cancel')).toBe(true);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await serious(page), `${colorScheme}: running`).toEqual([]);
  }
  await page.getByRole('banner').getByRole('button', { name: 'Cancel' }).click();
  await desk.said(/^Run was cancelled/);
  await button('Details').click();
  const picture = page.getByRole('region', { name: 'Notebook' }).locator('img, canvas').first();
  await picture.scrollIntoViewIfNeeded();
  expect(await picture.isVisible()).toBe(true);
  if (process.env['SHOTS'] !== undefined) await page.screenshot({ path: `${process.env['SHOTS']}/phone-3.png` });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await serious(page), `${colorScheme}: looking`).toEqual([]);
  }
  await page.close();
});
