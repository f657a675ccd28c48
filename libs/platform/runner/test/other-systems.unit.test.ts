import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { endWithChildren } from '@soliloquy/launcher';
import { killTree } from '@soliloquy/launcher/process-tree';
import { watchingProgram } from '../src/worker/watch-parent.ts';

/** What a system is asked for, instead of asking it. */
function asked(platform: string): { calls: unknown[]; system: Parameters<typeof endWithChildren>[2] } {
  const calls: unknown[] = [];
  return {
    calls,
    system: {
      platform,
      kill: (...call) => void calls.push(['kill', ...call]),
      start: (...call) => void calls.push(['start', ...call]),
    },
  };
}

test.each([
  ['linux', [['kill', -7, 'SIGTERM']]],
  ['darwin', [['kill', -7, 'SIGTERM']]],
  ['win32', [['start', 'taskkill', ['/pid', '7', '/T', '/F']]]],
])('a command and what it started end together on %s', (platform, want) => {
  const { calls, system } = asked(platform);
  endWithChildren(undefined, 'SIGKILL', system);
  endWithChildren(7, 'SIGTERM', system);
  expect(calls).toEqual(want);
});

test('a tree ends as one where processes are not listed: Windows', () => {
  const { calls, system } = asked('win32');
  for (const root of [undefined, 0, 1, 7]) killTree(root, system);
  expect(calls).toEqual([['start', 'taskkill', ['/pid', '7', '/T', '/F']]]);
});

test('a command that is gone already is no error', () => {
  const { system } = asked('linux');
  const gone = (): never => {
    throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' });
  };
  expect(() => endWithChildren(7, 'SIGKILL', { ...system!, kill: gone })).not.toThrow();
});

// The program for Windows asks whether its parent is there, which works on every system.
test.each(['win32', process.platform])(
  'a worker ends when its runner is gone, and not before: %s',
  async (platform) => {
    const parent = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const watched = platform === process.platform ? process.pid : (parent.pid as number);
    const child = spawn(process.execPath, ['-e', watchingProgram(watched, platform)]);
    await setTimeout(700);
    expect(child.exitCode ?? child.signalCode).toBeNull();
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    if (platform === process.platform) return void child.kill();
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  },
);
