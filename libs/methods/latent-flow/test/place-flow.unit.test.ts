import { beforeAll, describe, expect, it } from 'vitest';
import { bodyLayers } from '@soliloquy/body-layers';
import { colorReader, filmFace, lipSeam, toPicture } from '@soliloquy/face';
import { armsView, paintedPerson } from '@soliloquy/testing';
import { flowMaps } from '../src/flow-maps.ts';
import {
  APPEARANCE,
  canonicalPoints,
  placeFlow,
  POINT_PARTS,
  type PersonPlace,
  type PlaceFlow,
  type PointPart,
} from '../src/index.ts';
import { trunkFlow } from '../src/trunk-flow.ts';

const person = paintedPerson(armsView(384));
const { width, height } = person.image;
const { landmarks, image } = person;
const taken = bodyLayers(image, landmarks);
const points = canonicalPoints(landmarks, width, height);
const face = filmFace(landmarks, width, height);
const line = lipSeam(face, colorReader(image, face));
const { elbow, wrist, palm } = taken.arms.left!;
const still = new Float32Array(APPEARANCE.length);

const places: readonly PersonPlace[] = [
  ...[-0.5, 0, 0.5].map((u) => ({ ...toPicture(face, u, -1.4), of: 'trunk' as const })),
  ...[0.55, 0.7, 0.85].map((v) => ({ x: 0.5 * width, y: v * height, of: 'trunk' as const })),
  { ...toPicture(face, line.centre, line.upperEdge), of: 'trunk' },
  { ...toPicture(face, line.centre, line.lowerEdge), of: 'belowLips' },
  { x: (elbow.x + wrist.x) / 2, y: (elbow.y + wrist.y) / 2, of: { side: 'left', part: 'forearm' } },
  { ...palm, of: { side: 'left', part: 'hand' } },
];
const [UPPER_LIP, LOWER_LIP, FOREARM, HAND] = [6, 7, 8, 9];

/** Tracks of the points of some parts moved, the others at rest. */
function movedBy(parts: readonly PointPart[], map: (x: number, y: number) => readonly [number, number]): Float32Array {
  const tracks = points.positions.slice();
  for (let q = 0; q < points.count; q++)
    if (parts.includes(POINT_PARTS[points.parts[q]]))
      tracks.set(map(points.positions[2 * q], points.positions[2 * q + 1]), 2 * q);
  return tracks;
}

describe('places of a person', () => {
  let flow: PlaceFlow;
  beforeAll(async () => {
    flow = await placeFlow({ image, landmarks, points, taken, width, height }, places);
  });
  const shiftsOf = (tracks: Float32Array): (readonly [number, number])[] => {
    const shifts = new Float32Array(2 * places.length);
    flow.carry({ tracks, appearance: still }, shifts);
    return places.map((_, i) => [shifts[2 * i], shifts[2 * i + 1]]);
  };

  it('rest where the points do, with open lids', () => {
    for (const shift of shiftsOf(points.positions)) expect(Math.hypot(...shift)).toBeLessThan(1e-3);
    const shifts = new Float32Array(2 * places.length);
    expect(flow.carry({ tracks: points.positions, appearance: still }, shifts)).toEqual({ left: 0, right: 0 });
  });

  it('go where the warp decoder takes a pixel of the trunk from', () => {
    const tracks = movedBy(POINT_PARTS, (x, y) => [
      x + 4 + 0.03 * (y - 0.6 * height),
      y - 2 + 0.02 * (x - 0.5 * width),
    ]);
    const trunk = trunkFlow({ landmarks, points, taken });
    const maps = flowMaps({ points, width, height }, { face, line }, trunk);
    maps.pose(trunk.pose(tracks), tracks);
    const from = { x: 0, y: 0 };
    shiftsOf(tracks).forEach(([dx, dy], i) => {
      const { x, y, of } = places[i];
      if (of !== 'trunk' || i === UPPER_LIP) return;
      maps.sourceAt(x + dx, y + dy, from);
      expect(Math.hypot(from.x - x, from.y - y), `place ${i}`).toBeLessThan(0.3);
    });
  });

  it('of an arm turn with its bones, the trunk stays', () => {
    const turned = (x: number, y: number): readonly [number, number] => [
      elbow.x + 0.8 * (x - elbow.x) - 0.6 * (y - elbow.y),
      elbow.y + 0.6 * (x - elbow.x) + 0.8 * (y - elbow.y),
    ];
    const shifts = shiftsOf(movedBy(['leftArm', 'leftHand'], turned));
    for (const i of [FOREARM, HAND]) {
      const [x, y] = turned(places[i].x, places[i].y);
      expect(Math.hypot(shifts[i][0] - x + places[i].x, shifts[i][1] - y + places[i].y), `place ${i}`).toBeLessThan(
        0.05,
      );
    }
    for (const i of [0, 1, 2, UPPER_LIP, LOWER_LIP]) expect(Math.hypot(...shifts[i])).toBeLessThan(0.2);
  });

  it('below the lips go down with the jaw, the upper lip does not', () => {
    const shifts = shiftsOf(movedBy(['lowerLip', 'jaw'], (x, y) => [x, y + 4]));
    expect(shifts[LOWER_LIP][1]).toBeGreaterThan(3);
    expect(Math.abs(shifts[UPPER_LIP][1])).toBeLessThan(0.2);
  });

  it('come with lids as far shut as their numbers say', () => {
    const shifts = new Float32Array(2 * places.length);
    const shut = flow.carry({ tracks: points.positions, appearance: Float32Array.of(1.5, 0, 0, 0) }, shifts);
    expect(shut.left).toBeGreaterThan(0.8);
    expect(shut.right).toBe(0);
  });

  it('are carried by numbers only', () => {
    const tracks = points.positions.slice();
    tracks[3] = NaN;
    expect(() => flow.carry({ tracks, appearance: still }, new Float32Array(2 * places.length))).toThrow(
      expect.objectContaining({ code: 'latent-flow.argument' }),
    );
  });
});
