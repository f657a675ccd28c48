import { describe, expect, it } from 'vitest';
import {
  beatAlignment,
  likestStrokes,
  mean,
  motionBeats,
  movingShare,
  speedOf,
  spread,
} from '../bench/gestures/wrist-measures.ts';
import { pathShape } from '../src/puppet/gestures/likeness.ts';
import { mannerOf, PLAIN_MANNER } from '../src/puppet/gestures/manner.ts';
import { minimumJerk, Way } from '../src/puppet/gestures/minimum-jerk.ts';
import { voiceRhythm } from '../src/puppet/gestures/voice-rhythm.ts';
import { puppetMotion, type BodyMeans, type MotionChannel } from '../src/puppet/index.ts';
import { babble, silence } from './babble.ts';
import { FREE_ARM, FREE_ARMS } from './free-arms.ts';

const fps = 25;

/** Buzzes of 0.12 s that begin at given times, seconds, each rising within 20 ms. */
function buzzes(seconds: number, onsets: readonly { readonly at: number; readonly loud: number }[]) {
  const samples = new Float32Array(seconds * 16_000);
  for (const { at, loud } of onsets)
    for (let i = 0; i < 0.12 * 16_000; i++) {
      const t = i / 16_000;
      const rise = Math.min(1, t / 0.02) * Math.min(1, (0.12 - t) / 0.05);
      for (let h = 1; h < 20; h++)
        samples[Math.round(at * 16_000) + i] += (0.1 * loud * rise * Math.sin(2 * Math.PI * 120 * h * t)) / h;
    }
  return { sampleRate: 16_000, samples };
}

function motionOf(seconds: number, seed: number, means: BodyMeans = FREE_ARMS, prompt?: string) {
  const film = { fps, frames: seconds * fps, seed, manner: mannerOf(prompt) };
  return puppetMotion(babble(seconds), film, means).channels;
}

const wrist = (channels: ReturnType<typeof motionOf>, side: 'left' | 'right') => ({
  x: channels[`${side}HandOut`],
  y: channels[`${side}HandUp`],
});

describe('rhythm of a voice', () => {
  const at = [0.5, 0.75, 1.0, 1.25, 2.2, 2.45, 2.7];
  const rhythm = voiceRhythm(
    buzzes(
      4,
      at.map((time, i) => ({ at: time, loud: i % 3 === 1 ? 1 : 0.35 })),
    ),
    4,
  );

  it('has its phrases between pauses of a quarter of a second', () => {
    expect(rhythm.phrases.map(({ start, end }) => [start, end])).toEqual([
      [expect.closeTo(0.5, 1), expect.closeTo(1.37, 1)],
      [expect.closeTo(2.2, 1), expect.closeTo(2.82, 1)],
    ]);
  });

  it('has every syllable, its onset where it rises, within a frame of the rhythm', () => {
    const onsets = rhythm.phrases.flatMap(({ syllables }) => syllables.map(({ onset }) => onset));
    expect(onsets.length).toBe(at.length);
    onsets.forEach((onset, i) => expect(Math.abs(onset - at[i])).toBeLessThan(0.025));
  });

  it('has the loud ones as its stresses', () => {
    const [first] = rhythm.phrases;
    const strongest = first.syllables.reduce((a, b) => (b.stress > a.stress ? b : a));
    expect(strongest.onset).toBeCloseTo(0.75, 1);
    expect(voiceRhythm(silence(3), 3).phrases).toEqual([]);
  });
});

describe('minimum-jerk ways', () => {
  it('begin and end without velocity and acceleration', () => {
    const h = 1e-4;
    for (const end of [0, 1]) {
      const away = end === 0 ? h : 1 - h;
      expect(Math.abs(minimumJerk(away) - minimumJerk(end)) / h).toBeLessThan(1e-6);
      expect(Math.abs(minimumJerk(away) - minimumJerk(end)) / h ** 2).toBeLessThan(2e-3);
    }
    expect(minimumJerk(0.5)).toBe(0.5);
  });

  it('arrive where they were sent, whatever their bow, round and skew, and though they overlap', () => {
    const way = new Way({ out: 0.1, up: 0.2 });
    const loop = { size: { out: 0.05, up: 0.04 }, turns: -1, phase: 2 };
    way.to({ out: 0.3, up: -0.1 }, { from: 0, seconds: 1, bow: 0.5, skew: 0.8 });
    way.to({ out: -0.2, up: 0.4 }, { from: 0.5, seconds: 1, bow: -0.5, skew: 1.3, loop });
    const { out, up } = way.along([0, 2]);
    expect([...out, ...up]).toEqual([0.1, expect.closeTo(-0.2, 12), 0.2, expect.closeTo(0.4, 12)]);
  });

  it('have a shape that place, size and duration do not change, and a bow does', () => {
    const shapeOf = (size: number, bow: number) => {
      const way = new Way({ out: size, up: 0 });
      way.to({ out: 2 * size, up: size }, { from: 0, seconds: size, bow });
      const moments = Float64Array.from({ length: 40 }, (_, i) => (i * size) / 39);
      return pathShape(way.along(moments), [0, 39]);
    };
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
    expect(dot(shapeOf(1, 0.2), shapeOf(0.3, 0.2))).toBeCloseTo(1, 9);
    expect(dot(shapeOf(1, 0.4), shapeOf(1, -0.4))).toBeLessThan(0.9);
  });
});

