import { toFace } from '@soliloquy/face';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import { distanceToOutside } from './distance-transform.ts';
import type { Seed } from './gaussian-list.ts';
import type { Lifted } from './lifted.ts';
import { stipple } from './stipple.ts';
import { slopeAt } from './surface-depth.ts';

/** World units behind the surface. */
const BEHIND = { backing: 0.02, mouth: 0.05 };

/** Mean colour of a window around a pixel, of what belongs to the same layer of the person. */
export function meanColor(lifted: Lifted, x: number, y: number, radius: number): [number, number, number] {
  const { width, height, color, matte, person } = lifted;
  const layer = person.top[Math.min(height - 1, Math.floor(y)) * width + Math.min(width - 1, Math.floor(x))];
  const sum = [0, 0, 0];
  let total = 1e-6;
  for (let py = Math.max(0, Math.floor(y - radius)); py <= Math.min(height - 1, y + radius); py++) {
    for (let px = Math.max(0, Math.floor(x - radius)); px <= Math.min(width - 1, x + radius); px++) {
      const i = py * width + px;
      const weight = matte[i] > 0.9 && person.top[i] === layer ? 1 : 1e-6;
      total += weight;
      for (let c = 0; c < 3; c++) sum[c] += weight * color[i * 3 + c];
    }
  }
  return [sum[0] / total, sum[1] / total, sum[2] / total];
}

/**
 * A coarse second skin behind the first, finer around the mouth: what shows where the first one stretches is its
 * colour, and not the background or the teeth. It lies before the mouth's interior, and behind eyes that it reaches.
 *
 * @param eyes as `lifted`, with the eyes set back
 */
export function backingLayer(lifted: Lifted, eyes: Lifted, count: number): Seed[] {
  const { width, height, regionAt, frame, person } = lifted;
  const { inside } = person;
  const margin = 2.5;
  const wanted = inside.map((distance, i) => {
    if (distance <= margin) return 0;
    const { u, v } = toFace(frame, (i % width) + 0.5, Math.floor(i / width) + 0.5);
    // None behind the lips themselves: it would hang into the open mouth like a curtain.
    if (
      (u / (0.95 * frame.mouthHalfWidth)) ** 2 + (v < 0 ? v / frame.upperLipHeight : v / frame.lowerLipHeight) ** 2 <
      1
    )
      return 0;
    return Math.hypot(u, v) < 1.8 * frame.mouthHalfWidth ? 8 : 1;
  });
  const scale =
    count /
    Math.max(
      1,
      wanted.reduce((sum, value) => sum + value, 0),
    );
  const density = wanted.map((value) => Math.min(0.6, value * scale));
  return Array.from(stipple(density, width, height), (i) => {
    const x = (i % width) + 0.5;
    const y = Math.floor(i / width) + 0.5;
    const spread = 0.7 / Math.sqrt(density[i]);
    // Near the outline a wide Gaussian would look out: it shrinks to what is left.
    const sigma = Math.min(spread, Math.max(0.6, inside[i] / 2.2));
    return {
      x,
      y,
      z: behindEyes(lifted, eyes, { i, reach: Math.ceil(sigma) }) + BEHIND.backing,
      sigma,
      opacity: 0.97,
      color: meanColor(lifted, x, y, spread / 2),
      region: regionAt(x, y),
    };
  });
}

/** How dense what a limb hides is, of the density of what is seen. */
const BEHIND_LIMBS = 0.6;
/** How far a limb goes on under what is before it, heights of the picture. */
const LIMB_UNDER = 0.02;
/** Less than this of a pixel that is hidden is the soft edge of what hides it. */
const SOFT_EDGE = 0.25;

/**
 * What limbs hide of the trunk and of one another, as it is filled in: a limb that moves uncovers it.
 *
 * @param density of what is seen, Gaussians per pixel
 */
