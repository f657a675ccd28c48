/**
 * How long an evaluation takes with everything that installs with the project: a film of 125 frames of 512x768 with its
 * true clip, voice and picture, all figures of one film and of the set of one. Tracking is a stage of its own, and is
 * told beside it.
 *
 *     node apps/cli/bench/evaluation.bench.ts [--frames 125] [--threads 2]
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { evaluationStage, filmSetStage } from '@soliloquy/evaluation';
import { decodeImage, evenSize, resizeImage, videoFromFrames } from '@soliloquy/media';
import type { Audio, Video } from '@soliloquy/ports';
import { openBackbone } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { trackingStage } from '@soliloquy/tracking';

const { values } = parseArgs({
  options: { frames: { type: 'string', default: '125' }, threads: { type: 'string', default: '2' } },
});
const [frames, threads] = [Number(values.frames), Number(values.threads)];
const photo = await decodeImage(
  readFileSync(new URL('../../../libs/stages/reference/test/fixtures/half-body-man.jpg', import.meta.url)),
);
const size = evenSize(photo.width, photo.height, 512 * 768);
const image = await resizeImage(photo, size.width, size.height);

/** The picture, moved to the side. Kept, since a film is read many times, and decoding takes less than this. */
const moved = new Map<number, Uint8ClampedArray>();
function movedBy(by: number): Uint8ClampedArray {
  const known = moved.get(by);
  if (known !== undefined) return known;
  const { width, height, data } = image;
  const out = new Uint8ClampedArray(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const source = 4 * (y * width + Math.max(0, Math.min(width - 1, x + by)));
      out.set(data.subarray(source, source + 4), 4 * (y * width + x));
    }
  moved.set(by, out);
  return out;
}

/** The picture, swaying by whole pixels. */
function swaying(speed: number): Video {
  const { width, height } = image;
  return videoFromFrames({ width, height, fps: 25, frames }, function* (from, to) {
    for (let frame = from; frame < to; frame++) yield movedBy(Math.round(5 * Math.sin(speed * frame)));
  });
}

const audio: Audio = {
  sampleRate: 16_000,
  samples: Float32Array.from({ length: 640 * frames }, (_, i) => 0.3 * Math.sin(i / 13) * Math.sin(i / 2600) ** 2),
};
const [video, reference] = [swaying(0.2), swaying(0.25)];

async function timed<T>(name: string, task: () => T | Promise<T>): Promise<T> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const made = await task();
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `${name}: ${((performance.now() - start) / 1000).toFixed(1)} s, processor ${((user + system) / 1e6).toFixed(1)} s`,
  );
  return made;
}

await using ctx = stageContext({ threads });
const track = await openBackbone(trackingStage, 'networks');
const params = { hands: true, smoothing: 'none', cutoff: 1.5, slope: 40 } as const;
const none = { image: undefined, landmarks: undefined, background: undefined };
const tracked = await timed('tracking, both films', async () => {
  const made = [];
  for (const film of [video, reference]) made.push((await track({ video: film, ...none }, params, ctx)).tracks);
  return made;
});
console.log(`${size.width}x${size.height}, ${frames} frames, ${threads} threads`);
const [tracks, truthTracks] = tracked;
const evaluate = await openBackbone(evaluationStage, 'measures');
const evaluateSet = await openBackbone(filmSetStage, 'measures');
await timed('evaluation', async () => {
  const inputs = { video, reference, image, audio, tracks, truthTracks };
  const one = await timed('  evaluation@1', () => evaluate(inputs as never, { every: 10, networks: [] } as never, ctx));
  const set = { videos: [video], truths: [reference], tracks: [tracks], truthTracks: [truthTracks] };
  const setParams = { axis: 'clip', every: 10, clipFrames: 16, windowStride: 1, networks: [] };
  const all = await timed('  film-set-evaluation@1', () => evaluateSet(set as never, setParams as never, ctx));
  console.log(`  ${Object.keys({ ...one.metrics.values, ...all.metrics.values }).length} figures`);
});
