import type { Audio } from '@soliloquy/ports';
import { seededRandom } from '@soliloquy/random';
import { bump, gaussianMean, smoothstep } from '@soliloquy/signal';
import { speechEnvelope, speechFeatures } from '@soliloquy/speech-features';
import { mouthMotion } from './mouth-motion.ts';

/** What moves, in the order a table shows it. */
export const MOTION_CHANNELS = {
  jawOpen: '0 closed … 1 as wide as speech goes',
  lipWidth: '−1 rounded … 1 spread',
  lipPart: '0 … 1, lips parted over closed teeth',
  blink: '0 open … 1 shut',
  browRaise: '0 … 1',
  yaw: 'radians, to the right of the picture',
  pitch: 'radians, chin down',
  roll: 'radians, clockwise in the picture',
  headX: 'eye-to-mouth distances, to the right of the picture',
  headY: 'eye-to-mouth distances, down',
  breath: '−1 out … 1 in',
  sway: '−1 … 1, the upper body to the right of the picture',
  leftArm: '0 at rest … 1 raised',
  rightArm: '0 at rest … 1 raised',
} as const satisfies Record<string, string>;
export type MotionChannel = keyof typeof MOTION_CHANNELS;

/** Motion of the puppet: f32 [F] for each channel. */
export interface PuppetMotion {
  /** F */
  readonly frames: number;
  readonly fps: number;
  readonly channels: Readonly<Record<MotionChannel, Float32Array>>;
}

interface Beat {
  /** seconds */
  readonly time: number;
  /** 0 … 1 */
  readonly strength: number;
}

/**
 * How the puppet moves to a voice. Jaw and lips are a function of the sound alone; head, brows and arms beat on its
 * stressed syllables, with an emphasis that the seed varies; drift, breath and blinks are idle and come from the seed.
 * All channels are C1 in time before they are sampled at (f + 0.5) / fps.
 *
 * @param film.expressiveness scales head, brows, body and arms; 1 is a calm conversation
 */
export function puppetMotion(
  audio: Audio,
  film: { readonly fps: number; readonly frames: number; readonly seed: number; readonly expressiveness?: number },
): PuppetMotion {
  const { fps, frames, seed, expressiveness = 1 } = film;
  const features = speechFeatures(audio, { fps, frames });
  const mouth = mouthMotion(features, fps);
  const envelope = speechEnvelope(audio, fps, frames);
  const beats = stressedSyllables(envelope, fps);
  const random = seededRandom(seed);
  const talking = gaussianMean(envelope, 0.35 * fps);
  const voiceDrift = gaussianMean(
    features.data.filter((_, i) => i % features.dims === features.names.indexOf('centroid')),
    0.5 * fps,
  );
  const drift = Array.from({ length: 6 }, () => wander(random));
  const breathPhase = random();
  const blinks = blinkTimes(random, frames / fps);
  const emphasis = beats.map(() => ({ nod: 0.75 + 0.5 * random(), tilt: 2 * random() - 1, side: random() }));

  const channels = Object.fromEntries(
    Object.keys(MOTION_CHANNELS).map((name) => [name, new Float32Array(frames)]),
  ) as Record<MotionChannel, Float32Array>;
  channels.jawOpen.set(mouth.jawOpen);
  channels.lipWidth.set(mouth.lipWidth);
  channels.lipPart.set(mouth.lipPart);
  for (let f = 0; f < frames; f++) {
    const t = (f + 0.5) / fps;
    let [nod, tilt, brow, left, right] = [0, 0, 0, 0, 0];
    beats.forEach((beat, i) => {
      const since = t - beat.time;
      const stroke = beat.strength * bump(since / 0.26);
      nod += emphasis[i].nod * stroke;
      tilt += emphasis[i].tilt * beat.strength * bump((since - 0.06) / 0.5);
      brow += Math.max(0, beat.strength - 0.35) * 1.6 * bump((since - 0.04) / 0.36);
      // The hand rises before the syllable and falls on it (McNeill 1992: preparation, stroke).
      const gesture = beat.strength * (bump((since + 0.22) / 0.3) - 0.6 * bump((since - 0.04) / 0.24));
      left += gesture * (0.45 + 0.55 * emphasis[i].side);
      right += gesture * (1 - 0.55 * emphasis[i].side);
    });
    const e = expressiveness;
    channels.yaw[f] = e * (0.05 * drift[0](t) + 0.035 * tilt + 0.22 * (voiceDrift[f] - 0.14));
    channels.pitch[f] = e * (0.02 * drift[1](t) + 0.06 * nod - 0.03 * (talking[f] - 0.4));
    channels.roll[f] = e * (0.016 * drift[2](t) + 0.014 * tilt);
    channels.headX[f] = e * 0.03 * drift[3](t);
    channels.headY[f] = e * (0.012 * drift[4](t) + 0.028 * nod);
    channels.breath[f] = Math.sin(2 * Math.PI * (0.27 * t + breathPhase)) * (1 - 0.3 * talking[f]);
    channels.sway[f] = e * (0.6 * drift[5](t) + 0.3 * tilt);
    const raised = smoothstep(0.08, 0.5, talking[f]);
    channels.leftArm[f] = e * (0.3 * raised + 0.14 * drift[1](t + 3) + 0.6 * left);
    channels.rightArm[f] = e * (0.3 * raised + 0.14 * drift[2](t + 3) + 0.6 * right);
    channels.browRaise[f] = Math.min(1, e * Math.min(1, brow));
    channels.blink[f] = blinks.reduce((shut, start) => Math.max(shut, lid(t - start)), 0);
  }
  return { frames, fps, channels };
}

