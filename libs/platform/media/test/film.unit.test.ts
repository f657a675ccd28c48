import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeMp4, openMp4, readAll, videoFromFrames, type Audio, type Video } from '../src/index.ts';

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A film whose frame `i` is painted by a formula; one buffer for all frames, as renderers have. */
function film(
  header: { width: number; height: number; fps: number; frames: number; audio?: Audio },
  paint: (i: number, x: number, y: number) => [number, number, number],
): Video {
  const rgba = new Uint8ClampedArray(header.width * header.height * 4);
  return videoFromFrames(header, function* (from, to) {
    for (let i = from; i < to; i++) {
      for (let y = 0, p = 0; y < header.height; y++)
        for (let x = 0; x < header.width; x++, p += 4) {
          [rgba[p], rgba[p + 1], rgba[p + 2]] = paint(i, x, y);
          rgba[p + 3] = 255;
        }
      yield rgba;
    }
  });
}

/** Every frame has a grey of its own in its upper half. */
const counting = (frames: number, fps = 25, audio?: Audio): Video =>
  film({ width: 64, height: 96, fps, frames, audio }, (i, x, y) =>
    y < 48 ? [20 + 3 * i, 20 + 3 * i, 20 + 3 * i] : [x * 4, y, 120 + 60 * Math.sin((x + i) / 5)],
  );
const numberOf = (frame: Uint8ClampedArray): number => (frame[(20 * 64 + 30) * 4 + 1] - 20) / 3;

/** 32 patches: the corners of the colour cube, skin tones, greys. */
const CHART = [
  [0, 0, 0],
  [255, 255, 255],
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 0],
  [0, 255, 255],
  [255, 0, 255],
  [241, 194, 167],
  [224, 172, 105],
  [198, 134, 66],
  [141, 85, 36],
  [90, 56, 37],
  [255, 219, 172],
  [60, 30, 20],
  [180, 120, 100],
  [16, 16, 16],
  [32, 32, 32],
  [64, 64, 64],
  [96, 96, 96],
  [128, 128, 128],
  [160, 160, 160],
  [192, 192, 192],
  [235, 235, 235],
  [115, 82, 68],
  [194, 150, 130],
  [98, 122, 157],
  [87, 108, 67],
  [133, 128, 177],
  [103, 189, 170],
  [214, 126, 44],
  [80, 91, 166],
] as [number, number, number][];

