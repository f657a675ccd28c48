import { expect, test } from 'vitest';
import { encodeMp4, openFootage, videoFromFrames } from '../src/index.ts';
import { loadCodecs } from '../src/load-codecs.ts';

const [WIDTH, HEIGHT] = [64, 48];

/** A film whose frame at a time is as bright as the time says: 20 + 100 a second. */
async function filmed(times: readonly number[], rotation: 0 | 90 | 180 | 270 = 0): Promise<Uint8Array> {
  const film = videoFromFrames({ width: WIDTH, height: HEIGHT, fps: 25, frames: times.length }, function* (from, to) {
    for (const time of times.slice(from, to)) {
      const rgba = new Uint8ClampedArray(WIDTH * HEIGHT * 4).fill(255);
      for (let i = 0; i < rgba.length; i += 4) rgba.fill(20 + 100 * time, i, i + 3);
      // A mark in the upper left.
      for (let y = 0; y < 16; y++)
        for (let x = 0; x < 16; x++) rgba.fill(255, 4 * (y * WIDTH + x), 4 * (y * WIDTH + x) + 3);
      yield rgba;
    }
  });
  const bytes = await encodeMp4(film, { quality: 'intermediate' });
  return remuxed(bytes, times, rotation);
}

/** The same packets at other times. */
async function remuxed(bytes: Uint8Array, times: readonly number[], rotation: 0 | 90 | 180 | 270): Promise<Uint8Array> {
  const bunny = await loadCodecs();
  using input = new bunny.Input({ formats: bunny.ALL_FORMATS, source: new bunny.BufferSource(bytes) });
  const track = (await input.getPrimaryVideoTrack())!;
  const target = new bunny.BufferTarget();
  const output = new bunny.Output({ format: new bunny.Mp4OutputFormat(), target });
  const source = new bunny.EncodedVideoPacketSource('avc');
  output.addVideoTrack(source, { rotation });
  await output.start();
  let i = 0;
  const config = (await track.getDecoderConfig())!;
  for await (const packet of new bunny.EncodedPacketSink(track).packets()) {
    const next = times[i + 1] ?? 2 * times[i] - times[i - 1];
    const moved = packet.clone({ timestamp: times[i], duration: next - times[i] });
    await source.add(moved, i === 0 ? { decoderConfig: config } : undefined);
    i++;
  }
  await output.finalize();
  return new Uint8Array(target.buffer!);
}

async function brightness(bytes: Uint8Array, fps?: number): Promise<{ fps: number; values: number[] }> {
  const film = await openFootage(bytes, fps === undefined ? {} : { fps });
  const values: number[] = [];
  const middle = 4 * ((film.height >> 1) * film.width + (film.width >> 1));
  for await (const data of film.read()) values.push(data[middle + 1]);
  expect(values).toHaveLength(film.frames);
  return { fps: film.fps, values };
}

test.each([24, 30_000 / 1001, 30, 60])('a film of %d frames a second keeps them', async (rate) => {
  const times = Array.from({ length: Math.round(1.5 * rate) }, (_, f) => f / rate);
  const { fps, values } = await brightness(await filmed(times));
  expect(fps).toBeCloseTo(rate, 6);
  expect(values).toHaveLength(times.length);
});

test('frames at varying intervals become those of one rate, none off by more than half an interval', async () => {
  // A phone in the dark: 30 frames a second, then 20, with a hitch.
  const times = [...Array.from({ length: 30 }, (_, f) => f / 30), ...Array.from({ length: 10 }, (_, f) => 1 + f / 20)];
  times.splice(12, 2);
  const { fps, values } = await brightness(await filmed(times));
  expect(fps).toBe(30);
  expect(values).toHaveLength(45);
  for (const [f, value] of values.entries()) {
    const nearest = Math.min(...times.map((time) => Math.abs(time - f / 30)));
    expect(nearest).toBeLessThan(0.051);
    expect(Math.abs((value - 20) / 100 - f / 30)).toBeLessThan(nearest + 0.03);
  }
});

test.each([
  [90, 'upper right'],
  [180, 'lower right'],
  [270, 'lower left'],
] as const)('a film that is held %d degrees turned is upright: its mark comes to the %s', async (rotation, where) => {
  const film = await openFootage(await filmed([0, 0.04, 0.08], rotation));
  expect([film.width, film.height]).toEqual(rotation === 180 ? [WIDTH, HEIGHT] : [HEIGHT, WIDTH]);
  for await (const data of film.read(0, 1)) {
    const [x, y] = [where.includes('right') ? film.width - 8 : 8, where.includes('lower') ? film.height - 8 : 8];
    expect(data[4 * (y * film.width + x)]).toBeGreaterThan(200);
  }
});

test('what is no film is told by name', async () => {
  await expect(openFootage(new Uint8Array(2000), { name: 'me.mov' })).rejects.toThrow(/^me\.mov: expected a film: MP4/);
});
