import { describe, expect, test } from 'vitest';
import { decodeImage, openMp4, readAll } from '@soliloquy/media';
import type { Image, Report, Video } from '@soliloquy/ports';
import { stageContext } from '@soliloquy/testing';
import { run } from '../src/report/backbones/page.ts';
import { contactSheet } from '../src/report/contact-sheet.ts';

/** A film whose every pixel says which frame it is of, and where it lies. */
function film(width: number, height: number, frames: number): Video {
  return {
    width,
    height,
    fps: 25,
    frames,
    async *read(from = 0, to = frames) {
      for (let frame = from; frame < to; frame++)
        yield Uint8ClampedArray.from(
          { length: width * height * 4 },
          (_, i) => [5 * frame, 10 * (Math.floor(i / 4) % width), 10 * Math.floor(i / 4 / width), 255][i % 4],
        );
    },
  };
}

const pixel = ({ data, width }: Image, x: number, y: number): number[] => [
  ...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
];

describe('a contact sheet', () => {
  test('shows the middles of equal shares of the film row by row, four white pixels between them', async () => {
    const sheet = await contactSheet(film(8, 6, 30), 3, 2, 8);
    expect([sheet.width, sheet.height]).toEqual([3 * 8 + 4 * 4, 2 * 6 + 3 * 4]);
    const shown = [2, 7, 12, 17, 22, 27];
    for (let y = 0; y < sheet.height; y++)
      for (let x = 0; x < sheet.width; x++) {
        const [column, row] = [Math.floor((x - 4) / 12), Math.floor((y - 4) / 10)];
        const [u, v] = [x - 4 - 12 * column, y - 4 - 10 * row];
        const inside = column >= 0 && row >= 0 && u < 8 && v < 6;
        const wanted = inside ? [5 * shown[3 * row + column], 10 * u, 10 * v, 255] : [255, 255, 255, 255];
        expect(pixel(sheet, x, y), `at ${x}, ${y}`).toEqual(wanted);
      }
  });

  test('of a short film repeats its frames, in order', async () => {
    const sheet = await contactSheet(film(4, 4, 2), 6, 1, 4);
    expect([0, 1, 2, 3, 4, 5].map((cell) => pixel(sheet, 4 + 8 * cell, 4)[0])).toEqual([0, 0, 0, 5, 5, 5]);
  });

  test('keeps the shape of the film in cells of another size', async () => {
    const sheet = await contactSheet(film(16, 12, 1), 1, 1, 8);
    expect([sheet.width, sheet.height]).toEqual([16, 14]);
    // A ramp stays a ramp: the middle of two pixels of the film.
    expect(pixel(sheet, 4 + 3, 4 + 2)).toEqual([0, 65, 45, 255]);
  });
});

describe('the page of a report', () => {
  const made = async (video: Video, picture?: Image, title = 'T') => {
    const ctx = stageContext();
    const given = (await run({ video, picture, metrics: undefined }, { title }, ctx)) as {
      report: Report;
      sheet: Image;
    };
    return { ...given, html: given.report.html, ctx };
  };
  const bytesOf = (html: string, media: string): Uint8Array[] =>
    [...html.matchAll(/src="data:([a-z0-9/]+);base64,([A-Za-z0-9+/=]+)"/g)]
      .filter(([, type]) => type === media)
      .map(([, , base64]) => Buffer.from(base64, 'base64'));

  test('holds the film, at its size and with controls', async () => {
    const video = film(32, 16, 3);
    const { html } = await made(video);
    expect(html).toMatch(/<div class="film"><video controls playsinline width="32" height="16" src="[^"]+"><\/video></);
    const [mp4, ...more] = bytesOf(html, 'video/mp4');
    expect(more).toEqual([]);
    const opened = await openMp4(mp4);
    expect([opened.width, opened.height, opened.frames, opened.fps]).toEqual([32, 16, 3, 25]);
    expect((await readAll(opened)).length).toBe(3);
  });

  test('holds the sheet that it gives, under a heading, and the picture where there is one', async () => {
    const picture: Image = { width: 3, height: 2, data: Uint8ClampedArray.from({ length: 24 }, (_, i) => 10 * i) };
    for (let i = 3; i < 24; i += 4) picture.data[i] = 255;
    const video = film(16, 16, 12);
    const alone = await made(video);
    const both = await made(video, picture);
    expect(bytesOf(alone.html, 'image/png')).toHaveLength(1);
    expect(alone.html).toContain('</video></div></section>');
    expect(both.html).toContain('<img alt="The picture" src="data:image/png');
    const [shown, sheet] = await Promise.all(bytesOf(both.html, 'image/png').map((png) => decodeImage(png)));
    expect(shown).toEqual(picture);
    expect([sheet.width, sheet.height]).toEqual([both.sheet.width, both.sheet.height]);
    expect(Buffer.from(sheet.data.buffer).equals(Buffer.from(both.sheet.data.buffer))).toBe(true);
    expect(both.html).toContain('<h2>Frames</h2><img class="sheet" alt="Frames of the film, evenly spaced" src="');
    expect(both.html).toContain('.sheet { width: 100%');
  });

  test('has wide cells for a wide film and narrow ones for a high or square one', async () => {
    const widthOf = async (width: number, height: number): Promise<number> =>
      (await made(film(width, height, 1))).sheet.width;
    expect(await widthOf(32, 16)).toBe(6 * 320 + 7 * 4);
    expect(await widthOf(16, 32)).toBe(6 * 220 + 7 * 4);
    expect(await widthOf(16, 16)).toBe(6 * 220 + 7 * 4);
  });

  test('says its title as text, and how far it is', async () => {
    const { html, ctx } = await made(film(16, 16, 1), undefined, 'A <b> & c');
    expect(html).toContain('<h1>A &#60;b&#62; &#38; c</h1>\n<section>');
    expect(html).toContain('<title>A &#60;b&#62; &#38; c</title>');
    expect(ctx.reports).toEqual([
      { done: 1, total: 3, note: 'contact sheet' },
      { done: 2, total: 3, note: 'film' },
    ]);
    expect(html.match(/<section>/g)).toHaveLength(2);
  });
});
