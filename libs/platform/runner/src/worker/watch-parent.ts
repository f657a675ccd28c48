import { Worker } from 'node:worker_threads';
import { parentIsGone } from '@soliloquy/device/parent';

const LOOK_EVERY_MS = 300;
/** After this the process goes alone: what it started would hold a card and a core of a busy machine for hours. */
const ALONE_AFTER_MS = 5000;
const TREE = import.meta.resolve('@soliloquy/launcher/process-tree');

/**
 * Ends this process when its parent is gone, even while its main thread computes and hears nothing: a thread looks at
 * who the parent is now (an orphan gets another). Without it, a runner that is killed leaves workers behind that
 * compute for nobody, and commands that they started.
 *
 * @param parent pid that the parent said it has: asking here would be too late when it died since
 */
export function watchParent(parent: number): void {
  new Worker(watchingProgram(parent), {
    eval: true,
    stdout: false,
    stderr: false,
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
  }).unref();
}

/** The thread's program. */
export function watchingProgram(parent: number, platform: string = process.platform): string {
  const gone = parentIsGone(parent, platform);
  // What knows the tree is loaded when it is needed: to strip its types costs a thread some twenty megabytes.
  return (
    `const end = () => process.kill(process.pid, 'SIGKILL'); ` +
    `const look = () => { if (!(${gone})) return; clearInterval(looks); setTimeout(end, ${ALONE_AFTER_MS}); ` +
    `import('${TREE}').then(({ killTree }) => killTree(process.pid)).catch(end); }; ` +
    `const looks = setInterval(look, ${LOOK_EVERY_MS}); look();`
  );
}
