import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { NO_ADAPTER, softwareAdapter } from '@soliloquy/testing';
import { expect, test } from 'vitest';
import { relativeError } from './against-jax.ts';

test('on WebGPU a trainer learns what it learns on the processor, and its state stays there until it is pulled', async ({ skip }) => {
  const env = { ...softwareAdapter(), ...process.env };
  skip(env.VK_ICD_FILENAMES === undefined, NO_ADAPTER);
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(new URL('webgpu-process.ts', import.meta.url))], { env, timeout: 110_000 });
  const { cpu, webgpu } = JSON.parse(stdout) as Record<'cpu' | 'webgpu', { losses: number[]; average: number[]; readable: boolean }>;
  expect(relativeError(webgpu.losses, cpu.losses)).toBeLessThan(1e-4);
  expect(relativeError(webgpu.average, cpu.average)).toBeLessThan(1e-3);
  expect([cpu.readable, webgpu.readable]).toEqual([true, false]);
}, 120_000);
