import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { encodeMp4, videoFromFrames, type Video } from '../src/index.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function film(): Video {
  const frame = new Uint8ClampedArray(64 * 64 * 4).fill(128);
  return videoFromFrames({ width: 64, height: 64, fps: 25, frames: 3 }, function* (from, to) {
    for (let at = from; at < to; at++) yield frame;
  });
}

/** In a function of its own: nothing of the film is left on the stack. */
async function encoded(): Promise<WeakRef<Video>> {
  const value = film();
  await encodeMp4(value);
  return new WeakRef(value);
}

test('a film that was encoded is held by nobody, whatever the codec package keeps', async () => {
  const weak = await encoded();
  await expect
    .poll(async () => {
      await setTimeout(1);
      collect();
      return weak.deref();
    })
    .toBeUndefined();
});
