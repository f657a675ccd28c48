import type { WorkerStart } from './thread-pool.ts';
import { workLoop } from './work-loop.ts';

addEventListener(
  'message',
  ({ data }: MessageEvent<WorkerStart>) => {
    workLoop(data, () => postMessage('ready'));
    close();
  },
  { once: true },
);
