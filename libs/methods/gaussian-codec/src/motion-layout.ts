import { PART_OF_REGION, regionIndex } from '@soliloquy/gaussian-cloud';
import type { Part, RegionName } from '@soliloquy/ports';
import { PARTS } from '@soliloquy/ports/landmarks';

/** The regions whose mean translation carries a part: the head carries lips and jaw, the torso the arms. */
const CARRIER: Record<Part, readonly RegionName[]> = {
  body: ['torso', 'neck'],
  face: ['head', 'upperFace'],
  hand: ['leftHand', 'rightHand'],
};

/** One part's tokens: first its carrier, then each of its particles. */
export interface PartLayout {
  readonly name: Part;
  /** particles of the part, or 0 when it has none; with them one more for the carrier */
  readonly tokens: number;
  /** i32 [tokens - 1] indices of its particles */
  readonly members: Int32Array;
  /** i32 indices of the particles whose mean is the carrier */
  readonly carriers: Int32Array;
  /** f32 [tokens, 3] world at rest */
  readonly positions: Float32Array;
}

/**
 * How the particles' motion is laid out for the networks: part by part, each particle relative to its part's carrier,
 * every number standardised. Lips move a tenth of what the head does: in this form both weigh the same.
 */
export interface MotionLayout {
  /** P */
  readonly particles: number;
  /** of all parts */
  readonly tokens: number;
  readonly parts: readonly PartLayout[];
  /** f32 [tokens, 3] world */
  readonly mean: Float32Array;
  /** f32 [tokens] world, the same for the axes of one token */
  readonly scale: Float32Array;
}

/**
 * Motion of the particles without mean and scale: token = translation of a carrier, or of a particle less its
 * carrier's.
 */
function toTokens(
  parts: readonly PartLayout[],
  translations: Float32Array,
  frame: number,
  particles: number,
  into: Float32Array,
  at: number,
): void {
  const t = translations.subarray(frame * particles * 3, (frame + 1) * particles * 3);
  let o = at;
  for (const part of parts) {
    if (part.tokens === 0) continue;
    const carrier = [0, 0, 0];
    for (const p of part.carriers)
      for (let axis = 0; axis < 3; axis++) carrier[axis] += t[p * 3 + axis] / part.carriers.length;
    into.set(carrier, o);
    o += 3;
    for (const p of part.members) for (let axis = 0; axis < 3; axis++) into[o++] = t[p * 3 + axis] - carrier[axis];
  }
}

/**
 * The layout of a rig, with mean and scale taken from its clips.
 *
 * @param positions f32 [P, 3] world
 * @param regions   u8 [P]
 * @param clips     f32 [F, P, 3] translations each
 */
