import { beforeAll, describe, expect, it } from 'vitest';
import { psnr, ssim } from '@soliloquy/image-quality';
import { encodeMp4, openMp4, readAll, resizeImage, videoFromFrames, type Image, type Video } from '@soliloquy/media';
import { seededNormals } from '@soliloquy/random';
import { FALSE_POSITIVES, findMark, LumaMean, markFilm, meanLuma, type LumaPlane } from '../src/index.ts';

const ID = '9f86d081884c7d65';
const [WIDTH, HEIGHT] = [256, 384];

/** A room with a patterned figure that sways: smooth, busy and saturated places, f frames. */
function painted(frames: number, width = WIDTH, height = HEIGHT): Video {
  const grain = seededNormals(width * height, 11);
  return videoFromFrames({ width, height, fps: 25, frames }, function* (from, to) {
    for (let t = from; t < to; t++) {
      const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
      const centre = width / 2 + 6 * Math.sin(t / 5);
      for (let i = 0; i < width * height; i++) {
        const [x, y] = [i % width, Math.floor(i / width)];
        const inside = Math.hypot((x - centre) / width, (y - height * 0.6) / height) < 0.25;
        const level = inside
          ? 120 + 40 * Math.sin((x - centre) / 3) * Math.sin(y / 4) + 6 * grain[i]
          : 60 + (90 * y) / height + grain[i];
        rgba.set([level + 20, level, x > width * 0.9 ? 255 : level - 15], 4 * i);
      }
      yield rgba;
    }
  });
}

const film = painted(12);
const marked = markFilm(film, ID);
let frames: { plain: Uint8ClampedArray[]; marked: Uint8ClampedArray[] };
let picture: Image;
beforeAll(async () => {
  frames = { plain: await readAll(film), marked: await readAll(marked) };
  picture = { width: WIDTH, height: HEIGHT, data: frames.marked[0] };
});

function lumaOf({ width, height, data }: Image): LumaPlane {
  const mean = new LumaMean(width, height);
  mean.add(data);
  return mean.plane;
}

/** Every pixel of a picture from another place of it. */
function rearranged(
  image: Image,
  width: number,
  height: number,
  from: (x: number, y: number) => [number, number],
): Image {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = from(i % width, Math.floor(i / width));
    data.set(image.data.subarray(4 * (y * image.width + x), 4 * (y * image.width + x) + 4), 4 * i);
  }
  return { width, height, data };
}

const unit = (rgba: Uint8ClampedArray): Float32Array =>
  Float32Array.from({ length: (rgba.length / 4) * 3 }, (_, i) => rgba[4 * Math.floor(i / 3) + (i % 3)] / 255);

describe('a marked film', () => {
  it('looks as it did: PSNR from 42 dB, SSIM from 0.99, and still where it was still', () => {
    const [image, target] = [unit(frames.marked[0]), unit(frames.plain[0])];
    expect(psnr({ width: WIDTH, height: HEIGHT, image, target })).toBeGreaterThan(42);
    expect(ssim({ width: WIDTH, height: HEIGHT, image, target })).toBeGreaterThan(0.99);
    const change = (of: readonly Uint8ClampedArray[]): number =>
      of.slice(1).reduce((sum, now, t) => sum + now.reduce((all, value, i) => all + Math.abs(value - of[t][i]), 0), 0);
    expect(Math.abs(change(frames.marked) / change(frames.plain) - 1)).toBeLessThan(0.02);
  });

  it('is the same whatever range of it is read, and has the sound it had', async () => {
    expect(Buffer.from((await readAll(marked, 7, 9))[1]).equals(Buffer.from(frames.marked[8]))).toBe(true);
    const audio = { sampleRate: 8000, samples: new Float32Array(8) };
    expect(markFilm({ ...film, audio }, ID).audio).toBe(audio);
  });

  it('tells its id from one frame, in place', () => {
    expect(findMark(lumaOf(picture))).toMatchObject({ id: ID, scale: 1, flipped: false });
  });

  it('tells it after H.264', async () => {
    const again = await openMp4(await encodeMp4(marked), 'film');
    expect((await findMark(await meanLuma(again, 12)))?.id).toBe(ID);
  });

  it('tells it flipped, darker and with another gamma', () => {
    const other = rearranged(picture, WIDTH, HEIGHT, (x, y) => [WIDTH - 1 - x, y]);
    const data = other.data.map((value, i) => (i % 4 === 3 ? value : 255 * (value / 255) ** 1.25 * 0.85));
    expect(findMark(lumaOf({ ...other, data }))).toMatchObject({ id: ID, flipped: true });
  });

  it('tells it from a part of it, of another size than it had', async () => {
    const part = rearranged(picture, 216, 320, (x, y) => [x + 31, y + 17]);
    expect(findMark(lumaOf(part))?.id).toBe(ID);
    expect(findMark(lumaOf(await resizeImage(picture, 320, 480)))?.id).toBe(ID);
  });

  it('is told from another and from none', () => {
    expect(findMark(lumaOf({ ...picture, data: frames.plain[0] }))).toBeUndefined();
    expect(findMark({ width: 64, height: 64, luma: new Float32Array(4096) })).toBeUndefined();
    expect(FALSE_POSITIVES).toBeLessThan(1e-6);
  });
});
