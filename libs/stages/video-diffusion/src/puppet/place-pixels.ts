import { toFace, type Placement } from '@soliloquy/face';
import type { PointArrays } from './body-field.ts';
import type { EyesState } from './eyes.ts';
import type { PuppetMotion } from './motion.ts';
import { OVERSAMPLING, type PreparedScene } from './prepare-scene.ts';

/** Where the moving pixels of a frame come from, and what is painted over them. Buffers of one film, written anew. */
export interface PixelPlacer {
  /** pixels of the source, as many as a gather takes */
  readonly from: PointArrays;
  /** f32 [moving, 4] sRGB 0 … 1 and coverage 0 … 1 */
  readonly paint: Float32Array;
  /** Fills `from` and `paint` for the first `count` moving pixels of a frame. */
  place(frame: number, count: number): void;
}

/**
 * A frame's pixels go backwards through the body's field, bilinear between its nodes, and on the face through the maps
 * of mouth, lids and brows.
 */
export function createPixelPlacer(scene: PreparedScene, motion: PuppetMotion): PixelPlacer {
  const { body, face, mouth, eyes, moving } = scene;
  const { cells, cellXs, cellYs, onFace } = moving;
  const { columns, nodes } = body.grid;
  const grid: PointArrays = { xs: new Float32Array(nodes), ys: new Float32Array(nodes) };
  const { xs: gridXs, ys: gridYs } = grid;
  const from = pointBuffers(moving.indices.length);
  const paint = new Float32Array(4 * moving.indices.length);
  const pixel: Placement = { u: 0, v: 0, red: 0, green: 0, blue: 0, cover: 0 };
  const { unit, right, down } = face;
  const origin = toFace(face, 0, 0);
  const [ux, uy, vx, vy] = [right.x / unit, right.y / unit, down.x / unit, down.y / unit];

  function place(frame: number, count: number): void {
    body.backward(motion, frame, grid);
    const { channels } = motion;
    const lips = mouth.state(channels.jawOpen[frame], channels.lipWidth[frame], channels.lipPart[frame]);
    const look: EyesState = {
      blink: channels.blink[frame],
      browRaise: channels.browRaise[frame],
      gazeX: channels.gazeX[frame],
      gazeY: channels.gazeY[frame],
    };
    const eyesMove = Object.values(look).some((value) => value !== 0);
    const { xs, ys } = from;
    for (let i = 0; i < count; i++) {
      const at = cells[i];
      const fx = cellXs[i];
      const fy = cellYs[i];
      let x =
        (1 - fy) * ((1 - fx) * gridXs[at] + fx * gridXs[at + 1]) +
        fy * ((1 - fx) * gridXs[at + columns] + fx * gridXs[at + columns + 1]);
      let y =
        (1 - fy) * ((1 - fx) * gridYs[at] + fx * gridYs[at + 1]) +
        fy * ((1 - fx) * gridYs[at + columns] + fx * gridYs[at + columns + 1]);
      if (onFace[i] === 0) {
        xs[i] = OVERSAMPLING * x;
        ys[i] = OVERSAMPLING * y;
        continue;
      }
      const u = origin.u + x * ux + y * uy;
      const v = origin.v + x * vx + y * vy;
      paint[4 * i + 3] = 0;
      const onMouth = mouth.concerns(u, v, 0);
      const onEyes = eyesMove && !onMouth && eyes.concerns(u, v, 0);
      if (onMouth || onEyes) {
        pixel.u = u;
        pixel.v = v;
        pixel.cover = 0;
        if (onMouth) mouth.place(lips, pixel);
        else eyes.place(look, pixel);
        // Only the difference is carried over, so that a pixel at rest stays where it is to the last bit.
        const du = (pixel.u - u) * unit;
        const dv = (pixel.v - v) * unit;
        x += du * right.x + dv * down.x;
        y += du * right.y + dv * down.y;
        if (pixel.cover > 0) {
          paint[4 * i] = pixel.red;
          paint[4 * i + 1] = pixel.green;
          paint[4 * i + 2] = pixel.blue;
          paint[4 * i + 3] = pixel.cover;
        }
      }
      xs[i] = OVERSAMPLING * x;
      ys[i] = OVERSAMPLING * y;
    }
  }
  return { from, paint, place };
}

/** Coordinates of `count` points, in the number that a gather takes. */
export function pointBuffers(count: number): PointArrays {
  const padded = Math.max(4, Math.ceil(count / 4) * 4);
  return { xs: new Float32Array(padded), ys: new Float32Array(padded) };
}
