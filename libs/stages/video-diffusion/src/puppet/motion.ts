import type { Audio } from '@soliloquy/ports';
import { seededRandom } from '@soliloquy/random';
import { bump, gaussianMean } from '@soliloquy/signal';
import { speechEnvelope, speechFeatures, type SpeechFeatures } from '@soliloquy/speech-features';
import type { BodyMeans } from './body-means.ts';
import { blinkTimes, lid } from './gestures/blinks.ts';
import { gazeOf } from './gestures/gaze.ts';
import type { Gesturer } from './gestures/hand-plan.ts';
import { handMotion } from './gestures/hands.ts';
import { PLAIN_MANNER, type Manner } from './gestures/manner.ts';
import { listeningNods, postureOf } from './gestures/posture.ts';
import { gesturingHands } from './gestures/reach.ts';
import { voiceRhythm, type VoiceRhythm } from './gestures/voice-rhythm.ts';
import { wander } from './gestures/wander.ts';
import type { HeardLips } from './heard-lips.ts';
import { mouthMotion } from './mouth-motion.ts';

/** What moves, in the order a table shows it. */
export const MOTION_CHANNELS = {
  jawOpen: '0 closed … 1 as wide as speech goes',
  lipWidth: '−1 rounded … 1 spread',
  lipPart: '0 … 1, lips parted over closed teeth',
  blink: '0 open … 1 shut',
  browRaise: '0 … 1',
  gazeX: '−1 … 1, to the right of the picture',
  gazeY: '−1 … 1, down',
  yaw: 'radians, to the right of the picture',
  pitch: 'radians, chin down',
  roll: 'radians, clockwise in the picture',
  headX: 'eye-to-mouth distances, to the right of the picture',
  headY: 'eye-to-mouth distances, down',
  breath: '−1 out … 1 in',
  sway: '−1 … 1, the upper body to the right of the picture',
  lean: 'radians, the upper body clockwise in the picture about the hips',
  shift: '−1 … 1, weight from one leg to the other, to the right of the picture',
  leftShrug: '0 … 1, shoulder raised',
  rightShrug: '0 … 1, shoulder raised',
  leftHandOut: 'distances of the shoulder joints, wrist from rest, away from the middle of the body',
  rightHandOut: 'distances of the shoulder joints, wrist from rest, away from the middle of the body',
  leftHandUp: 'distances of the shoulder joints, wrist from rest, up',
  rightHandUp: 'distances of the shoulder joints, wrist from rest, up',
  leftHandTurn: 'radians in the picture about the wrist, beyond what the forearm turns it, fingers outward',
  rightHandTurn: 'radians in the picture about the wrist, beyond what the forearm turns it, fingers outward',
  leftHandSpread: '−1 fingers closed … 0 as in the picture … 1 spread',
  rightHandSpread: '−1 fingers closed … 0 as in the picture … 1 spread',
} as const satisfies Record<string, string>;
export type MotionChannel = keyof typeof MOTION_CHANNELS;

type Channels = Record<MotionChannel, Float32Array>;

/** Motion of the puppet: f32 [F] for each channel. */
export interface PuppetMotion {
  /** F */
  readonly frames: number;
  readonly fps: number;
  readonly channels: Readonly<Channels>;
}

/** What a motion is made for. */
export interface PuppetFilm {
  readonly fps: number;
  readonly frames: number;
  readonly seed: number;
  /** scales all but mouth, lids and breath; 1 is a conversation */
  readonly expressiveness?: number;
  readonly manner?: Manner;
  /** what `heardLips` heard; without it lips go by loudness and spectrum alone */
  readonly lips?: HeardLips;
}

/**
 * How the puppet moves to a voice. Jaw and lips are a function of the sound alone; hands make strokes on its stressed
 * syllables, head and trunk beat on them and take up postures with its phrases, all varied by the seed; drift, breath,
 * blinks and glances are idle. All channels are C1 in time before they are sampled at (f + 0.5) / fps, and depend on
 * nothing else than what is given. No hand is asked for more than its reach.
 */
