import type { Video } from '@soliloquy/ports';
import { denseFlow, lumaPyramid, sampleAt, type Flow, type Luma } from './dense-flow.ts';
import { GRID, gridPoints, SIDE, WINDOW } from './motion-cells.ts';
import type { OpenNetwork } from './open-network.ts';
import type { PlaneSet } from './sample-pixels.ts';
import { resizeLuma, resizeTriangle } from './small-frames.ts';

const POINTS = GRID * GRID;

/** How the grid is followed through the windows of a film. Gives f32 [16, 400, 2] for each window, pixels of 256². */
export type FollowGrid = (video: Video, stride: number) => AsyncIterable<Float32Array>;

/** Frames of a film on 256², one after the other. */
async function* smallFrames(video: Video): AsyncIterable<PlaneSet> {
  const { width, height } = video;
  for await (const data of video.read()) yield resizeTriangle({ width, height, data }, SIDE, SIDE);
}

/**
 * By our own dense flow of neighbouring frames, along which every window's grid is carried (`denseFlow`).
 *
 * @param stride frames from one window to the next
 */
export const followByFlow: FollowGrid = async function* (video, stride) {
  const open: { readonly tracks: Float32Array; frames: number }[] = [];
  let before: Luma[] | undefined;
  let frame = 0;
  const { width, height } = video;
  for await (const data of video.read()) {
    const pyramid = lumaPyramid({ side: SIDE, data: resizeLuma({ width, height, data }, SIDE) });
    const flow = before && denseFlow(before, pyramid);
    for (const window of open) if (flow) carry(window, flow);
    if (frame % stride === 0 && frame + WINDOW <= video.frames) open.push({ tracks: begun(), frames: 1 });
    while (open[0]?.frames === WINDOW) yield open.shift()!.tracks;
    before = pyramid;
    frame++;
  }
};

function begun(): Float32Array {
  const tracks = new Float32Array(2 * WINDOW * POINTS);
  tracks.set(gridPoints());
  return tracks;
}

function carry(window: { readonly tracks: Float32Array; frames: number }, flow: Flow): void {
  const from = 2 * POINTS * (window.frames - 1);
  const { tracks } = window;
  for (let i = from; i < from + 2 * POINTS; i += 2) {
    const [x, y] = [tracks[i], tracks[i + 1]];
    tracks[i + 2 * POINTS] = x + sampleAt(flow.x, flow.side, x, y);
    tracks[i + 2 * POINTS + 1] = y + sampleAt(flow.y, flow.side, x, y);
  }
  window.frames++;
}

/** By PIPs++: where the grid is in the first frame is said for all frames, as the published program begins. */
export function followByPips(network: OpenNetwork): FollowGrid {
  return byNetwork(async (frames) => {
    const start = gridPoints();
    const begin = new Float32Array(WINDOW * start.length);
    for (let f = 0; f < WINDOW; f++) begin.set(start, f * start.length);
    const [tracks] = await network.run(
      { shape: [1, WINDOW, POINTS, 2], data: begin },
      { shape: [1, WINDOW, 3, SIDE, SIDE], data: frames },
    );
    return tracks;
  });
}

/** By CoTracker3: frame and place of each point. */
export function followByCoTracker(network: OpenNetwork): FollowGrid {
  return byNetwork(async (frames) => {
    const start = gridPoints();
    const queries = Float32Array.from({ length: 3 * POINTS }, (_, i) =>
      i % 3 === 0 ? 0 : start[2 * Math.floor(i / 3) + (i % 3) - 1],
    );
    const [tracks] = await network.run(
      { shape: [1, WINDOW, 3, SIDE, SIDE], data: frames },
      { shape: [1, POINTS, 3], data: queries },
    );
    return tracks;
  });
}

function byNetwork(follow: (frames: Float32Array) => Promise<Float32Array>): FollowGrid {
  return async function* (video, stride) {
    const kept: Float32Array[] = [];
    let frame = 0;
    for await (const { data } of smallFrames(video)) {
      kept.push(data);
      if (kept.length > WINDOW) kept.shift();
      const first = ++frame - WINDOW;
      if (first < 0 || first % stride !== 0) continue;
      const frames = new Float32Array(WINDOW * data.length);
      kept.forEach((each, f) => frames.set(each, f * data.length));
      yield Float32Array.from(await follow(frames));
    }
  };
}