export function behindLimbs({ width, height, person }: Lifted, density: number): Seed[] {
  const each = Math.min(0.6, BEHIND_LIMBS * density);
  return person.layers.flatMap(({ rgba, shown, depth, regionAt }, k) => {
    const away = distanceToOutside(
      shown.map((share) => 1 - share),
      width,
      height,
    );
    const inside = distanceToOutside(
      shown.map((_, i) => rgba[4 * i + 3] / 255),
      width,
      height,
    );
    // Of a limb only what is near: further under a hand its shape is a guess.
    const near = k === 0 ? Infinity : LIMB_UNDER * height;
    const hidden = shown.map((share, i) => (rgba[4 * i + 3] / 255 - share > SOFT_EDGE && away[i] < near ? each : 0));
    return Array.from(stipple(hidden, width, height), (i): Seed => {
      const [x, y] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
      return {
        x,
        y,
        z: depth[i],
        // Near its own outline a wide Gaussian would look out: it shrinks to what is left.
        sigma: Math.min(0.65 / Math.sqrt(each), Math.max(0.6, inside[i] / 2.2)),
        opacity: 0.95,
        color: [rgba[4 * i] / 255, rgba[4 * i + 1] / 255, rgba[4 * i + 2] / 255],
        region: regionAt(x, y),
        slope: slopeAt(depth, width, height, i),
      };
    });
  });
}

/** Depth of the surface at pixel `i`, or of the deepest eye that is set back within reach of it, in pixels. */
function behindEyes(
  { width, height, depth }: Lifted,
  eyes: Lifted,
  { i, reach }: { readonly i: number; readonly reach: number },
): number {
  const [x, y] = [i % width, Math.floor(i / width)];
  let deepest = depth[i];
  for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++)
    for (let column = Math.max(0, x - reach); column <= Math.min(width - 1, x + reach); column++) {
      const k = row * width + column;
      if (eyes.depth[k] > depth[k]) deepest = Math.max(deepest, eyes.depth[k]);
    }
  return deepest;
}

/**
 * What the parting lips uncover: upper teeth below the upper lip, darkness and tongue below them. It rides on the head,
 * not on the jaw.
 */
export function mouthInterior(lifted: Lifted): Seed[] {
  const { width, height, depth, frame } = lifted;
  const {
    origin: mouth,
    right,
    down,
    mouthHalfWidth,
    upperLipHeight,
    lowerLipHeight,
    eyeDistance,
    chinDistance,
  } = frame;
  const reach = Math.min(Math.max(lowerLipHeight + 0.12 * eyeDistance, 0.34 * eyeDistance), 0.8 * chinDistance);
  const skin = meanColor(lifted, mouth.x, mouth.y - 0.8 * upperLipHeight, Math.max(2, 0.3 * eyeDistance));
  const light = Math.min(1, 0.5 + 0.65 * (0.2126 * skin[0] + 0.7152 * skin[1] + 0.0722 * skin[2]));
  const step = Math.max(0.8, Math.min(2.2, eyeDistance / 28));
  const region = regionIndex('mouthInterior');
  const surface =
    depth[
      Math.min(height - 1, Math.max(0, Math.floor(mouth.y))) * width +
        Math.min(width - 1, Math.max(0, Math.floor(mouth.x)))
    ];
  const teethEnd = 0.09 * eyeDistance;
  const seeds: Seed[] = [];
  for (let v = -0.5 * upperLipHeight; v <= reach; v += step) {
    const half = mouthHalfWidth * 0.82 * Math.sqrt(Math.max(0, 1 - (Math.max(0, v) / (reach * 1.05)) ** 2));
    for (let u = -half; u <= half; u += step) {
      const edge = Math.abs(u) / (mouthHalfWidth + 1e-6);
      const teeth = v < teethEnd && edge < 0.62;
      const shade = light * (teeth ? 0.86 - 0.5 * edge * edge - 0.12 * Math.max(0, v / teethEnd) : 1);
      const tongue = Math.max(0, Math.min(1, (v / reach - 0.45) * 1.6)) * Math.max(0, 1 - edge * 1.6);
      const color: [number, number, number] = teeth
        ? [shade, shade * 0.95, shade * 0.88]
        : [light * (0.16 + 0.3 * tongue), light * (0.05 + 0.13 * tongue), light * (0.055 + 0.12 * tongue)];
      seeds.push({
        x: mouth.x + u * right.x + v * down.x,
        y: mouth.y + u * right.y + v * down.y,
        z: surface + BEHIND.mouth,
        sigma: step * 0.62,
        opacity: 0.97,
        color,
        region,
      });
    }
  }
  return seeds;
}
