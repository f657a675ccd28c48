import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerStart } from './kernel-thread.ts';
import { workLoop } from './work-loop.ts';

workLoop(workerData as WorkerStart, () => parentPort?.postMessage('ready'));
