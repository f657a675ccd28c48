import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openMp4 } from '@soliloquy/media';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const QUICKSTART = join(ROOT, 'graphs/quickstart.json');
/** Far above what the tiny size takes on two busy cores. */
const PATIENCE_MS = 240_000;

interface Record {
  readonly status: string;
  readonly executed: number;
  readonly nodes: { readonly [name: string]: { readonly tasks: number; readonly executed: number } };
  readonly tasks: readonly { readonly task: string; readonly key: string; readonly outputs: object }[];
  readonly outputs: { readonly [name: string]: { readonly digest: string } };
}

const folder = mkdtempSync(join(tmpdir(), 'soliloquy-quickstart-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The command as a person calls it, in a folder of its own, with a store of its own. */
async function soliloquy(place: string, command: string, ...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const cwd = join(folder, place);
  mkdirSync(cwd, { recursive: true });
  const child = spawn(process.execPath, [join(ROOT, 'apps/cli/bin/soliloquy.js'), command, QUICKSTART, '--size', 'tiny', '--store', join(cwd, 'store'), ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => void (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => void (stderr += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

const recordOf = (place: string): Record => JSON.parse(readFileSync(join(folder, place, 'out/quickstart/run.json'), 'utf8')) as Record;

describe('the quickstart at its tiny size', () => {
  let record: Record;

  beforeAll(async () => {
    const { code, stderr } = await soliloquy('first', 'run');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    record = recordOf('first');
  }, PATIENCE_MS);

  test('makes a film with sound at 25 frames a second, an avatar and a report', async () => {
    const at = (name: string): Buffer => readFileSync(join(folder, 'first/out/quickstart', name));
    const film = await openMp4(at('film.mp4'), 'film.mp4');
    expect(film.fps).toBe(25);
    expect(film.frames).toBeGreaterThan(0);
    expect(film.audio).toBeDefined();
    expect(at('avatar.ply').subarray(0, 4).toString()).toBe('ply\n');
    expect(at('report.html').toString()).toMatch(/^<!doctype html>/i);
    expect(record).toMatchObject({ status: 'done', nodes: { clips: { tasks: 2 }, fit: { tasks: 2 } } });
  });

  test('executes nothing the second time', async () => {
    expect(await soliloquy('first', 'run')).toMatchObject({ code: 0 });
    expect(recordOf('first')).toMatchObject({ executed: 0, outputs: record.outputs });
  }, PATIENCE_MS);

  test('comes to the same digests in another store', async () => {
    expect(await soliloquy('second', 'run')).toMatchObject({ code: 0 });
    const digests = ({ tasks }: Record): object[] => tasks.map(({ task, key, outputs }) => ({ task, key, outputs }));
    expect(digests(recordOf('second'))).toEqual(digests(record));
  }, PATIENCE_MS);

  test('re-executes what comes after a changed param and no more, and the plan says why', async () => {
    const change = ['--set', 'report.title=Another'];
    const plan = await soliloquy('first', 'plan', ...change);
    const toRun = plan.stdout.split('\n').filter((line) => line.includes('to run'));
    expect(toRun.map((line) => line.replace(/ +/, ' '))).toEqual(['report to run: params.title "Quickstart" -> "Another"']);
    expect(await soliloquy('first', 'run', ...change)).toMatchObject({ code: 0 });
    expect(recordOf('first').executed).toBe(1);
  }, PATIENCE_MS);
});
