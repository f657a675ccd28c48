import { describe, expect, it } from 'vitest';
import { seededRandom } from '@soliloquy/testing';
import { convertTflite, ImportError, readTfjsWeights } from '../src/index.ts';
import { OPERATOR_CASES, operatorCase } from './operator-cases.ts';
import { writeTflite, type NetworkSpec } from './tflite-writer.ts';

/** What converting throws; undefined where it takes the file. */
function thrownBy(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

const relu: NetworkSpec = {
  tensors: [{ shape: [1, 2] }, { shape: [1, 2] }],
  operators: [{ code: 19, inputs: [0], outputs: [1] }],
  inputs: [0],
  outputs: [1],
};
const convert = (network: NetworkSpec) => () => convertTflite(writeTflite(network), 'net.tflite');

describe('a file that is no network', () => {
  it('cut short anywhere it is one fault or, where only what nothing needs is gone, the same network', () => {
    for (const each of OPERATOR_CASES.slice(0, 6)) {
      const { bytes } = operatorCase(each);
      const whole = convertTflite(bytes, each.name);
      for (let length = 0; length < bytes.length; length += 7) {
        const error = thrownBy(() => expect(convertTflite(bytes.slice(0, length), each.name)).toEqual(whole));
        if (error !== undefined) expect(error, `${each.name} at ${length}`).toBeInstanceOf(ImportError);
      }
    }
  });

  it('with bytes changed anywhere it is converted or one fault, and soon', () => {
    const random = seededRandom(7);
    for (const each of OPERATOR_CASES) {
      const { bytes } = operatorCase(each);
      for (let round = 0; round < 60; round++) {
        const changed = bytes.slice();
        for (let k = 0; k < 3; k++) changed[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
        const error = thrownBy(() => convertTflite(changed, each.name));
        if (error !== undefined) expect(error, `${each.name}, round ${round}: ${error}`).toBeInstanceOf(ImportError);
      }
    }
  });

  it.each<[string, () => unknown, string, RegExp]>([
    [
      'text',
      () => convertTflite(new TextEncoder().encode('<html>not found'), 'net.tflite'),
      'network.malformed',
      /TFL3/,
    ],
    [
      'a shape larger than its values',
      convert({
        ...relu,
        tensors: [...relu.tensors, { shape: [1000, 1000], data: new Float32Array(4) }],
      }),
      'network.malformed',
      /\[1000, 1000\] in 16 bytes/,
    ],
    [
      'a shape that no memory holds',
      convert({ ...relu, tensors: [{ shape: [65536, 65536, 64] }, { shape: [1, 2] }] }),
      'network.malformed',
      /65536/,
    ],
    [
      'an operator that reads what nothing made',
      convert({ ...relu, operators: [{ code: 19, inputs: [1], outputs: [1] }] }),
      'network.malformed',
      /operator 0 that reads tensor 1/,
    ],
    [
      'an operator without meaning here',
      convert({ ...relu, operators: [{ code: 65, inputs: [0], outputs: [1] }] }),
      'network.operator',
      /net\.tflite, operator 0 \(builtin 65\), which makes tensor-1/,
    ],
    [
      "somebody's own operator",
      convert({ ...relu, operators: [{ code: 32, custom: 'Secret', inputs: [0], outputs: [1] }] }),
      'network.operator',
      /\(Secret\)/,
    ],
    [
      'weights of 8 bits where an operator would round its inputs too',
      convert({
        tensors: [
          { shape: [1, 4] },
          { shape: [1, 2] },
          { shape: [2, 4], type: 9, data: new Int8Array(8), quantization: { scales: [0.1], zeros: [0], axis: 0 } },
        ],
        operators: [{ code: 9, options: [8, { 0: { i8: 0 } }], inputs: [0, 2], outputs: [1] }],
        inputs: [0],
        outputs: [1],
      }),
      'network.operator',
      /FULLY_CONNECTED.*weights of i8 \[2, 4\]/,
    ],
    [
      'a weights file that is shorter than its manifest',
      () => readTfjsWeights('[{"weights":[{"name":"w","shape":[4],"dtype":"float32"}]}]', new Uint8Array(15), 'w.bin'),
      'network.malformed',
      /15 bytes, of which w ends at 16/,
    ],
    [
      'a weights file that is longer than its manifest',
      () => readTfjsWeights('[{"weights":[{"name":"w","shape":[4],"dtype":"float32"}]}]', new Uint8Array(17), 'w.bin'),
      'network.malformed',
      /17 bytes for 16/,
    ],
    [
      'a manifest that is none',
      () => readTfjsWeights('{}', new Uint8Array(4), 'w.bin'),
      'network.malformed',
      /manifest/,
    ],
  ])('%s: one fault that names it', (_, work, code, message) => {
    const error = thrownBy(work);
    expect(error).toBeInstanceOf(ImportError);
    expect((error as ImportError).code).toBe(code);
    expect((error as ImportError).message).toMatch(message);
  });
});
