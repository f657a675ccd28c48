import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { encoderCores, openOnCores } from '../src/encoder-cores.ts';

const SOURCE = new URL('../src/', import.meta.url).href;
const allowed = (): string =>
  /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/thread-self/status', 'utf8'))?.[1] ?? '';

/** Digest of ten frames of noise, encoded in a process that may use all cores or one. */
function encode({ process: cores, encoder }: { process: 'all' | 'one'; encoder: string }): string {
  const script = `
    const { openH264Encoder } = await import(${JSON.stringify(`${SOURCE}encode-h264.ts`)});
    const { encoderCores } = await import(${JSON.stringify(`${SOURCE}encoder-cores.ts`)});
    const { createHash } = await import('node:crypto');
    const [width, height] = [256, 384];
    const encoder = await openH264Encoder({ width, height, fps: 25 }, 'film', ${encoder});
    const hash = createHash('sha256');
    let state = 1;
    for (let frame = 0; frame < 10; frame++) {
      const planes = Uint8Array.from({ length: (width * height * 3) / 2 }, (_, i) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return 100 + 80 * Math.sin((i + 9 * frame) / 50) + (state >>> 28);
      });
      await encoder.encode(planes, frame === 0);
    }
    await encoder.flush();
    for (const { data } of encoder.take()) hash.update(data);
    console.log(hash.digest('hex'));
    process.exit();`;
  const command = [process.execPath, '--input-type=module', '-e', script];
  const [program, ...given] = cores === 'one' ? ['taskset', '--cpu-list', '0', ...command] : command;
  const { stdout, stderr } = spawnSync(program, given, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trim();
}

// only Linux can be told which cores to use, and with one there is nothing to choose
describe.skipIf(process.platform !== 'linux' || availableParallelism() < 2)('the cores that an encoder sees', () => {
  it('are as many as it is opened with, whatever the process may use', () => {
    const one = encode({ process: 'one', encoder: 'encoderCores()' });
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(encode({ process: 'all', encoder: '1' })).toBe(one);
    // else nothing is shown by this test
    expect(encode({ process: 'all', encoder: 'encoderCores()' })).not.toBe(one);
  });

  it('are two, or one where the process may use no more', () => {
    expect(encoderCores()).toBe(2);
    const script = `console.log((await import(${JSON.stringify(`${SOURCE}encoder-cores.ts`)})).encoderCores())`;
    const given = ['--cpu-list', '0', process.execPath, '--input-type=module', '-e', script];
    expect(spawnSync('taskset', given, { encoding: 'utf8' }).stdout).toBe('1\n');
  });

  it('are those of the thread only while it is opened, also where that fails', () => {
    const before = allowed();
    expect(openOnCores(allowed, 1)).toMatch(/^\d+$/);
    expect(allowed()).toBe(before);
    expect(() =>
      openOnCores(() => {
        throw new Error('no encoder');
      }, 1),
    ).toThrow('no encoder');
    expect(allowed()).toBe(before);
    expect(openOnCores(allowed, 4096)).toBe(before);
  });
});
