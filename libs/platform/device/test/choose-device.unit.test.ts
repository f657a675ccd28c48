import { expect, test } from 'vitest';
import { chooseDevice, type Probe } from '../src/index.ts';

const finds =
  (detail: string, works = true) =>
  (): Promise<Probe> =>
    Promise.resolve({ name: 'webgpu', works, detail });

test('auto takes an adapter in hardware, never a driver in software', async () => {
  expect(await chooseDevice('auto', finds('nvidia hopper NVIDIA H200'))).toBe('webgpu');
  expect(await chooseDevice('auto', finds('google swiftshader SwiftShader Device (Subzero)'))).toBe('cpu');
  expect(await chooseDevice('auto', finds('mesa llvmpipe (LLVM 15.0.6, 256 bits)'))).toBe('cpu');
  expect(await chooseDevice('auto', finds('no adapter', false))).toBe('cpu');
});

test('webgpu takes what there is, in software too, and says what to do where there is nothing', async () => {
  expect(await chooseDevice('webgpu', finds('google swiftshader'))).toBe('webgpu');
  await expect(chooseDevice('webgpu', finds('no adapter', false))).rejects.toMatchObject({
    code: 'device.none',
    message: expect.stringMatching(
      /^--device: expected a WebGPU adapter .*, got none \(no adapter\); install .* or use --device cpu$/,
    ) as string,
  });
});

test('cpu looks for nothing', async () => {
  expect(await chooseDevice('cpu', () => Promise.reject(new Error('looked')))).toBe('cpu');
});
