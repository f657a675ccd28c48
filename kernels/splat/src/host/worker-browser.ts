import type { WorkerStart } from './kernel-thread.ts';
import { workLoop } from './work-loop.ts';

addEventListener(
  'message',
  ({ data }: MessageEvent<WorkerStart>) => {
    workLoop(data, () => postMessage('ready'));
    close();
  },
  { once: true },
);