describe('a film through MP4', () => {
  it('keeps the colours of a chart: mean error below 2 of 255, each patch within 3', async () => {
    const chart = film({ width: 256, height: 128, fps: 25, frames: 3 }, (_i, x, y) => CHART[(y >> 5) * 8 + (x >> 5)]);
    for (const quality of ['intermediate', 'film'] as const) {
      const [, frame] = await readAll(await openMp4(await encodeMp4(chart, { quality })));
      let sum = 0;
      for (const [patch, colour] of CHART.entries()) {
        for (let c = 0; c < 3; c++) {
          const p = (((patch >> 3) * 32 + 16) * 256 + (patch & 7) * 32 + 16) * 4 + c;
          const error = Math.abs(frame[p] - colour[c]);
          expect(error, `patch ${colour.join(' ')}, channel ${c}, ${quality}`).toBeLessThanOrEqual(3);
          sum += error;
        }
      }
      expect(sum / (CHART.length * 3)).toBeLessThan(2);
    }
  });

  it.each(['across', 'down'])('does not move colours %s against brightness', async (way) => {
    // An edge from red to green whose middle is found by the difference of the colours alone.
    const edge = film({ width: 128, height: 128, fps: 25, frames: 2 }, (_i, x, y) => {
      const t = 1 / (1 + Math.exp(-((way === 'across' ? x : y) + 0.5 - 64) / 3));
      return [200 - 100 * t, 100 + 30 * t, 120];
    });
    const [frame] = await readAll(await openMp4(await encodeMp4(edge, { quality: 'intermediate' })));
    const difference = (at: number): number => {
      const p = (way === 'across' ? 64 * 128 + at : at * 128 + 64) * 4;
      return frame[p] - frame[p + 1];
    };
    const middle = (100 - 30) / 2;
    let at = 0;
    while (difference(at + 1) > middle) at += 1;
    expect(Math.abs(at + 0.5 + (difference(at) - middle) / (difference(at) - difference(at + 1)) - 64)).toBeLessThan(
      0.35,
    );
  });

  it('is the same file each time, whatever the clock says', async () => {
    const sound = {
      sampleRate: 16_000,
      samples: Float32Array.from({ length: 16_000 }, (_, i) => 0.3 * Math.sin(i / 9)),
    };
    // Noise, at a size where the encoder cuts the picture for several threads: what differed when it encoded by
    // bitrate.
    const busy = film({ width: 192, height: 288, fps: 25, frames: 20, audio: sound }, (i, x, y) => {
      const n = Math.imul((x * 73856093) ^ (y * 19349663) ^ ((i + 1) * 83492791), 2654435761) >>> 8;
      return [n & 255, (n >> 8) & 255, (x + i * 3) & 255];
    });
    const first = await encodeMp4(busy, { comment: '{"graph":"ü"}' });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    for (let again = 0; again < 3; again++)
      expect(digest(await encodeMp4(busy, { comment: '{"graph":"ü"}' }))).toBe(digest(first));
    expect(Buffer.from(first).includes('{"graph":"ü"}')).toBe(true);
    expect(digest(await encodeMp4(busy))).not.toBe(digest(first));
  });

  it('is read in the pool of a Node buffer as any other', async () => {
    const bytes = await encodeMp4(counting(30));
    const pooled = Buffer.concat([Buffer.alloc(13, 0xff), bytes, Buffer.alloc(9, 0xff)]);
    const [want, got] = await Promise.all(
      [bytes, pooled.subarray(13, 13 + bytes.length)].map(async (each) => readAll(await openMp4(each))),
    );
    expect(got).toEqual(want);
  });

  it('can be read from any frame, again and again, two ranges at once', async () => {
    const opened = await openMp4(await encodeMp4(counting(60)));
    expect([opened.width, opened.height, opened.fps, opened.frames]).toEqual([64, 96, 25, 60]);
    for (const [from, to] of [
      [0, 60],
      [0, 1],
      [59, 60],
      [17, 23],
      [24, 27],
      [5, 5],
    ]) {
      const numbers = (await readAll(opened, from, to)).map(numberOf).map(Math.round);
      expect(numbers).toEqual(Array.from({ length: to - from }, (_, k) => from + k));
    }
    const [a, b] = await Promise.all([readAll(opened, 10, 30), readAll(opened, 40, 50)]);
    expect([Math.round(numberOf(a[0])), Math.round(numberOf(b[0]))]).toEqual([10, 40]);
    for await (const frame of opened.read(3)) {
      expect(Math.round(numberOf(frame))).toBe(3);
      break;
    }
    for (const [from, to] of [
      [-1, 3],
      [0, 61],
      [5, 4],
      [0.5, 2],
    ])
      await expect(readAll(opened, from, to)).rejects.toThrow(/^video\.read: expected 0 <= from <= to <= 60/);
  });

  it.each([1, 12.5, 24000 / 1001, 29.97, 60])('keeps %f frames a second', async (fps) => {
    const opened = await openMp4(await encodeMp4(counting(24, fps)));
    expect(Math.abs(opened.fps / fps - 1)).toBeLessThan(1e-4);
    expect(opened.frames).toBe(24);
    expect((await readAll(opened)).map(numberOf).map(Math.round)).toEqual(Array.from({ length: 24 }, (_, i) => i));
  });

  // ITU-T H.264 Table A-1: macroblocks a frame and a second
  it.each([
    [64, 96, 25, 30],
    [512, 768, 25, 30],
    [512, 768, 30, 31],
    [768, 1152, 25, 31],
    [1024, 1024, 50, 32],
    [1024, 1536, 25, 40],
  ])('of %ix%i at %i fps says the level that it needs, in the record and in the stream', async (w, h, fps, level) => {
    const plain = videoFromFrames({ width: w, height: h, fps, frames: 1 }, function* () {
      yield new Uint8ClampedArray(w * h * 4);
    });
    for (const quality of ['film', 'intermediate'] as const) {
      const bytes = Buffer.from(await encodeMp4(plain, { quality }));
      // version, profile, compatibility, level, length of lengths, number of sets, length of the set, NAL header
      const record = bytes.subarray(bytes.indexOf('avcC') + 4);
      expect([record[0], record[1], record[3]]).toEqual([1, 100, level]);
      expect(record.subarray(8, 12)).toEqual(Buffer.from([0x67, 100, record[2]!, level]));
    }
  });

  it('has its sound in place, to a tenth of a millisecond, and is as long as its frames', async () => {
    const samples = new Float32Array(5 * 44_100);
    const clicks = [0.5, 1.25, 2.9];
    for (const second of clicks)
      for (let k = 0; k < 60; k++) samples[Math.round(second * 44_100) + k] = 0.8 * Math.sin(k / 2) * Math.exp(-k / 15);
    const bytes = await encodeMp4(counting(75, 25, { sampleRate: 44_100, samples }));
    const { audio, frames, fps } = await openMp4(bytes);
    expect(frames / fps).toBe(3);
    expect(audio?.sampleRate).toBe(48_000);
    expect(audio?.samples).toHaveLength(3 * 48_000);
    for (const second of clicks) {
      const from = Math.round((second - 0.02) * 48_000);
      const part = audio?.samples.subarray(from, from + 1920) ?? [];
      const wanted = Float32Array.from(
        { length: 64 },
        (_, k) => 0.8 * Math.sin((k * 44.1) / 48 / 2) * Math.exp((-k * 44.1) / 48 / 15),
      );
      let best = { at: 0, sum: 0 };
      for (let at = 0; at + 64 < part.length; at++) {
        const sum = wanted.reduce((total, value, k) => total + value * part[at + k], 0);
        if (sum > best.sum) best = { at, sum };
      }
      expect(Math.abs((from + best.at) / 48_000 - second)).toBeLessThan(1e-4);
    }
  });

  it('reads its frames one at a time', async () => {
    let alive = 0;
    let most = 0;
    const slow = videoFromFrames({ width: 32, height: 32, fps: 25, frames: 40 }, async function* (from, to) {
      for (let i = from; i < to; i++) {
        alive += 1;
        most = Math.max(most, alive);
        yield new Uint8ClampedArray(4096).fill(i * 5);
        alive -= 1;
      }
    });
    const done: number[] = [];
    await encodeMp4(slow, { onFrame: (count) => done.push(count) });
    expect(most).toBe(1);
    expect(done).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  });

  it('stops when it is told to, with the reason', async () => {
    const stop = new AbortController();
    await expect(
      encodeMp4(counting(60), {
        signal: stop.signal,
        onFrame: (count) => count === 5 && stop.abort(new Error('enough')),
      }),
    ).rejects.toThrow('enough');
  });

  it('of a size or length that H.264 has not is refused', async () => {
    const paint = (): [number, number, number] => [0, 0, 0];
    await expect(encodeMp4(film({ width: 63, height: 96, fps: 25, frames: 1 }, paint))).rejects.toThrow(
      /^encode-mp4\.size: expected even sides .+, got 63x96; take the size from evenSize$/,
    );
    await expect(encodeMp4(film({ width: 64, height: 96, fps: 25, frames: 0 }, paint))).rejects.toThrow(
      /^encode-mp4\.frames: expected at least one frame/,
    );
    const short = videoFromFrames({ width: 32, height: 32, fps: 25, frames: 3 }, function* () {
      yield new Uint8ClampedArray(4096);
    });
    await expect(encodeMp4(short)).rejects.toThrow(/^encode-mp4\.frames: expected 3, got 1; .+$/);
  });

  it('that is none, or only a part of one, is refused', async () => {
    await expect(
      openMp4(new TextEncoder().encode('no film in here, only words and words'), 'film.mp4'),
    ).rejects.toMatchObject({
      code: 'media.video-format',
      message: expect.stringMatching(/^film\.mp4: expected an MP4 with a film, got .+; give another file$/),
    });
    const bytes = await encodeMp4(counting(50));
    const cut = bytes.subarray(0, Math.floor(bytes.length * 0.6));
    await expect(openMp4(cut).then((opened) => readAll(opened))).rejects.toMatchObject({ code: 'media.video-format' });
  });

  it('leaves nothing behind that keeps a process alive, and waits for nothing in silence', () => {
    const media = new URL('../src/index.ts', import.meta.url).href;
    const script = `
      const { encodeMp4, openMp4, videoFromFrames } = await import(${JSON.stringify(media)});
      const film = videoFromFrames({ width: 32, height: 32, fps: 25, frames: 30 }, function* (from, to) {
        for (let i = from; i < to; i++) yield new Uint8ClampedArray(4096).fill(i);
      });
      const opened = await openMp4(await encodeMp4(film));
      let count = 0;
      for await (const _ of opened.read()) count += 1;
      for await (const _ of opened.read()) break;
      opened.read()[Symbol.asyncIterator]().next();
      console.log('read', count);`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(stderr).toBe('');
    expect(stdout).toBe('read 30\n');
    expect(status).toBe(0);
  });
});