export function puppetMotion(audio: Audio, film: PuppetFilm, means: BodyMeans): PuppetMotion {
  const { fps, frames, seed, expressiveness = 1, manner = PLAIN_MANNER, lips } = film;
  const features = speechFeatures(audio, { fps, frames });
  const rhythm = voiceRhythm(audio, frames / fps);
  const gesturer = { seed, manner: { ...manner, size: manner.size * expressiveness } };
  const times = Float64Array.from({ length: frames }, (_, f) => (f + 0.5) / fps);
  const channels = Object.fromEntries(
    Object.keys(MOTION_CHANNELS).map((name) => [name, new Float32Array(frames)]),
  ) as Channels;

  const mouth = mouthMotion(features, fps, lips);
  channels.jawOpen.set(mouth.jawOpen);
  channels.lipWidth.set(mouth.lipWidth);
  channels.lipPart.set(mouth.lipPart);
  const hands = handMotion(rhythm, means, { gesturer, times });
  for (const side of ['left', 'right'] as const) {
    channels[`${side}HandOut`].set(hands[side].out);
    channels[`${side}HandUp`].set(hands[side].up);
    channels[`${side}HandTurn`].set(hands[side].turn);
    channels[`${side}HandSpread`].set(hands[side].spread);
    channels[`${side}Shrug`].set(hands[side].shrug);
  }
  const talking = gaussianMean(speechEnvelope(audio, fps, frames), 0.35 * fps);
  const carries = gesturingHands(means).length === 0 || !manner.hands;
  moveHeadAndTrunk(channels, rhythm, { gesturer, times, talking, carries, drift: centroidDrift(features, fps) });
  moveEyes(channels, rhythm, { gesturer, times });
  return { frames, fps, channels };
}

/** What head and trunk follow beside the rhythm. */
interface HeadAndTrunk {
  readonly gesturer: Gesturer;
  readonly times: Float64Array;
  /** f64 [F] 0 … 1: loudness over the last and next moments */
  readonly talking: Float64Array;
  /** f64 [F] how bright the voice is, slowly */
  readonly drift: Float64Array;
  /** no hand gestures: head and trunk do more */
  readonly carries: boolean;
}

/** Nods and turns on stresses, postures with phrases, idle drift and breath. */
function moveHeadAndTrunk(channels: Channels, rhythm: VoiceRhythm, its: HeadAndTrunk): void {
  const { gesturer, times, talking, drift, carries } = its;
  const { seed, manner } = gesturer;
  const random = seededRandom(seed);
  const idle = Array.from({ length: 6 }, () => wander(random));
  const breathPhase = random();
  const posture = postureOf(rhythm, gesturer);
  const nods = listeningNods(rhythm, seed);
  const beats = rhythm.phrases.flatMap(({ stresses }) => stresses);
  const emphasis = beats.map(() => ({ nod: 0.75 + 0.5 * random(), tilt: 2 * random() - 1 }));
  const e = manner.size;
  const more = carries ? 1.35 : 1;
  times.forEach((t, f) => {
    let [nod, tilt, brow] = [0, 0, 0];
    beats.forEach(({ peak, stress }, i) => {
      const since = t - peak;
      if (Math.abs(since) > 0.6) return;
      nod += emphasis[i].nod * stress * bump(since / 0.26);
      tilt += emphasis[i].tilt * stress * bump((since - 0.06) / 0.5);
      brow += Math.max(0, stress - 0.35) * 1.6 * bump((since - 0.04) / 0.36);
    });
    const listening = nods.reduce((sum, { time, depth }) => sum + depth * bump((t - time) / 0.3), 0);
    channels.yaw[f] = e * (0.03 * idle[0](t) + 0.03 * tilt + 0.15 * (drift[f] - 0.14)) + more * posture.yaw.value(t);
    channels.pitch[f] =
      e * (0.012 * idle[1](t) + 0.06 * nod + 0.05 * listening - 0.03 * (talking[f] - 0.4)) +
      more * posture.pitch.value(t);
    channels.roll[f] = e * (0.01 * idle[2](t) + 0.014 * tilt) + more * posture.roll.value(t);
    channels.headX[f] = e * 0.03 * idle[3](t);
    channels.headY[f] = e * (0.012 * idle[4](t) + 0.028 * nod + 0.02 * listening);
    channels.breath[f] = Math.sin(2 * Math.PI * (0.27 * t + breathPhase)) * (1 - 0.3 * talking[f]);
    channels.sway[f] = e * (0.5 * idle[5](t) + 0.3 * tilt);
    channels.lean[f] = more * posture.lean.value(t);
    channels.shift[f] = posture.shift.value(t);
    channels.browRaise[f] = Math.min(1, e * Math.min(1, brow));
  });
}

function moveEyes(
  channels: Channels,
  rhythm: VoiceRhythm,
  { gesturer, times }: { readonly gesturer: Gesturer; readonly times: Float64Array },
): void {
  const gaze = gazeOf(rhythm, gesturer.seed);
  const blinks = blinkTimes(rhythm, gesturer.seed);
  // Eyes go no further when somebody is lively, but rest on the viewer when nothing is to move.
  const size = Math.min(1, gesturer.manner.size);
  times.forEach((t, f) => {
    channels.gazeX[f] = size * gaze.x.value(t);
    channels.gazeY[f] = size * gaze.y.value(t);
    channels.blink[f] = blinks.reduce((shut, start) => Math.max(shut, lid(t - start)), 0);
  });
}

function centroidDrift({ data, dims, names }: SpeechFeatures, fps: number): Float64Array {
  const column = names.indexOf('centroid');
  return gaussianMean(
    data.filter((_, i) => i % dims === column),
    0.5 * fps,
  );
}
