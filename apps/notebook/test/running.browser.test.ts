import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect } from 'vitest';
import { notebookTests } from './fixture/notebook-tests.ts';

const test = notebookTests();

const SLOW = {
  nodes: { first: { stage: 'wait@1' }, slow: { stage: 'wait@1', params: { ms: 60_000 } }, last: { stage: 'wait@1' } },
  edges: ['first.text -> slow.text', 'slow.text -> last.text'],
};

describe('a graph runs', () => {
  test('another backbone makes another picture, and the node shows it', async (bench) => {
    const desk = await bench.open(
      bench.write('swapped', {
        inputs: { photo: { type: 'file', default: '../photo.png' } },
        nodes: {
          person: { stage: 'attribute-sampler@1' },
          picture: { stage: 'text-to-image@1', backbone: 'figure', params: { width: 128, height: 192 } },
        },
        edges: ['person.attributes -> picture.attributes', 'photo -> picture.file'],
      }),
    );
    const { page } = desk;
    await page.screenshot({ path: join(bench.project, 'photo.png'), clip: { x: 0, y: 0, width: 300, height: 400 } });
    await page.getByRole('tab', { name: 'Run' }).click();
    await page.getByLabel('What to run').selectOption('to picture');
    await page.waitForFunction(() =>
      /2 nodes run/.test(document.querySelector('[data-testid="plan"]')?.textContent ?? ''),
    );
    await page.getByRole('button', { name: /Run up to picture/ }).click();
    await desk.untilState('picture', /cached/);
    const preview = page.locator(`${desk.card('picture')} .preview img`);
    await preview.waitFor();
    const before = await preview.getAttribute('src');

    await page.locator(desk.card('picture')).click({ position: { x: 60, y: 12 } });
    await page.getByRole('tab', { name: 'Inspect' }).click();
    await page.getByLabel('Backbone', { exact: true }).selectOption('picture');
    await desk.said(/width 128: picture has no such param/);
    await desk.untilState('picture', /stale · backbone figure -> picture/);
    expect((await desk.graph()).nodes.picture).toEqual({ stage: 'text-to-image@1', backbone: 'picture' });
    await desk.run();
    await page.waitForFunction(
      ({ selector, src }) => (document.querySelector(`${selector} .preview img`)?.getAttribute('src') ?? src) !== src,
      { selector: desk.card('picture'), src: before },
    );
    await page.close();
  });

  test('it can be left while it runs, another browser sees the same run, and cancelling ends it', async (bench) => {
    const desk = await bench.open(bench.write('slow', SLOW));
    await desk.page.keyboard.press('Control+Enter');
    await desk.untilState('slow', /running|left|%/);
    await desk.untilState('last', /queued/);
    await desk.page.waitForSelector(`${desk.card('slow')} .preview img[src^="data:image/png;base64,"]`);
    await desk.page.reload();
    await desk.page.waitForSelector(desk.card('slow'));
    await desk.untilState('slow', /running|left|%/);
    const other = await bench.open(desk.path, await bench.visitor());
    await other.untilState('slow', /running|left|%/);
    await other.page.getByRole('banner').getByRole('button', { name: 'Cancel' }).click();
    await other.said(/cancelled/);
    await desk.said(/cancelled/);
    await desk.untilState('slow', /stale/);
    await desk.page.close();
    await other.page.context().close();
  });

  test('a failed node says why and what to do', async (bench) => {
    writeFileSync(join(bench.project, 'nothing.png'), 'no picture');
    const desk = await bench.open(
      bench.write('failing', {
        inputs: { photo: { type: 'file', default: '../nothing.png' } },
        nodes: { picture: { stage: 'text-to-image@1', backbone: 'picture' } },
        edges: ['photo -> picture.file'],
      }),
    );
    await desk.run();
    await desk.untilState('picture', /failed/);
    await desk.page.locator(desk.card('picture')).click({ position: { x: 60, y: 12 } });
    await desk.page.getByRole('tab', { name: 'Inspect' }).click();
    const told = desk.page.locator('.state.failed');
    expect(await told.getByRole('term').allInnerTexts()).toEqual(['Element', 'Where', 'Expected', 'Got', 'What to do']);
    const parts = await told.getByRole('definition').allInnerTexts();
    expect(parts[0]).toBe('picture');
    for (const part of parts) expect(part).toMatch(/^[^;]+$/);
    expect(await told.locator('strong').innerText()).toBe(parts[4]);
    await desk.page.getByRole('tab', { name: 'Run' }).click();
    expect(await desk.page.getByRole('log').getByRole('definition').allInnerTexts()).toEqual(parts.slice(1));
    await desk.page.close();
  });

  test('a file that is changed elsewhere is taken over, or, where both changed, asked about', async (bench) => {
    const desk = await bench.open(bench.write('contested', { nodes: { first: { stage: 'wait@1' } } }));
    bench.write('contested', { nodes: { first: { stage: 'wait@1', params: { ms: 5 } } } });
    await desk.said(/changed elsewhere/);
    await desk.page.locator(desk.card('first')).click({ position: { x: 60, y: 12 } });
    expect(await desk.page.getByLabel('ms', { exact: true }).inputValue()).toBe('5');

    // the other writes while a save of this page is on its way
    let theirs: number | undefined;
    await desk.page.route('**/api/document', async (route) => {
      if (route.request().method() === 'PUT' && theirs !== undefined)
        bench.write('contested', { nodes: { first: { stage: 'wait@1', params: { ms: theirs } } } });
      theirs = undefined;
      await route.continue();
    });
    const bar = desk.page.getByRole('alertdialog');
    const ms = desk.page.getByLabel('ms', { exact: true });
    const contest = async (mine: number, other: number, settle: string): Promise<void> => {
      theirs = other;
      await ms.fill(String(mine));
      await bar.waitFor();
      expect(await bar.textContent()).toContain(`first.params.ms: ${mine} -> ${other}`);
      await bar.getByRole('button', { name: settle }).click();
      await bar.waitFor({ state: 'detached' });
    };
    await contest(7, 6, 'Keep mine');
    expect((await desk.graph()).nodes.first?.params).toEqual({ ms: 7 });
    await contest(8, 9, 'Take the file');
    expect((await desk.graph()).nodes.first?.params).toEqual({ ms: 9 });
    expect(await ms.inputValue()).toBe('9');
    await desk.page.getByRole('button', { name: 'Undo', exact: true }).click();
    expect((await desk.graph()).nodes.first?.params).toEqual({ ms: 8 });
    await desk.page.close();
  });

  test('what was made opens its graph when dropped, and the exported page stands alone', async (bench) => {
    const desk = await bench.open(
      bench.write('carried', {
        nodes: { square: { stage: 'paint@1', params: { grey: 77 } } },
        outputs: { 'square.png': 'square.image' },
        cells: [
          {
            markdown:
              '# Squares\n\n<img src=x onerror="document.title=1"> [bad](javascript:alert(1))' +
              '<script>document.title=2</script>',
          },
          { show: 'square.image' },
        ],
      }),
    );
    const { page } = desk;
    await desk.run();
    await page.waitForSelector('.cells .viewer img');
    expect(await page.locator('.cells .text').innerHTML()).not.toMatch(/<script|<img|href="javascript/);
    expect(await page.title()).toBe('carried · Soliloquy');

    const exported = await desk.export();
    const alone = await bench.browser.newContext({ offline: true });
    const reader = await alone.newPage();
    await reader.goto(pathToFileURL(exported).href);
    expect(await reader.textContent('body')).toContain('Squares');
    expect(
      await reader
        .locator('img')
        .first()
        .evaluate((image) => (image as HTMLImageElement).naturalWidth),
    ).toBe(16);
    await alone.close();

    const before = await page.getByTestId('saved').getAttribute('title');
    await desk.drop(join(bench.project, 'out/carried/square.png'), 'image/png');
    await desk.said(/Opened the graph of square\.png as graphs\/carried-2\.json/);
    expect(await page.getByTestId('saved').getAttribute('title')).not.toBe(before);
    expect(JSON.parse(bench.read('graphs/carried-2.json')).nodes).toEqual({
      square: { stage: 'paint@1', params: { grey: 77 } },
    });
    await page.close();
  });

  test('two runs are compared in words, figures and pictures', async (bench) => {
    const desk = await bench.open(
      bench.write('compared', {
        nodes: { first: { stage: 'wait@1', params: { ms: 1 } }, square: { stage: 'paint@1' } },
        edges: ['first.text -> square.text'],
        outputs: { 'square.png': 'square.image' },
      }),
    );
    const { page } = desk;
    await desk.run();
    await page.locator(desk.card('square')).click({ position: { x: 60, y: 12 } });
    await page.getByRole('tab', { name: 'Inspect' }).click();
    await page.getByLabel('grey', { exact: true }).fill('9');
    await desk.saved();
    await desk.run();
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.waitForFunction(() =>
      /square\.params\.grey/.test(document.querySelector('[data-testid="changes"]')?.textContent ?? ''),
    );
    expect(await page.getByTestId('changes').textContent()).toMatch(/square\.params\.grey: default -> 9/);
    expect(await page.getByRole('dialog').textContent()).toContain('Other results: square');
    await page.close();
  });
});
