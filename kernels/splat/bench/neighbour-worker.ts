import { parentPort, workerData } from 'node:worker_threads';
import { createRasterizer } from '../src/index.ts';
import { Frames, type Scene } from './frame.ts';
import { ANSWERED, ASKED } from './neighbour.ts';

const { control, scene } = workerData as { control: Int32Array; scene: Scene };
const engine = await createRasterizer();
const frames = new Frames(scene);
for (let i = 0; i < 10; i++) frames.draw(engine);
parentPort?.postMessage('ready');
for (;;) {
  const asked = Atomics.load(control, ASKED);
  if (asked % 2 === 0) {
    Atomics.store(control, ANSWERED, asked);
    Atomics.wait(control, ASKED, asked);
  } else {
    frames.draw(engine);
  }
}
