import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { NO_ADAPTER, softwareAdapter } from '@soliloquy/testing';
import { relativeError } from './against-jax.ts';

interface Run {
  losses: number[];
  average: number[];
  readable: boolean;
}

test('on WebGPU a trainer learns as on the processor, keeps its state there, and has 16 bits or refuses', async ({
  skip,
}) => {
  const env = { ...softwareAdapter(), ...process.env };
  skip(env.VK_ICD_FILENAMES === undefined, NO_ADAPTER);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [fileURLToPath(new URL('webgpu-process.ts', import.meta.url))],
    { env, timeout: 110_000 },
  );
  const { cpu, webgpu, drawn, f16, bf16 } = JSON.parse(stdout) as {
    cpu: Run;
    webgpu: Run;
    drawn: { cpu: number[]; webgpu: number[] };
    f16: number[] | string;
    bf16: number[] | string;
  };
  expect(relativeError(webgpu.losses, cpu.losses)).toBeLessThan(1e-4);
  expect(relativeError(webgpu.average, cpu.average)).toBeLessThan(1e-3);
  expect([cpu.readable, webgpu.readable]).toEqual([true, false]);
  expect(drawn.webgpu).toEqual(drawn.cpu);
  for (const [compute, got] of Object.entries({ f16, bf16 })) {
    if (typeof got === 'string')
      expect(got).toMatch(
        new RegExp(
          `^trainer\\.compute: expected a device that multiplies in ${compute}, got webgpu: .+; set compute to 'f32'`,
        ),
      );
    else expect(relativeError(got, cpu.losses)).toBeLessThan(0.05);
  }
}, 120_000);
