import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { decodeAudio, decodeImage } from '../src/index.ts';

// fixtures/kept/make.sh: made by ImageMagick, ExifTool, cwebp and Pillow
const read = async (file: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(`fixtures/${file}`, import.meta.url)));

/** Red, green, blue and alpha in the green corner, of the red upper and the blue lower half. */
async function corners(file: string): Promise<{ size: number[]; colors: number[][] }> {
  const { width, height, data } = await decodeImage(await read(`kept/${file}`), { name: file });
  const at = (x: number, y: number): number[] => [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4)];
  return { size: [width, height], colors: [at(3, 3), at(17, 4), at(8, 30)] };
}
const UPRIGHT = [
  [40, 180, 40, 255],
  [200, 40, 40, 255],
  [40, 40, 200, 255],
];
const furthest = (a: readonly number[][], b: readonly number[][]): number =>
  Math.max(...a.flatMap((each, i) => each.map((value, c) => Math.abs(value - b[i][c]))));

it.each(['jpg', 'png', 'webp'].flatMap((kind) => [1, 2, 3, 4, 5, 6, 7, 8].map((k) => `exif-${k}.${kind}`)))(
  '%s, from a camera held some way, is upright',
  async (file) => {
    const { size, colors } = await corners(file);
    expect(size).toEqual([24, 36]);
    expect(furthest(colors, UPRIGHT)).toBeLessThanOrEqual(file.endsWith('jpg') ? 4 : 0);
  },
);

it.each(['rgb16.png', 'palette.png'])('%s is the picture that it was made of', async (file) => {
  expect((await corners(file)).colors).toEqual(UPRIGHT);
});

it('a palette with a clear color has it clear, and keeps what it is', async () => {
  expect((await corners('palette-clear.png')).colors).toEqual([[40, 180, 40, 0], ...UPRIGHT.slice(1)]);
});

it.each(['grey.jpg', 'grey.png', 'grey16.png'])('%s is grey: luma of ITU-R BT.709', async (file) => {
  const luma = UPRIGHT.map(([r, g, b]) => Math.round(0.2126 * r + 0.7152 * g + 0.0722 * b));
  expect(
    furthest(
      (await corners(file)).colors,
      luma.map((y) => [y, y, y, 255]),
    ),
  ).toBeLessThanOrEqual(2);
});

// What ink looks like is a matter of the profile: neither file has one, so hue and order are what can be asked.
it.each(['cmyk.jpg', 'cmyk-pillow.jpg'])(
  '%s, of four inks, has its colors and not those of its negative',
  async (file) => {
    const { colors } = await corners(file);
    expect(colors.map(([r, g, b]) => [r, g, b].indexOf(Math.max(r, g, b)))).toEqual([1, 0, 2]);
    expect(furthest(colors, UPRIGHT)).toBeLessThan(90);
  },
);

// Display P3 180, 90, 60 is sRGB 193.5, 83.4, 50.6 by the matrices of SMPTE EG 432-1 and IEC 61966-2-1, in f64
it.each(['p3-icc.jpg', 'p3-icc.png', 'p3-icc.webp'])(
  '%s, of a wider gamut by its profile, becomes sRGB',
  async (file) => {
    expect(
      furthest(
        (await corners(file)).colors,
        [0, 1, 2].map(() => [193, 83, 51, 255]),
      ),
    ).toBeLessThanOrEqual(2);
  },
);

it('an M4A in fragments, as recorders stream it, is the same sound to the sample', async () => {
  const whole = await decodeAudio(await read('voices/speech-whole.m4a'));
  const parts = await decodeAudio(await read('voices/speech-fragments.m4a'));
  expect(parts).toEqual(whole);
  expect(whole.samples.length).toBeGreaterThanOrEqual(4800);
});
