import { Worker } from 'node:worker_threads';

const LOOK_EVERY_MS = 300;

/**
 * Ends this process when its parent is gone, even while its main thread computes and hears nothing: a thread looks at who the parent is now
 * (an orphan gets another). Without it, a runner that is killed leaves workers behind that compute for nobody.
 */
export function watchParent(): void {
  const program = `setInterval((parent) => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL'); }, ${LOOK_EVERY_MS}, ${process.ppid});`;
  new Worker(program, { eval: true, stdout: false, stderr: false, resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 } }).unref();
}