export function createMotionLayout(
  positions: Float32Array,
  regions: Uint8Array,
  clips: readonly Float32Array[],
): MotionLayout {
  const particles = regions.length;
  const parts = PARTS.map((name): PartLayout => {
    const members = Int32Array.from([...regions.keys()].filter((p) => PART_OF_REGION[regions[p]] === name));
    const carrierRegions = CARRIER[name].map(regionIndex);
    const own = members.filter((p) => carrierRegions.includes(regions[p]));
    const carriers = own.length > 0 ? own : members;
    const tokens = members.length === 0 ? 0 : members.length + 1;
    const at = new Float32Array(tokens * 3);
    for (const p of carriers)
      for (let axis = 0; axis < 3; axis++) at[axis] += positions[p * 3 + axis] / carriers.length;
    members.forEach((p, i) => at.set(positions.subarray(p * 3, p * 3 + 3), (i + 1) * 3));
    return { name, tokens, members, carriers, positions: at };
  });
  const tokens = parts.reduce((sum, part) => sum + part.tokens, 0);
  const frames = clips.reduce((sum, clip) => sum + clip.length / (particles * 3), 0);
  const all = new Float32Array(frames * tokens * 3);
  let row = 0;
  for (const clip of clips)
    for (let frame = 0; frame < clip.length / (particles * 3); frame++)
      toTokens(parts, clip, frame, particles, all, row++ * tokens * 3);
  const mean = new Float32Array(tokens * 3);
  for (let i = 0; i < tokens * 3; i++) {
    let sum = 0;
    for (let f = 0; f < frames; f++) sum += all[f * tokens * 3 + i];
    mean[i] = sum / frames;
  }
  const deviation = Float64Array.from({ length: tokens }, (_, token) => {
    let sum = 0;
    for (let f = 0; f < frames; f++)
      for (let axis = 0; axis < 3; axis++) sum += (all[(f * tokens + token) * 3 + axis] - mean[token * 3 + axis]) ** 2;
    return Math.sqrt(sum / frames);
  });
  // A particle that hardly moves is not blown up to the others' size: its scale is at least a third of the part's usual
  // one.
  const scale = new Float32Array(tokens);
  let at = 0;
  for (const part of parts) {
    const usual =
      [...deviation.slice(at + 1, at + part.tokens)].sort((a, b) => a - b)[Math.floor((part.tokens - 1) / 2)] ?? 0;
    for (let token = at; token < at + part.tokens; token++) scale[token] = Math.max(deviation[token], usual / 3, 1e-5);
    at += part.tokens;
  }
  return { particles, tokens, parts, mean, scale };
}

/** @returns f32 [F, tokens, 3] standardised */
export function standardiseMotion(layout: MotionLayout, translations: Float32Array): Float32Array {
  const frames = translations.length / (layout.particles * 3);
  const out = new Float32Array(frames * layout.tokens * 3);
  for (let frame = 0; frame < frames; frame++) {
    const at = frame * layout.tokens * 3;
    toTokens(layout.parts, translations, frame, layout.particles, out, at);
    for (let i = 0; i < layout.tokens * 3; i++)
      out[at + i] = (out[at + i] - layout.mean[i]) / layout.scale[Math.floor(i / 3)];
  }
  return out;
}

/** The inverse of `standardiseMotion`: f32 [F, P, 3] world. */
export function restoreMotion(layout: MotionLayout, tokens: Float32Array): Float32Array {
  const frames = tokens.length / (layout.tokens * 3);
  const out = new Float32Array(frames * layout.particles * 3);
  for (let frame = 0; frame < frames; frame++) {
    const value = (token: number, axis: number): number =>
      tokens[(frame * layout.tokens + token) * 3 + axis] * layout.scale[token] + layout.mean[token * 3 + axis];
    let at = 0;
    for (const part of layout.parts) {
      part.members.forEach((p, i) => {
        for (let axis = 0; axis < 3; axis++)
          out[(frame * layout.particles + p) * 3 + axis] = value(at, axis) + value(at + 1 + i, axis);
      });
      at += part.tokens;
    }
  }
  return out;
}

/**
 * The transpose of `restoreMotion` without its mean: a gradient on translations as one on standardised tokens. What a
 * particle gets goes to its own token and to its carrier's.
 *
 * @param gradient f32 [F, P, 3]
 * @returns        f32 [F, tokens, 3]
 */
export function pullBackMotion(layout: MotionLayout, gradient: Float32Array): Float32Array {
  const frames = gradient.length / (layout.particles * 3);
  const out = new Float32Array(frames * layout.tokens * 3);
  for (let frame = 0; frame < frames; frame++) {
    let at = 0;
    for (const part of layout.parts) {
      part.members.forEach((p, i) => {
        for (let axis = 0; axis < 3; axis++) {
          const g = gradient[(frame * layout.particles + p) * 3 + axis];
          out[(frame * layout.tokens + at) * 3 + axis] += layout.scale[at] * g;
          out[(frame * layout.tokens + at + 1 + i) * 3 + axis] = layout.scale[at + 1 + i] * g;
        }
      });
      at += part.tokens;
    }
  }
  return out;
}