describe('hands', () => {
  it('move as much as those of people do (four tracked speakers), at rest two thirds of the time', () => {
    for (const seed of [1, 2])
      for (const side of ['left', 'right'] as const) {
        const track = wrist(motionOf(30, seed), side);
        const speed = speedOf(track, fps);
        expect(spread(track)).toBeGreaterThan(0.05);
        expect(spread(track)).toBeLessThan(0.2);
        expect(mean(speed)).toBeGreaterThan(0.1);
        expect(mean(speed)).toBeLessThan(0.3);
        expect(movingShare(speed)).toBeGreaterThan(0.2);
        expect(movingShare(speed)).toBeLessThan(0.6);
      }
  });

  it('make no two strokes alike within a minute', () => {
    // Of these seeds strokes would be alike (0.96 and 0.99) if those before were forgotten.
    for (const seed of [2, 4]) {
      const channels = motionOf(60, seed);
      for (const side of ['left', 'right'] as const) {
        const track = wrist(channels, side);
        const { most, strokes } = likestStrokes(track, speedOf(track, fps), fps);
        expect(strokes).toBeGreaterThan(15);
        expect(most).toBeLessThan(0.95);
      }
    }
  });

  it('come to a stop on the onsets of stressed syllables: nearer to them than chance', () => {
    const distances = [1, 2].flatMap((seed) => {
      const onsets = voiceRhythm(babble(30), 30).phrases.flatMap(({ stresses }) => stresses.map(({ onset }) => onset));
      const track = wrist(motionOf(30, seed), 'right');
      return motionBeats(speedOf(track, fps), fps).map((beat) =>
        Math.min(...onsets.map((onset) => Math.abs(onset - beat))),
      );
    });
    const near = distances.filter((distance) => distance < 0.06).length / distances.length;
    expect(distances.length).toBeGreaterThan(30);
    // By chance 0.13; with strokes up to 0.4 s early 0.55.
    expect(near).toBeGreaterThan(0.65);
  });

  it('rest in silence, and differ from seed to seed while the voice speaks', () => {
    const [one, other] = [motionOf(20, 1), motionOf(20, 2)];
    const apart = one.leftHandUp.map(
      (value, f) => (value - other.leftHandUp[f]) ** 2 + (one.leftHandOut[f] - other.leftHandOut[f]) ** 2,
    );
    expect(Math.sqrt(mean(apart))).toBeGreaterThan(0.03);
    const quiet = puppetMotion(silence(10), { fps, frames: 250, seed: 1 }, FREE_ARMS).channels;
    expect(mean(speedOf(wrist(quiet, 'left'), fps))).toBeLessThan(0.03);
    expect(Math.max(...quiet.pitch) - Math.min(...quiet.pitch)).toBeGreaterThan(0.02);
  });

  it('never go beyond their reach, however small it is and however lively they are', () => {
    const reach = { inward: 0.03, outward: 0.1, up: 0.2, down: 0 };
    const arm = { ...FREE_ARM, reach };
    const film = { fps, frames: 500, seed: 4, expressiveness: 2, manner: mannerOf('lively') };
    const { leftHandOut: out, leftHandUp: up } = puppetMotion(babble(20), film, { left: arm, clasped: false }).channels;
    expect(Math.max(...out)).toBeLessThanOrEqual(reach.outward);
    expect(Math.min(...out)).toBeGreaterThanOrEqual(-reach.inward - 1e-7);
    expect(Math.max(...up)).toBeLessThanOrEqual(reach.up);
    expect(Math.max(...up)).toBeGreaterThan(0.5 * reach.up);
    expect(Math.min(...up)).toBeGreaterThanOrEqual(0);
  });

  it('of arms that may move their shoulders only stay; shoulders and trunk do it', () => {
    const bound = { ...FREE_ARM, freedom: 'shoulder' } as const;
    const channels = motionOf(20, 3, { left: bound, right: bound, clasped: false });
    for (const name of ['leftHandOut', 'leftHandUp', 'rightHandTurn', 'rightHandSpread'] as MotionChannel[])
      expect(channels[name].every((value) => value === 0)).toBe(true);
    expect(Math.max(...channels.leftShrug)).toBeGreaterThan(0.3);
    expect(mean(channels.lean.map(Math.abs))).toBeGreaterThan(mean(motionOf(20, 3).lean.map(Math.abs)));
  });

  it('that hold each other go the same way in the picture', () => {
    const channels = motionOf(20, 3, { ...FREE_ARMS, clasped: true });
    expect(channels.leftHandUp).toEqual(channels.rightHandUp);
    expect(channels.leftHandOut).toEqual(channels.rightHandOut.map((value) => -value));
    expect(spread(wrist(channels, 'left'))).toBeGreaterThan(0.03);
    const bound = { ...FREE_ARM, freedom: 'shoulder' } as const;
    expect(Math.max(...motionOf(20, 3, { left: FREE_ARM, right: bound, clasped: true }).leftHandUp)).toBe(0);
  });
});

