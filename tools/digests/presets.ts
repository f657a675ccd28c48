import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** The graphs of the repository as they were at 781f479, and what is given to those that ask: files from the root. */
export const PRESETS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  quickstart: {},
  talk: {
    picture: 'libs/stages/reference/test/fixtures/half-body-woman.jpg',
    voice: 'test/fixture/presets-781f479/hum.wav',
  },
  'hybrid-data': {},
};

/**
 * The arguments of `soliloquy` that run a preset as its digests were made: with two threads, since weights that are
 * trained with another number differ in their last bits.
 */
export function runArguments(root: string, preset: string, size: string, out: string): string[] {
  const inputs = Object.entries(PRESETS[preset]).flatMap(([name, path]) => ['--input', `${name}=${join(root, path)}`]);
  const graph = join(root, 'test/fixture/presets-781f479', `${preset}.json`);
  return ['run', graph, '--size', size, '--threads', '2', '--store', join(out, 'store'), '--out', out, ...inputs];
}

/** Runs a preset in the terminal of who called. @returns the exit code */
export function runPreset(root: string, preset: string, size: string, out: string): Promise<number | null> {
  const bin = join(root, 'apps/cli/bin/soliloquy.js');
  const child = spawn(process.execPath, [bin, ...runArguments(root, preset, size, out)], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
}
