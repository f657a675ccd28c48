import { Worker } from 'node:worker_threads';

const LOOK_EVERY_MS = 300;
const TREE = new URL('../transport/process-tree.ts', import.meta.url).href;

/**
 * Ends this process when its parent is gone, even while its main thread computes and hears nothing: a thread looks at
 * who the parent is now (an orphan gets another). Without it, a runner that is killed leaves workers behind that
 * compute for nobody, and commands that they started.
 *
 * @param parent pid that the parent said it has: asking here would be too late when it died since
 */
export function watchParent(parent: number): void {
  const program =
    `let end = (pid) => process.kill(pid, 'SIGKILL'); ` +
    `import('${TREE}').then(({ killTree }) => void (end = killTree)); ` +
    `const look = () => { if (process.ppid !== ${parent}) end(process.pid); }; look(); ` +
    `setInterval(look, ${LOOK_EVERY_MS});`;
  new Worker(program, {
    eval: true,
    stdout: false,
    stderr: false,
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
  }).unref();
}
