import { describe, expect, it } from 'vitest';
import { seededRandom } from '@soliloquy/testing';
import {
  decodeTokens,
  encodePixels,
  encodeTokens,
  fitBasis,
  fitLinearEncoder,
  pullBack,
  tokenLayout,
} from '../src/index.ts';
import golden from './golden/numpy.json' with { type: 'json' };

const layout = tokenLayout({ parts: Uint8Array.from(golden.parts) });
const rows = Float32Array.from(golden.rows);
const basis = fitBasis(layout, rows, golden.widths);
const pictures = { count: 30, width: 24, data: Float32Array.from(golden.pictures) };
const latents = { count: 30, width: basis.width, data: Float32Array.from(golden.latent) };
const encoder = fitLinearEncoder(pictures, latents, golden.ridge);

function farthest(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(actual[i] - value) / (1 + Math.abs(value))), 0);
}

describe('the basis of motion', () => {
  it('is that of NumPy: components, scales, latents and what they explain', () => {
    expect(farthest(basis.encoder, golden.encoder)).toBeLessThan(2e-5);
    expect(farthest(basis.decoder, golden.decoder)).toBeLessThan(2e-5);
    expect(farthest(encodeTokens(basis, rows), golden.latent)).toBeLessThan(2e-5);
    for (const [part, share] of Object.entries(golden.explained))
      expect(basis.explained[part as keyof typeof golden.explained]).toBeCloseTo(share, 6);
  });

  it('reads what it writes: A R = 1', () => {
    const random = seededRandom(3);
    const latent = Float32Array.from({ length: 5 * basis.width }, () => 2 * random() - 1);
    expect(farthest(encodeTokens(basis, decodeTokens(basis, latent)), [...latent])).toBeLessThan(1e-5);
  });

  it('refuses more components than there are, in numbers or in rows', () => {
    expect(() => fitBasis(layout, rows, { ...golden.widths, torso: 7 })).toThrow(/widths.torso: expected at most 6/);
    const flat = Float32Array.from({ length: 10 * layout.width }, (_, i) => Math.floor(i / layout.width));
    expect(() => fitBasis(layout, flat, golden.widths)).toThrow(/widths.torso: expected components that the rows have/);
    expect(() => fitBasis(layout, rows.slice(1), golden.widths)).toThrow(/rows: expected f32 \[N, 28\]/);
  });
});

describe('the linear encoder', () => {
  it('is the ridge regression of NumPy', () => {
    expect(farthest(encoder.matrix, golden.matrix)).toBeLessThan(2e-4);
  });

  it('is linear, and pulls back by its transpose: ⟨E x, g⟩ = ⟨x, Eᵀ g⟩', () => {
    const random = seededRandom(5);
    const draw = (length: number): Float32Array => Float32Array.from({ length }, () => 2 * random() - 1);
    const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
    const read = (picture: Float32Array): Float32Array => {
      const latent = new Float32Array(basis.width);
      encodePixels(encoder, picture, latent);
      return latent;
    };
    const [x, y, g] = [draw(24), draw(24), draw(basis.width)];
    const back = new Float32Array(24);
    pullBack(encoder, g, back);
    expect(Math.abs(dot(read(x), g) - dot(x, back))).toBeLessThan(1e-6 * (1 + Math.abs(dot(x, back))));
    const both = read(x.map((value, i) => value + y[i]));
    expect(farthest(both, [...read(x).map((value, i) => value + read(y)[i])])).toBeLessThan(1e-6);
  });

  it('refuses rows that do not match, and pictures that show nothing', () => {
    expect(() => fitLinearEncoder(pictures, { ...latents, count: 29 }, 1e-3)).toThrow(
      /latents: expected 30 rows, got 29/,
    );
    const black = { ...pictures, data: new Float32Array(pictures.data.length) };
    expect(() => fitLinearEncoder(black, latents, 1e-3)).toThrow(/pictures that differ from rest/);
  });
});
