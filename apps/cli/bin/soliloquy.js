#!/usr/bin/env node
// Plain JavaScript, so that any Node can read it: an older one hands over to the Node that the workspace pins.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDS = 24;
const self = fileURLToPath(import.meta.url);

if (Number(process.versions.node.split('.')[0]) >= NEEDS) {
  module.enableCompileCache?.();
  whenNpxStops(() => process.kill(process.pid, 'SIGTERM'));
  const { main } = await import('../src/main.ts');
  process.exit(await main(process.argv.slice(2)));
} else {
  const node = pinnedNode(dirname(self));
  if (node === undefined) {
    console.error(
      `soliloquy: expected Node ${NEEDS} or later, got ${process.version} and no node_modules/node beside the ` +
        `project; run npm ci, or install Node ${NEEDS}`,
    );
    process.exit(2);
  }
  handOver(node);
}

/**
 * npx stands behind a shell: a signal to npx ends both and does not come here. Started by it (or by another of npm's
 * commands), this process stops when its parent is gone.
 */
function whenNpxStops(stop) {
  if (process.env.npm_command === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (isParent(parent)) return;
    clearInterval(timer);
    stop();
  }, 500);
  timer.unref();
}

/** On Unix an orphan gets another parent; on Windows the number stays, so that it is asked whether it is there. */
function isParent(pid) {
  if (process.platform !== 'win32') return process.ppid === pid;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

/** The `node` package that npm put into the workspace, looked for upwards from `folder`. */
function pinnedNode(folder) {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    if (existsSync(path)) return path;
    if (dirname(at) === at) return undefined;
  }
}

/**
 * Runs this file again under `node`: same terminal, same signals, same exit code. The channel tells the child when this
 * process dies.
 */
function handOver(node) {
  const child = spawn(node, [self, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, SOLILOQUY_PARENT: 'channel' },
  });
  // A console of Windows tells the child too, and there a passed-on signal would end it in the middle of its work.
  const passOn = (signal) => process.platform !== 'win32' && child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => passOn(signal));
  whenNpxStops(() => child.kill('SIGTERM'));
  child.on('error', (error) => {
    console.error(`soliloquy: expected to start ${node}, got ${error.message}; run npm ci again`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 1)));
}