/**
 * Syllables that stand out of their surroundings: peaks of the envelope over 60 ms, at least 0.22 s apart, the stronger
 * first.
 */
function stressedSyllables(envelope: Float32Array, fps: number): Beat[] {
  const level = gaussianMean(envelope, 0.06 * fps);
  const around = gaussianMean(envelope, 0.5 * fps);
  const peaks: Beat[] = [];
  for (let f = 1; f < level.length - 1; f++) {
    if (level[f] < level[f - 1] || level[f] <= level[f + 1] || level[f] < 0.35) continue;
    // Vertex of the parabola through three frames: a beat falls between frames, or it would pop by a frame when the
    // sound moves.
    const curve = level[f - 1] - 2 * level[f] + level[f + 1];
    const offset = curve < 0 ? (level[f - 1] - level[f + 1]) / (2 * curve) : 0;
    peaks.push({ time: (f + 0.5 + offset) / fps, strength: smoothstep(0.02, 0.42, level[f] - around[f]) });
  }
  const kept: Beat[] = [];
  for (const peak of peaks.sort((a, b) => b.strength - a.strength || a.time - b.time)) {
    if (peak.strength > 0.08 && kept.every((other) => Math.abs(other.time - peak.time) >= 0.22)) kept.push(peak);
  }
  return kept.sort((a, b) => a.time - b.time);
}

/**
 * A slow path around 0, about −1 … 1: three sines between 0.15 and 0.8 Hz. Slower ones would make a clip of five
 * seconds lean to one side, and one clip move three times as far as another.
 */
function wander(random: () => number): (t: number) => number {
  const parts = [0.2, 0.36, 0.64].map((hertz, i) => ({
    hertz: hertz * (0.75 + 0.5 * random()),
    phase: random(),
    size: [0.55, 0.45, 0.3][i],
  }));
  return (t) =>
    parts.reduce((sum, { hertz, phase, size }) => sum + size * Math.sin(2 * Math.PI * (hertz * t + phase)), 0);
}

/** Starts of the blinks, seconds: the first within 0.5 … 2 s, then every 2 … 5 s. */
function blinkTimes(random: () => number, seconds: number): number[] {
  const times: number[] = [];
  for (let t = 0.5 + 1.5 * random(); t < seconds; t += 2 + 3 * random()) times.push(t);
  return times;
}

/** How shut the lids are, `t` seconds after a blink began: 80 ms down, 40 ms shut, 130 ms up. */
function lid(t: number): number {
  return t < 0.1 ? smoothstep(0, 0.08, t) : 1 - smoothstep(0.12, 0.25, t);
}
