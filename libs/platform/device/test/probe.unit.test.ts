import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findCommand, machine, probeExecutors, probeProviders, probeWebGpu } from '../src/index.ts';

test('the processor runs a model through ONNX Runtime', async () => {
  const probes = await probeProviders();
  expect(probes.find(({ name }) => name === 'cpu')).toEqual({
    name: 'cpu',
    works: true,
    detail: 'multiplied two by two, right to the bit',
  });
  for (const { works, detail } of probes) if (!works) expect(detail).not.toBe('');
});

test('the other executors of the tensor path multiply two by two, or say why not', async () => {
  const probes = await probeExecutors();
  expect(probes.find(({ name }) => name === 'jax cpu')).toMatchObject({ works: true });
  for (const { works, detail } of probes) if (!works) expect(detail).not.toBe('');
  expect(probes.find(({ name }) => name === 'tensorflow cuda')?.detail).toMatch(/tfjs-node-gpu|two by two/);
});

test('an adapter is found or not, but the answer comes', async () => {
  const { name, detail } = await probeWebGpu();
  expect(name).toBe('webgpu');
  expect(detail).not.toBe('');
});

test('what does not answer in time does not work', async () => {
  expect(await probeWebGpu(1)).toEqual({ name: 'webgpu', works: false, detail: 'no answer in 0.001 s' });
});

test('the machine has threads and memory', () => {
  expect(machine().threads).toBeGreaterThan(0);
  expect(machine().memoryBytes).toBeGreaterThan(2 ** 28);
});

test('a command is found on PATH only when it can be run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'soliloquy-device-'));
  const before = process.env.PATH;
  try {
    process.env.PATH = folder;
    writeFileSync(join(folder, 'tool'), '');
    chmodSync(join(folder, 'tool'), 0o644);
    expect(findCommand('tool')).toBeUndefined();
    chmodSync(join(folder, 'tool'), 0o755);
    expect(findCommand('tool')).toBe(join(folder, 'tool'));
    expect(findCommand('other')).toBeUndefined();
  } finally {
    process.env.PATH = before;
    rmSync(folder, { recursive: true });
  }
});
