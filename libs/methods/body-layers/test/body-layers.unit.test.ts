import { describe, expect, it } from 'vitest';
import type { Image } from '@soliloquy/media';
import type { Landmarks } from '@soliloquy/ports';
import { armsView, crossedArm, paintedPerson, WHOLE_PERSON } from '@soliloquy/testing';
import { colorOdds } from '../src/color-odds.ts';
import { fillHidden } from '../src/fill-hidden.ts';
import { bodyLayers, bodyScale, type BodyLayers } from '../src/index.ts';
import { alongBone, capsuleShape } from '../src/limb-shape.ts';
import { limbProfile } from '../src/limb-width.ts';
import { nearestKnown } from '../src/nearest-known.ts';
import { outlineBehind } from '../src/outline-behind.ts';
import { outlineDistance } from '../src/outline-distance.ts';

const SCALE = 3;
const hanging = paintedPerson({ ...WHOLE_PERSON, width: SCALE * 128, height: SCALE * 192, scale: SCALE });
const spread = paintedPerson(armsView(320));
const crossed = crossedArm();

/** The layers laid over each other, premultiplied f32 [H, W, 4] 0 … 255. */
function composed({ width, height, layers }: BodyLayers): Float32Array {
  const out = new Float32Array(4 * width * height);
  for (const { image } of layers)
    for (let i = 0; i < width * height; i++) {
      const alpha = image.data[4 * i + 3] / 255;
      for (let c = 0; c < 4; c++)
        out[4 * i + c] = alpha * (c < 3 ? image.data[4 * i + c] : 255) + (1 - alpha) * out[4 * i + c];
    }
  return out;
}

/** Share of what a layer shows that `is` so, and share of what is so that the layer shows. */
function agreement(shown: Float32Array, matte: Image, is: (i: number) => boolean): { right: number; found: number } {
  let [both, layer, truth] = [0, 0, 0];
  for (let i = 0; i < shown.length; i++) {
    const there = is(i) ? matte.data[4 * i + 3] / 255 : 0;
    both += Math.min(shown[i], there);
    layer += shown[i];
    truth += there;
  }
  return { right: both / layer, found: both / truth };
}

describe('body layers', () => {
  it.each([
    ['hanging arms', hanging],
    ['spread arms', spread],
    ['a crossed arm', crossed],
  ])('add up to the matte, and laid over each other are the picture: %s', (_, { image, landmarks }) => {
    const taken = bodyLayers(image, landmarks);
    expect(taken.layers.length).toBeGreaterThan(3);
    let [worst, error] = [0, 0];
    const over = composed(taken);
    for (let i = 0; i < image.width * image.height; i++) {
      const alpha = image.data[4 * i + 3] / 255;
      worst = Math.max(worst, Math.abs(taken.layers.reduce((sum, { shown }) => sum + shown[i], 0) - alpha));
      for (let c = 0; c < 3; c++) error += Math.abs(over[4 * i + c] - alpha * image.data[4 * i + c]);
    }
    expect(worst).toBeLessThan(1e-6);
    expect(error / (3 * image.width * image.height)).toBeLessThan(0.25);
  });

  it('find a hand by its skin and the sleeve of the shirt by its place', () => {
    const taken = bodyLayers(crossed.image, crossed.landmarks);
    const of = (part: string) => taken.layers.find((layer) => layer.part === part && layer.side === 'left')!;
    const hand = agreement(of('hand').shown, crossed.image, crossed.isHand);
    expect(hand.right).toBeGreaterThan(0.8);
    // Some of it is the forearm's: where they meet both have a share.
    expect(hand.found).toBeGreaterThan(0.8);
    const sleeve = agreement(
      of('upperArm').shown.map((value, i) => value + of('forearm').shown[i]),
      crossed.image,
      crossed.isSleeve,
    );
    expect(sleeve.right).toBeGreaterThan(0.8);
    expect(sleeve.found).toBeGreaterThan(0.7);
  });

  it('go on behind an arm that crosses the body: cloth where it was hidden', () => {
    const { image } = bodyLayers(crossed.image, crossed.landmarks).layers[0];
    let [difference, bias, covered, count] = [0, 0, 0, 0];
    for (let i = 0; i < image.width * image.height; i++) {
      if (!crossed.isHiddenCloth(i)) continue;
      count++;
      covered += image.data[4 * i + 3] / 255;
      for (let c = 0; c < 3; c++) {
        const off = (image.data[4 * i + c] - crossed.without.data[4 * i + c]) / 3;
        difference += Math.abs(off);
        bias += off;
      }
    }
    expect(count).toBeGreaterThan(500);
    expect(covered / count).toBeGreaterThan(0.97);
    // Folds of 16 levels peak to peak and more go on, if not in step.
    expect(difference / count).toBeLessThan(12);
    expect(Math.abs(bias / count)).toBeLessThan(4);
  });

  it('leave background beside the body where an arm was', () => {
    const { image, landmarks } = spread;
    const trunk = bodyLayers(image, landmarks).layers[0].image;
    const { x, y } = landmarks.points.leftHand!;
    const at = 4 * (Math.floor(y) * image.width + Math.floor(x)) + 3;
    expect(image.data[at]).toBe(255);
    expect(trunk.data[at]).toBe(0);
  });

  it('are the picture itself, to the last bit, where no hand is seen or no arm is asked for', () => {
    const unseen: Landmarks = { ...hanging.landmarks, hands: {} };
    for (const taken of [bodyLayers(hanging.image, unseen), bodyLayers(hanging.image, hanging.landmarks, [])]) {
      expect(taken.layers.map(({ part }) => part)).toEqual(['trunk']);
      expect(Buffer.from(taken.layers[0].image.data).equals(Buffer.from(hanging.image.data))).toBe(true);
      expect(taken.arms).toEqual({});
    }
  });

  it('measure shoulders where they are, and by the face where they are not', () => {
    const { landmarks, image } = hanging;
    expect(bodyScale(landmarks, image.width, image.height).shoulderWidth).toBeCloseTo(SCALE * 38, 5);
    const { leftShoulder: _, ...points } = landmarks.points;
    const guessed = bodyScale({ ...landmarks, points }, image.width, image.height).shoulderWidth;
    expect(guessed / (SCALE * 14)).toBeCloseTo(4.6, 5);
  });
});

