import { describe, expect, it } from 'vitest';
import { bodyLayers } from '@soliloquy/body-layers';
import { colorReader, filmFace, lipSeam, toFace, toPicture } from '@soliloquy/face';
import { applyAffine } from '@soliloquy/image-kernels';
import { armsView, paintedPerson, seededRandom } from '@soliloquy/testing';
import { flowMaps } from '../src/flow-maps.ts';
import { canonicalPoints, createWarpDecoder, POINT_PARTS, type PointPart } from '../src/index.ts';
import { limbFlow } from '../src/limb-flow.ts';
import { trunkFlow } from '../src/trunk-flow.ts';

const person = paintedPerson(armsView(384));
const { width, height } = person.image;
const { landmarks } = person;
const taken = bodyLayers(person.image, landmarks);
const points = canonicalPoints(landmarks, width, height);
const face = filmFace(landmarks, width, height);
const line = lipSeam(face, colorReader(person.image, face));
const trunk = trunkFlow({ landmarks, points, taken });

/** Tracks of the points of some parts moved, the others at rest. */
function movedBy(parts: readonly PointPart[], map: (x: number, y: number) => readonly [number, number]): Float32Array {
  const tracks = points.positions.slice();
  for (let q = 0; q < points.count; q++)
    if (parts.includes(POINT_PARTS[points.parts[q]]))
      tracks.set(map(points.positions[2 * q], points.positions[2 * q + 1]), 2 * q);
  return tracks;
}

function shiftsAt(places: readonly (readonly [number, number])[], tracks: Float32Array): Float32Array {
  const shifts = new Float32Array(2 * places.length);
  trunk.carry(trunk.placed(Float32Array.from(places.flat())), trunk.pose(tracks), shifts);
  return shifts;
}

describe('the flow of a trunk', () => {
  it('carries a shift of all points everywhere, hair and hips included', () => {
    const tracks = movedBy(POINT_PARTS, (x, y) => [x + 3, y - 2]);
    const places = [0.1, 0.35, 0.5, 0.65, 0.9].flatMap((u) =>
      [0.02, 0.3, 0.6, 0.98].map((v) => [384 * u, 384 * v] as const),
    );
    shiftsAt(places, tracks).forEach((value, i) =>
      expect(value, `${places[i >> 1]}`).toBeCloseTo(i % 2 === 0 ? 3 : -2, 3),
    );
  });

  it('carries a turn of the head to hair that has no points, and leaves the torso', () => {
    const head: readonly PointPart[] = ['head', 'upperLip', 'lowerLip', 'jaw'];
    const turn = (x: number, y: number): readonly [number, number] => [
      x - 0.06 * (y - face.origin.y),
      y + 0.06 * (x - face.origin.x),
    ];
    const hair = toPicture(face, 0.6, -2.2);
    const [waist] = [{ x: 0.5 * width, y: 0.9 * height }];
    const [dx, dy, wx, wy] = shiftsAt(
      [
        [hair.x, hair.y],
        [waist.x, waist.y],
      ],
      movedBy(head, turn),
    );
    expect(dx).toBeCloseTo(turn(hair.x, hair.y)[0] - hair.x, 0);
    expect(dy).toBeCloseTo(turn(hair.x, hair.y)[1] - hair.y, 0);
    expect(Math.hypot(dx, dy)).toBeGreaterThan(3);
    expect(Math.hypot(wx, wy)).toBeLessThan(0.2);
  });

  it('takes the cloth around a shoulder along with its upper arm, and nothing of the other side', () => {
    const { shoulder, elbow } = taken.arms.left!;
    const tracks = movedBy(['leftArm', 'leftHand'], (x, y) => [x, y - 12]);
    const along = 0.4 * taken.shoulderWidth;
    const length = Math.hypot(elbow.x - shoulder.x, elbow.y - shoulder.y);
    const at = (share: number) => [
      shoulder.x + (share * along * (elbow.x - shoulder.x)) / length,
      shoulder.y + (share * along * (elbow.y - shoulder.y)) / length,
    ];
    const [, near, , far] = shiftsAt(
      [at(0.6) as [number, number], [2 * face.origin.x - at(0.6)[0], at(0.6)[1]]],
      tracks,
    );
    expect(near).toBeLessThan(-9);
    expect(Math.abs(far)).toBeLessThan(0.5);
  });
});

