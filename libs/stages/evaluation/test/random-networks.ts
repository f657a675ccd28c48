import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How weights of a tensor are drawn: how many, their seed, and between what they lie. */
export type Draw = readonly [count: number, seed: number, low: number, high: number];

/** f32 [count] in low … high, of whole-number arithmetic on the index: `uniform` of tools/export/onnx_file.py. */
export function uniform(count: number, seed: number, low: number, high: number): Float32Array {
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let x = Math.imul(i + seed, 0x9e3779b9);
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    out[i] = low + (high - low) * (((x ^ (x >>> 16)) >>> 0) / 2 ** 32);
  }
  return out;
}

/**
 * A folder with a network of golden/networks and the weights that are drawn for it.
 *
 * @returns the path of its ONNX file
 */
export function randomNetwork(name: string, draws: readonly Draw[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'random-network-'));
  const path = join(folder, 'model.onnx');
  copyFileSync(new URL(`golden/networks/${name}.onnx`, import.meta.url), path);
  writeFileSync(join(folder, 'weights.bin'), Buffer.concat(draws.map((draw) => Buffer.from(uniform(...draw).buffer))));
  return path;
}

/** u8 [count], noise: `made_bytes` of golden/networks.py. */
export function madeBytes(count: number, seed: number): Uint8Array {
  return Uint8Array.from(uniform(count, seed, 0, 256));
}

/** A film of coarse noise that moves on and of fine noise: `made_film` of golden/networks.py, with alpha 255. */
export function madeFilm(
  frames: number,
  height: number,
  width: number,
  seed: number,
): { width: number; height: number; data: Uint8Array }[] {
  const across = Math.floor(width / 4) + frames + 1;
  const tiles = madeBytes((Math.floor(height / 4) + 1) * across * 3, seed);
  const fine = madeBytes(frames * height * width * 3, seed + 1);
  return Array.from({ length: frames }, (_, f) => {
    const data = new Uint8Array(4 * height * width).fill(255);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < 3; c++) {
          const tile = tiles[3 * (Math.floor(y / 4) * across + Math.floor(x / 4) + Math.floor(f / 2)) + c];
          data[4 * (y * width + x) + c] = Math.floor((tile * 3 + fine[3 * ((f * height + y) * width + x) + c]) / 4);
        }
    return { width, height, data };
  });
}

/** What golden/networks.py wrote. */
export function readGolden<T>(): T {
  return JSON.parse(readFileSync(new URL('golden/networks.json', import.meta.url), 'utf8')) as T;
}
