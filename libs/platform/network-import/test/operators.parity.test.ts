import { describe, expect, it } from 'vitest';
import { loadOnnx } from '@soliloquy/tensor';
import { convertTflite } from '../src/index.ts';
import golden from './golden/operators.json' with { type: 'json' };
import { OPERATOR_CASES, operatorCase } from './operator-cases.ts';

/** Largest difference to LiteRT, of values around 10. */
const TOLERANCE = 2e-6;

describe('a converted operator gives what LiteRT gives', () => {
  it.each(OPERATOR_CASES.map((each) => [each.name, each] as const))('%s', async (name, each) => {
    const { bytes, input, shape } = operatorCase(each);
    const program = await loadOnnx(convertTflite(bytes, name));
    const outputs = await program.run({ 'tensor-0': { shape, data: input } });
    await program.dispose();
    const expected = (golden as Record<string, number[]>)[name];
    const { data, shape: made } = outputs['tensor-1'];
    expect(made).toEqual(each.network.tensors[1].shape);
    expect(data.length).toBe(expected.length);
    const worst = Math.max(...expected.map((value, i) => Math.abs(value - data[i]) / Math.max(1, Math.abs(value))));
    expect(worst).toBeLessThan(TOLERANCE);
  });
});
