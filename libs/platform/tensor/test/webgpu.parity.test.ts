import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { relativeError } from './against-jax.ts';

/** The software adapter that comes with Chromium, where no other is chosen. */
const SOFTWARE = '/usr/lib/chromium/vk_swiftshader_icd.json';
const isThere = process.env.VK_ICD_FILENAMES !== undefined || existsSync(SOFTWARE);

test('on WebGPU a trainer learns what it learns on the processor, and its state stays there until it is pulled', async ({ skip }) => {
  skip(!isThere, 'no WebGPU adapter: install chromium for its software adapter');
  const env = { VK_ICD_FILENAMES: SOFTWARE, XDG_RUNTIME_DIR: '/tmp', ...process.env };
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(new URL('webgpu-process.ts', import.meta.url))], { env, timeout: 110_000 });
  const { cpu, webgpu } = JSON.parse(stdout) as Record<'cpu' | 'webgpu', { losses: number[]; average: number[]; readable: boolean }>;
  expect(relativeError(webgpu.losses, cpu.losses)).toBeLessThan(1e-4);
  expect(relativeError(webgpu.average, cpu.average)).toBeLessThan(1e-3);
  expect([cpu.readable, webgpu.readable]).toEqual([true, false]);
}, 120_000);
