import { describe, expect, it } from 'vitest';
import { armsView, paintedPerson } from '@soliloquy/testing';
import { canonicalParts, canonicalPoints, tokenLayout } from '../src/index.ts';
import { flowClip, type FlowClip } from '../src/motion/flow-clip-port.ts';
import {
  flowCondition,
  mannerNumbers,
  mouthOfHead,
  personNumbers,
  withArmsOf,
  withSlowMotionOf,
} from '../src/motion/index.ts';

const layout = tokenLayout({ parts: canonicalParts() });
const { width: D, ranges } = layout;
const [torso, arms, head, mouth] = ranges;
const person = paintedPerson(armsView(384));

/** Numbers of a part's columns over frames; of all others 0. */
function tokensOf(frames: number, value: (f: number, i: number) => number): Float32Array {
  return Float32Array.from({ length: frames * D }, (_, at) => value(Math.floor(at / D), at % D));
}
const within = ({ from, to }: { from: number; to: number }, i: number): boolean => i >= from && i < to;

describe('the flow of a clip', () => {
  const clip: FlowClip = {
    frames: 3,
    fps: 25,
    points: 'v1',
    phoneEncoder: 'abc',
    tokens: tokensOf(3, (f, i) => f + 0.01 * i),
    appearance: Float32Array.from({ length: 12 }, (_, i) => i),
    heard: Float32Array.from({ length: 9 }, (_, i) => -i),
    person: new Float32Array(8).fill(2),
    manner: Float32Array.of(-1, 0, 1),
    followed: Float32Array.of(1, 0.9, 1, 1),
  };

  it('is the same after a file', async () => {
    expect(await flowClip.decode(await flowClip.encode(clip))).toEqual(clip);
  });

  it('is refused with a number that is none, and with too few, by the name of the array', () => {
    const issues = (given: Partial<FlowClip>) => flowClip.schema.safeParse({ ...clip, ...given }).error?.issues ?? [];
    expect(issues({})).toEqual([]);
    expect(issues({ tokens: clip.tokens.with(5, Number.NaN) })[0]).toMatchObject({ path: ['tokens'] });
    expect(issues({ appearance: new Float32Array(11) })[0]).toMatchObject({ path: ['appearance'] });
    expect(issues({ person: new Float32Array(7) })[0].message).toContain('f32 [8]');
  });
});

describe('the points of everybody', () => {
  it('have their parts in one order', () => {
    expect([...canonicalPoints(person.landmarks, 384, 384).parts]).toEqual([...canonicalParts()]);
  });
});

describe('numbers of a person', () => {
  it('are those of any size of film, and know which hands are seen', () => {
    const [large, small] = [384, 192].map((side) => personNumbers(person.landmarks, side, side));
    large.forEach((value, i) => expect(value).toBeCloseTo(small[i], 5));
    expect(large[7]).toBe(2);
    const unseen = personNumbers({ ...person.landmarks, hands: {} }, 384, 384);
    expect([unseen[5], unseen[6], unseen[7]]).toEqual([0, 0, 0]);
    expect(unseen[1]).toBe(large[1]);
  });
});

describe('the manner of a film', () => {
  const wave = (size: number, pace: number) =>
    mannerNumbers(
      layout,
      tokensOf(200, (f, i) => (within(arms, i) ? size * Math.sin(0.1 * pace * f) : 0.1 * Math.sin(0.05 * f))),
      25,
    );

  it('says how far arms go whatever the body does, and their pace whatever their way', () => {
    const [one, two, fast] = [wave(1, 1), wave(2, 1), wave(1, 2)];
    expect(two[1] - one[1]).toBeCloseTo(Math.log(2), 3);
    expect(two[0]).toBeCloseTo(one[0], 5);
    expect(two[2]).toBeCloseTo(one[2], 3);
    expect(fast[2] - one[2]).toBeCloseTo(Math.log(2), 1);
  });

  it('of somebody who stands still is finite', () => {
    for (const value of mannerNumbers(layout, new Float32Array(10 * D), 25)) expect(Number.isFinite(value)).toBe(true);
  });
});

describe('motion with that of others', () => {
  it('has the arms of the other, later and on its own torso, and all else of its own', () => {
    const a = tokensOf(20, (f, i) => (within(torso, i) || within(arms, i) ? 0.5 * f : f + i));
    const b = tokensOf(20, (f, i) => (within(torso, i) ? 3 : within(arms, i) ? 3 + f * f : 0));
    const mixed = withArmsOf(layout, a, b, 4);
    for (const f of [0, 3, 4, 10, 19])
      for (const i of [torso.from, arms.from, arms.to - 1, head.from, mouth.to - 1]) {
        const late = Math.max(0, f - 4);
        expect(mixed[f * D + i]).toBeCloseTo(within(arms, i) ? 0.5 * f + late * late : a[f * D + i], 4);
      }
  });

  it('drifts as the other does; a mouth goes with its head, and keeps what lips do', () => {
    const fast = (f: number) => Math.sin(2 * f);
    const lips = (f: number, i: number) => (i % 2 === 1 ? 0.3 * Math.cos(2.6 * f) : 0);
    /** Turning shifts the head's numbers by their place, and the mouth by half of that. */
    const turned = (turn: (f: number) => number) =>
      tokensOf(300, (f, i) =>
        within(head, i) ? turn(f) * (1 + (i % 3)) : within(mouth, i) ? 0.5 * turn(f) + lips(f, i) : fast(f),
      );
    const slow = (f: number) => Math.sin(0.05 * f);
    const [a, b] = [turned(slow), turned((f) => 2 + slow(2 * f))];
    const taken = mouthOfHead(layout, a);
    const mixed = withSlowMotionOf(layout, a, b, { sigma: 4, mouth: taken });
    for (const f of [60, 150, 240])
      for (const i of [head.from, head.to - 1, mouth.from, mouth.from + 1])
        expect(Math.abs(mixed[f * D + i] - b[f * D + i])).toBeLessThan(0.3);
    for (const f of [60, 150]) expect(mixed[f * D + torso.from]).toBeCloseTo(fast(f), 4);
  });
});

describe('what a denoiser is told', () => {
  it('is what is heard in seven frames, then who and how, the same at every frame', () => {
    const heard = Float32Array.from({ length: 20 }, (_, i) => i);
    const told = flowCondition(heard, { person: new Float32Array(8).fill(7), manner: Float32Array.of(1, 2, 3) }, 10);
    expect(told).toHaveLength(10 * (7 * 2 + 11));
    expect([...told.subarray(5 * 25, 5 * 25 + 4)]).toEqual([4, 5, 6, 7]);
    for (const f of [0, 9])
      expect([...told.subarray(f * 25 + 14, (f + 1) * 25)]).toEqual([...Array(8).fill(7), 1, 2, 3]);
  });
});