describe('what layers are made of', () => {
  it('a bone has its own axes', () => {
    const bone = alongBone({ x: 10, y: 10 }, { x: 10, y: 30 });
    expect(bone.length).toBe(20);
    expect(bone.at(4, 25)).toEqual({ x: 15, y: 6 });
  });

  it('a capsule is as deep as its profile at the bone, and ends round', () => {
    const profile = { left: Float32Array.of(6, 6), right: Float32Array.of(4, 4) };
    const shape = capsuleShape({ x: 0, y: 0 }, { x: 20, y: 0 }, profile, 5);
    expect(shape.depth(10, 3)).toBeCloseTo(1, 6);
    expect(shape.depth(10, -3)).toBeCloseTo(3, 6);
    expect(shape.depth(23, 0)).toBeCloseTo(1, 6);
    expect(shape.share(-2, 0)).toBe(0);
    expect(shape.share(5, 0)).toBe(1);
  });

  it('a limb is as wide as the matte says, and an eighth of it more', () => {
    const size = { width: 60, height: 60 };
    const data = new Uint8ClampedArray(4 * 3600).fill(90);
    const matte = {
      ...size,
      data: Float32Array.from({ length: 3600 }, (_, i) => (Math.abs((i % 60) + 0.5 - 31) < 8 ? 1 : 0)),
    };
    const profile = limbProfile(
      { image: { ...size, data }, matte },
      [
        { x: 30, y: 5 },
        { x: 30, y: 55 },
      ],
      [7, 7],
    );
    // Seen from its start downwards, right is the left of the picture.
    for (const width of profile.right) expect(Math.abs(width - 7 - 7 / 8)).toBeLessThan(0.6);
    for (const width of profile.left) expect(Math.abs(width - 9 - 7 / 8)).toBeLessThan(0.6);
  });

  it('colors tell skin from cloth, and say nothing of what they have not seen enough of', () => {
    const image = crossed.image;
    const [hand, cloth] = [crossed.isHand, crossed.isHiddenCloth].map((is) =>
      Array.from({ length: image.width * image.height }, (_, i) => i).filter(is),
    );
    const shirt = Array.from({ length: 2000 }, (_, k) => k + 240 * image.width).filter(
      (i) => image.data[4 * i + 3] === 255 && !crossed.isHand(i) && !crossed.isSleeve(i),
    );
    const odds = colorOdds(image, hand, { trunk: shirt, arm: [] })!;
    expect(odds(hand[hand.length >> 1])).toBeGreaterThan(2);
    expect(odds(shirt[shirt.length >> 1])).toBeLessThan(-2);
    expect(colorOdds(image, hand.slice(0, 20), { trunk: cloth, arm: [] })).toBeUndefined();
  });

  it('an outline goes straight on behind what hides it, whatever that is like', () => {
    const [width, height] = [60, 70];
    const edge = (y: number): number => 25 + 0.2 * y;
    const at = (of: (x: number, y: number) => boolean): Uint8Array =>
      Uint8Array.from({ length: width * height }, (_, i) =>
        of((i % width) + 0.5, Math.floor(i / width) + 0.5) ? 1 : 0,
      );
    const hidden = at((x, y) => Math.hypot((x - 36) / 12, (y - 34) / 20) < 1);
    const seen = at((x, y) => x < edge(y) && Math.hypot((x - 36) / 12, (y - 34) / 20) >= 1);
    const cover = outlineBehind({ width, height, hidden, seen, least: 2 });
    for (let i = 0; i < cover.length; i++) {
      const off = (i % width) + 0.5 - edge(Math.floor(i / width) + 0.5);
      if (!hidden[i]) expect(cover[i]).toBe(0);
      else if (Math.abs(off) > 2.5) expect(cover[i]).toBe(off < 0 ? 1 : 0);
    }
    const around = hidden.map((is) => 1 - is);
    const all = outlineBehind({ width, height, hidden, seen: around, least: 2 });
    const none = outlineBehind({ width, height, hidden, seen: new Uint8Array(width * height), least: 2 });
    for (let i = 0; i < cover.length; i++) if (hidden[i]) expect([all[i], none[i]]).toEqual([1, 0]);
  });

  it('the distance to a straight outline is 0 where that goes on', () => {
    const [width, height] = [60, 60];
    const matte = Float32Array.from({ length: width * height }, (_, i) => (i % width < 30 ? 1 : 0));
    const hidden = Uint8Array.from(matte, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return x > 24 && x < 36 && y > 20 && y < 40 ? 1 : 0;
    });
    const distance = outlineDistance({ width, height, hidden, matte, around: 15, grain: 3 });
    for (let i = 0; i < hidden.length; i++) {
      const off = 29.5 - (i % width);
      if (hidden[i] && Math.abs(off) > 1.5) expect(Math.sign(distance[i])).toBe(Math.sign(off));
    }
  });

  it('the nearest known pixel is the nearest', () => {
    const [width, height] = [17, 13];
    const known = Uint8Array.from({ length: width * height }, (_, i) => ((i * 7919) % 31 === 0 ? 1 : 0));
    const far = (a: number, b: number): number =>
      Math.hypot((a % width) - (b % width), Math.floor(a / width) - Math.floor(b / width));
    const nearest = nearestKnown(known, width, height);
    const all = [...known.keys()].filter((i) => known[i]);
    for (let i = 0; i < known.length; i++)
      expect(far(i, nearest[i])).toBeLessThan(Math.min(...all.map((other) => far(i, other))) + 0.3);
  });

  it('a hole in stripes is filled with stripes, at their strength and in their colors', () => {
    const [width, height] = [80, 60];
    const stripes = (i: number): number => 120 + 8 * Math.sin((2 * Math.PI * (i % width)) / 8) + 0.3 * (i % width);
    const data = new Uint8ClampedArray(4 * width * height);
    for (let i = 0; i < width * height; i++) data.set([stripes(i), stripes(i), stripes(i), 255], 4 * i);
    const hole = Uint8Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return x > 30 && x < 50 && y > 20 && y < 40 ? 1 : 0;
    });
    const known = hole.map((is) => 1 - is);
    const out = data.map((value, i) => (hole[i >> 2] ? 0 : value));
    fillHidden({ image: { width, height, data: out.slice() }, known, hole, grain: 4 }, out);
    const inside = [...hole.keys()].filter((i) => hole[i]);
    const off = inside.map((i) => out[4 * i] - stripes(i));
    const mean = off.reduce((sum, value) => sum + value, 0) / off.length;
    expect(Math.abs(mean)).toBeLessThan(2);
    const strength = (of: (i: number) => number): number =>
      Math.sqrt(inside.reduce((sum, i) => sum + (of(i) - 120 - 0.3 * (i % width)) ** 2, 0) / inside.length);
    expect(strength((i) => out[4 * i]) / strength(stripes)).toBeGreaterThan(0.6);
    for (let i = 0; i < hole.length; i++) if (!hole[i]) expect(out[4 * i]).toBe(data[4 * i]);
  });
});
