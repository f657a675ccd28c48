import { describe, expect, test } from 'vitest';
import { compile, createRng, type Tensor } from '@soliloquy/tensor';
import { linearReference, rowsOf, type Rows } from '@soliloquy/testing';
import {
  hopsHeard,
  initPhoneNetwork,
  phoneNetwork,
  PHONES,
  STRIDE,
  type PhoneNetworkParams,
} from '../src/phones/index.ts';

const SIZE = { width: 6, code: 4, dilations: [1, 2] };
const HEARD = 41;
const rng = createRng('phone network');
const params = initPhoneNetwork(rng.fork('params'), SIZE);

const relu = (x: Rows): Rows => x.map((row) => row.map((value) => Math.max(0, value)));

/** Hop by hop, by the definition: hop t of a block reads hops t, t − 4d and t − 8d of the one before. */
function reference(p: PhoneNetworkParams, heard: Rows): { code: Rows; logits: Rows } {
  const taps = (x: Rows, d: number): number[][] =>
    x.slice(2 * d).map((_, t) => [...x[t], ...x[t + d], ...x[t + 2 * d]]);
  const eight = heard.slice(7).map((_, t) => heard.slice(t, t + 8).flat());
  let h = relu(linearReference(p.input, eight));
  p.blocks.forEach(({ taps: read, mix }, i) => {
    const d = 4 * SIZE.dilations[i];
    const made = linearReference(mix, relu(linearReference(read, taps(h, d))));
    h = made.map((row, t) => row.map((x, k) => x + h[t + 2 * d][k]));
  });
  const code = linearReference(p.code, h).map((row) => row.map(Math.tanh));
  return { code, logits: linearReference(p.phones, code) };
}

describe('the phone network', () => {
  test('is what plain loops make of its equations', async () => {
    const T = 5;
    const heard: Tensor = rng.fork('heard').normal([2, hopsHeard(SIZE) + T, HEARD]);
    const program = await compile((p, x) => phoneNetwork(p, x, SIZE), [params, heard]);
    const told = await program.run(params, heard);
    expect(told.code.shape).toEqual([2, T, SIZE.code]);
    expect(told.logits.shape).toEqual([2, T, PHONES.length]);
    const length = heard.data.length / 2;
    for (const b of [0, 1]) {
      const rows = rowsOf(heard.data.slice(b * length, (b + 1) * length), HEARD);
      const wanted = reference(params, rows);
      for (const name of ['code', 'logits'] as const) {
        const got = (told[name].data as Float32Array).slice((b * told[name].data.length) / 2);
        wanted[name].flat().forEach((value, i) => expect(got[i]).toBeCloseTo(value, 5));
      }
    }
    await program.dispose();
  });

  test('tells one hop in four as it tells all of them', async () => {
    const T = 4;
    const heard = rng.fork('strides').normal([1, hopsHeard(SIZE) + 1 + (T - 1) * STRIDE, HEARD]);
    const all = await compile((p, x) => phoneNetwork(p, x, SIZE), [params, heard]);
    const some = await compile((p, x) => phoneNetwork(p, x, SIZE, STRIDE), [params, heard]);
    const [{ logits: every }, { logits: few }] = [await all.run(params, heard), await some.run(params, heard)];
    expect(few.shape).toEqual([1, T, PHONES.length]);
    for (let t = 0; t < T; t++)
      for (let k = 0; k < PHONES.length; k++)
        expect(few.data[t * PHONES.length + k]).toBeCloseTo(every.data[t * STRIDE * PHONES.length + k] as number, 5);
    await Promise.all([all.dispose(), some.dispose()]);
  });

  test('hears eight hops in its first layer and eight more for each stride between its taps', () => {
    expect(hopsHeard(SIZE)).toBe(7 + 8 * (1 + 2));
  });

  test('has a name for each of 41 phones, each once', () => {
    expect(new Set(PHONES).size).toBe(41);
    expect(PHONES).toHaveLength(41);
  });
});