describe('measures of wrists', () => {
  it('find speed and stops of a wrist that goes to and fro: 0.2 sin(π t), still each half second after', () => {
    const t = Float64Array.from({ length: 200 }, (_, f) => (f + 0.5) / fps);
    const speed = speedOf({ x: t.map((time) => 0.2 * Math.sin(Math.PI * time)), y: t.map(() => 0) }, fps);
    expect(Math.max(...speed)).toBeCloseTo(0.2 * Math.PI, 1);
    const beats = motionBeats(speed, fps);
    expect(beats.length).toBe(8);
    beats.forEach((beat, i) => expect(beat).toBeCloseTo(i + 0.5, 1));
    expect(beatAlignment([0.5, 1.6], [0.5, 1.5])).toBeCloseTo((1 + Math.exp(-0.5)) / 2, 9);
  });
});

describe('manner', () => {
  it('is read where a prompt names it, in whole words of any case', () => {
    expect(mannerOf(undefined)).toEqual(PLAIN_MANNER);
    expect(mannerOf('A woman in a teal shirt talks about becalmed ships.')).toEqual(PLAIN_MANNER);
    expect(mannerOf('Calm, friendly').size).toBeLessThan(1);
    expect(mannerOf('she is LIVELY').pace).toBeGreaterThan(1);
    expect(mannerOf('calm, hands still')).toEqual({ ...mannerOf('calm'), hands: false });
    expect(mannerOf('keep her hands still').hands).toBe(false);
    expect(mannerOf('hands still moving').hands).toBe(true);
  });

  it('is not read where it is negated in its clause, and the last of two counts', () => {
    for (const prompt of ['not lively', 'not too lively, please', "don't be lively", 'without lively gestures'])
      expect(mannerOf(prompt), prompt).toEqual(PLAIN_MANNER);
    expect(mannerOf('not lively, calm')).toEqual(mannerOf('calm'));
    expect(mannerOf('not calm but lively')).toEqual(mannerOf('lively'));
    expect(mannerOf('no, calm')).toEqual(mannerOf('calm'));
    expect(mannerOf('not only lively')).toEqual(mannerOf('lively'));
    expect(mannerOf('lively at first, then calm')).toEqual(mannerOf('calm'));
  });

  it('scales what the body does', () => {
    const [calm, plain, lively] = ['calm', '', 'lively'].map((prompt) =>
      mean(
        [1, 2].flatMap((seed) => {
          const channels = motionOf(20, seed, FREE_ARMS, prompt);
          return (['left', 'right'] as const).map((side) => mean(speedOf(wrist(channels, side), fps)));
        }),
      ),
    );
    expect(calm).toBeLessThan(0.75 * plain);
    expect(lively).toBeGreaterThan(1.1 * plain);
    const still = motionOf(20, 6, FREE_ARMS, 'hands still');
    expect(Math.max(...still.rightHandUp)).toBeLessThan(0.02);
    expect(Math.max(...still.rightShrug)).toBeGreaterThan(0.2);
  });
});