describe('the bones of an arm', () => {
  const bones = limbFlow(points, taken);
  const { elbow } = taken.arms.left!;
  const turned = (x: number, y: number): readonly [number, number] => [
    elbow.x + 0.8 * (x - elbow.x) - 0.6 * (y - elbow.y) + 4,
    elbow.y + 0.6 * (x - elbow.x) + 0.8 * (y - elbow.y) - 3,
  ];

  it('are what turned them, exactly', () => {
    const { left, right } = bones(movedBy(['leftArm', 'leftHand'], turned), {});
    for (const bone of [left!.upperArm, left!.forearm, left!.hand])
      for (const [x, y] of [
        [elbow.x, elbow.y],
        [elbow.x + 20, elbow.y + 7],
      ] as const) {
        const [nowX, nowY] = applyAffine(bone, x, y);
        expect(nowX).toBeCloseTo(turned(x, y)[0], 3);
        expect(nowY).toBeCloseTo(turned(x, y)[1], 3);
      }
    expect(applyAffine(right!.forearm, 10, 20)).toEqual([expect.closeTo(10, 3), expect.closeTo(20, 3)]);
  });

  it('go from end to end where something is before them', () => {
    const layers = taken.layers.map((layer) =>
      layer.side === 'left' && layer.part !== 'hand'
        ? { ...layer, shown: new Float32Array(layer.shown.length) }
        : layer,
    );
    const { shoulder, wrist } = taken.arms.left!;
    const hidden = limbFlow(points, { ...taken, layers });
    const { upperArm, forearm } = hidden(movedBy(['leftHand'], turned), {
      left: { x: shoulder.x + 1, y: shoulder.y },
    }).left!;
    const ends = [
      [upperArm, shoulder, [shoulder.x + 1, shoulder.y]],
      [upperArm, elbow, turned(elbow.x, elbow.y)],
      [forearm, elbow, turned(elbow.x, elbow.y)],
      [forearm, wrist, turned(wrist.x, wrist.y)],
    ] as const;
    for (const [bone, { x, y }, [wantedX, wantedY]] of ends) {
      const [nowX, nowY] = applyAffine(bone, x, y);
      expect(Math.hypot(nowX - wantedX, nowY - wantedY)).toBeLessThan(0.01);
    }
  });

  it.each([
    [1.6, 1.15],
    [0.5, 1 / 1.15],
    [1.1, 1.1],
  ])('keep a hand its size: of %d times it is %d', (grown, wanted) => {
    const { hand } = bones(
      movedBy(['leftHand'], (x, y) => [grown * x, grown * y]),
      {},
    ).left!;
    expect(Math.sqrt(hand.a * hand.d - hand.b * hand.c)).toBeCloseTo(wanted, 4);
  });

  it('hardly widen by the noise of points, which are near to them', () => {
    const random = seededRandom(3);
    const noisy = movedBy(['leftArm'], (x, y) => [x + random() - 0.5, y + random() - 0.5]);
    const { a, b, c, d } = bones(noisy, {}).left!.forearm;
    expect(Math.abs(a * d - b * c - 1)).toBeLessThan(0.15);
  });
});

describe('an open mouth', () => {
  const drop = 0.12 * face.unit;
  const tracks = movedBy(['lowerLip', 'jaw'], (x, y) => {
    const { u } = toFace(face, x, y);
    return [x, y + drop * Math.max(0, 1 - (0.8 * (u - line.centre)) ** 2 / line.halfWidth ** 2)];
  });
  const maps = flowMaps({ points, width, height }, { face, line }, trunk);
  maps.pose(trunk.pose(tracks), tracks);
  const sourceV = (which: 'above' | 'below', u: number, v: number): number => {
    const from = maps.sourcesAt(toPicture(face, u, v))[which];
    return toFace(face, from.x, from.y).v;
  };

  it('parts where no source is: under the seam by the drop, at its corners not at all', () => {
    const middle = line.at(line.centre) + 0.06;
    expect(sourceV('above', line.centre, middle)).toBeGreaterThan(line.at(line.centre));
    expect(sourceV('below', line.centre, middle)).toBeLessThan(line.at(line.centre));
    for (const side of [-1.05, 1.05]) {
      const u = line.centre + side * line.halfWidth;
      expect(Math.abs(sourceV('above', u, line.at(u)) - sourceV('below', u, line.at(u)))).toBeLessThan(0.02);
    }
  });

  it('tears nothing below: neighbours come from neighbours, in order, down to where nothing moves', () => {
    for (let u = -1; u <= 1; u += 0.1) {
      let before = sourceV('below', u, line.at(u) + 0.1);
      for (let v = line.at(u) + 0.11; v < 2; v += 0.01) {
        const now = sourceV('below', u, v);
        expect(now - before).toBeGreaterThan(-1e-3);
        expect(now - before).toBeLessThan(0.04);
        before = now;
      }
      expect(before).toBeCloseTo(2, 1);
    }
  });
});

describe('the warp decoder', () => {
  it('paints the picture itself at rest, one frame after the other, and says what is no pose', async () => {
    const decoder = await createWarpDecoder({ ...person, points, taken, width, height }, { device: 'cpu', threads: 1 });
    const rest = { tracks: points.positions, appearance: new Float32Array(4) };
    const moved = { ...rest, tracks: movedBy(POINT_PARTS, (x, y) => [x + 20, y]) };
    const frames = [rest, moved, rest].map((pose) => ({ pose, rgba: new Uint8ClampedArray(4 * width * height) }));
    await Promise.all(frames.map(({ pose, rgba }) => decoder.frame(pose, rgba)));
    const { data } = person.image;
    const [error, count] = data.reduce(
      ([sum, n], value, i) => {
        if (i % 4 === 3) return [sum, n];
        const alpha = data[(i & ~3) + 3] / 255;
        const wanted = alpha * value + (1 - alpha) * person.background.data[i];
        return [sum + (frames[0].rgba[i] - wanted) ** 2, n + 1];
      },
      [0, 0],
    );
    expect(10 * Math.log10((255 ** 2 * count) / error)).toBeGreaterThan(42);
    expect(frames[2].rgba).toEqual(frames[0].rgba);
    expect(frames[1].rgba).not.toEqual(frames[0].rgba);
    const rgba = new Uint8ClampedArray(4 * width * height);
    await expect(decoder.frame({ ...rest, tracks: rest.tracks.subarray(2) }, rgba)).rejects.toThrow(
      /warp-decoder.tracks: expected f32 \[93, 2\], got 184 numbers/,
    );
    await expect(decoder.frame({ ...rest, appearance: Float32Array.of(0, NaN, 0, 0) }, rgba)).rejects.toThrow(
      /warp-decoder.appearance: expected f32 \[4\], got NaN at 1/,
    );
    await decoder.close();
  }, 120_000);
});
