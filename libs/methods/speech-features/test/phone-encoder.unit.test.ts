import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { seededNormals } from '@soliloquy/random';
import { createRng, loadOnnx, readOnnxMetadata } from '@soliloquy/tensor';
import {
  HEARD_WIDTH,
  hopsHeard,
  initPhoneNetwork,
  openPhoneEncoder,
  packPhoneEncoder,
  PHONES,
  type PhoneEncoder,
} from '../src/phones/index.ts';
import { phoneEncoder, type PackedPhoneEncoder } from '../src/phones/phone-encoder-port.ts';

const RATE = 16_000;
const noise = (seconds: number, seed = 1, rate = RATE) => ({
  sampleRate: rate,
  samples: Float32Array.from(seededNormals(Math.round(seconds * rate), seed), (x) => 0.1 * x),
});
const weight = (name: string): Uint8Array => readFileSync(new URL(`../data/phone-encoder/${name}`, import.meta.url));
const shipped = (): Promise<PackedPhoneEncoder> =>
  phoneEncoder.decode({ 'encoder.onnx': weight('encoder.onnx'), 'card.json': weight('card.json') });

const SIZE = { width: 12, code: 5, dilations: [1, 2] };
const packed = (lookAhead: number): PackedPhoneEncoder =>
  packPhoneEncoder({
    params: initPhoneNetwork(createRng('encoder'), SIZE),
    size: SIZE,
    lookAhead,
    card: { steps: 0 },
  });

describe('a phone encoder', () => {
  test('goes through its port, and says what it takes and gives', async () => {
    const back = await phoneEncoder.decode(await phoneEncoder.encode(packed(80)));
    expect(back).toEqual(packed(80));
    expect(back.card).toMatchObject({ lookAhead: 80, before: hopsHeard(SIZE), chunk: 100, code: 5, steps: 0 });
    const about = readOnnxMetadata(back.files['encoder.onnx']);
    expect(about.kind).toBe('phone-encoder');
    expect(Object.keys(JSON.parse(about.ports) as object)).toEqual(['heard', 'code', 'logits']);
  });

  test.each([
    [25, 0],
    [25, 80],
    [30, 80],
    [24, 200],
  ])(
    'at %d fps and a look-ahead of %d ms hears so much of what comes after a frame, and no more',
    async (fps, ahead) => {
      const encoder = await openPhoneEncoder(packed(ahead));
      const frame = 20;
      const until = (frame + 0.5) / fps + ahead / 1000;
      const { samples } = noise(2);
      const codeWith = async (changedFrom: number): Promise<Float32Array> => {
        const changed = samples.map((x, i) => (i < Math.ceil(changedFrom * RATE) ? x : 0.5 - x));
        const { code } = await encoder.hear({ sampleRate: RATE, samples: changed }, { fps, frames: frame + 1 });
        return code.slice(frame * encoder.code);
      };
      const own = await codeWith(2);
      expect(await codeWith(until)).toEqual(own);
      expect(await codeWith(until - 0.02)).not.toEqual(own);
      await encoder.dispose();
    },
  );

  test('tells a frame the same however many frames are asked for, across its chunks', async () => {
    const encoder = await openPhoneEncoder(packed(80));
    const [short, long] = [
      await encoder.hear(noise(4), { fps: 25, frames: 30 }),
      await encoder.hear(noise(4), { fps: 25, frames: 110 }),
    ];
    expect(long.code.slice(0, short.code.length)).toEqual(short.code);
    expect(long.posteriors.slice(0, short.posteriors.length)).toEqual(short.posteriors);
    for (let f = 0; f < 110; f++) {
      const row = long.posteriors.subarray(f * PHONES.length, (f + 1) * PHONES.length);
      expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    }
    await encoder.dispose();
  });

  test('that lacks an output is refused by its name', async () => {
    const files: Record<string, Uint8Array> = { ...(await phoneEncoder.encode(packed(80))) };
    const card = JSON.parse(new TextDecoder().decode(files['card.json'])) as { card: Record<string, unknown> };
    delete card.card.lookAhead;
    files['card.json'] = new TextEncoder().encode(JSON.stringify(card));
    await expect(phoneEncoder.decode(files)).rejects.toThrow(/lookAhead/);
  });
});

describe('the phone encoder that comes along', () => {
  let encoder: PhoneEncoder;
  let model: PackedPhoneEncoder;
  beforeAll(async () => {
    model = await shipped();
    encoder = await openPhoneEncoder(model);
  });

  test('is at most 2 MB, hears at most 80 ms ahead, and is the one that its record tells of', () => {
    const record = weight('README.md').toString();
    expect(weight('encoder.onnx').length + weight('card.json').length).toBeLessThanOrEqual(2e6);
    expect(model.card.lookAhead).toBeLessThanOrEqual(80);
    expect(record).toContain(createHash('sha256').update(weight('encoder.onnx')).digest('hex'));
    for (const what of ['steps', 'seed', 'threads', 'clips', 'seconds'])
      expect(record).toContain(`| ${what} | ${String(model.card[what])} |`);
  });

  test('tells the same bits on one, two and four threads', async () => {
    const before = model.card.before;
    const heard = createRng('threads').normal([1, before + 100, HEARD_WIDTH]);
    const told: Float32Array[] = [];
    for (const threads of [1, 2, 4]) {
      const network = await loadOnnx(model.files['encoder.onnx'], { threads });
      told.push((await network.run({ heard })).code.data as Float32Array);
      await network.dispose();
    }
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
  });

  test('takes silence for a pause', async () => {
    const { posteriors } = await encoder.hear(
      { sampleRate: RATE, samples: new Float32Array(RATE) },
      { fps: 25, frames: 25 },
    );
    for (let f = 0; f < 25; f++) expect(posteriors[f * PHONES.length]).toBeGreaterThan(0.5);
  });
});
