import { describe, expect, test } from 'vitest';
import { pictureFrame } from '@soliloquy/face';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import { alphaOf } from '@soliloquy/media';
import { REGIONS, type RegionName } from '@soliloquy/ports';
import { paintedPerson, turnedLandmarks, WHOLE_PERSON } from '@soliloquy/testing';
import { distanceToOutside } from '../src/distance-transform.ts';
import { faceDepth } from '../src/face-depth.ts';
import { regionsOfPicture } from '../src/regions-of-picture.ts';
import { PERSON_DISTANCE, surfaceDepth } from '../src/surface-depth.ts';

const { width: WIDTH, height: HEIGHT } = WHOLE_PERSON;
const person = paintedPerson();

const landmarks = person.landmarks;
const frame = pictureFrame(landmarks, WIDTH);
/** Lips that part on the line through the mouth's centre. */
const level = (): number => 0;

describe('regions of the picture', () => {
  const PLACES: readonly (readonly [number, number, RegionName])[] = [
    [64, 48.2, 'upperLip'],
    [67, 48, 'upperLip'],
    [64, 49.8, 'lowerLip'],
    [61, 50.2, 'lowerLip'],
    [64, 56, 'jaw'],
    [71, 35, 'upperFace'],
    [64, 42, 'upperFace'],
    [64, 16, 'head'],
    [64, 65, 'neck'],
    [64, 100, 'torso'],
    [96, 128, 'leftHand'],
    [32, 128, 'rightHand'],
    [93, 100, 'leftArm'],
    [35, 100, 'rightArm'],
    [74, 160, 'legs'],
    [54, 180, 'legs'],
  ];
  const name = (regionAt: (x: number, y: number) => number, x: number, y: number): string =>
    REGIONS[regionAt(x, y)].name;

  test.each(PLACES)('at %f, %f is the %s', (x, y, region) => {
    expect(name(regionsOfPicture(frame, level), x, y)).toBe(region);
  });

  test(
    'the line between the lips parts them, wherever it runs; the corners are of the cheeks, where both ' + 'jaws carry',
    () => {
      const smile = (u: number): number => -0.04 * u * u;
      for (const [line, regionAt] of [
        [level, regionsOfPicture(frame, level)],
        [smile, regionsOfPicture(frame, smile)],
      ] as const) {
        for (let u = -4; u <= 4; u += 0.5) {
          expect(name(regionAt, 64 + u, 49 + line(u) - 0.1)).toBe('upperLip');
          expect(name(regionAt, 64 + u, 49 + line(u) + 0.1)).toBe('lowerLip');
        }
        for (const u of [-6, 6])
          for (const v of [-0.1, 0.1]) expect(['upperFace', 'jaw']).toContain(name(regionAt, 64 + u, 49 + line(u) + v));
      }
    },
  );

  test('below the lips is the jaw, above them the upper face, on one line across', () => {
    const regionAt = regionsOfPicture(frame, level);
    for (const x of [55, 73]) {
      expect(name(regionAt, x, 48.5)).toBe('upperFace');
      expect(name(regionAt, x, 49.5)).toBe('jaw');
    }
  });

  test('those of the face turn with the head', () => {
    const angle = 0.35;
    const tilted = regionsOfPicture(pictureFrame(turnedLandmarks(landmarks, angle, [64, 49]), WIDTH), level);
    for (const [x, y, region] of PLACES.slice(0, 7)) {
      const [dx, dy] = [x - 64, y - 49];
      expect(
        name(
          tilted,
          64 + Math.cos(angle) * dx - Math.sin(angle) * dy,
          49 + Math.sin(angle) * dx + Math.cos(angle) * dy,
        ),
        region,
      ).toBe(region);
    }
  });

  test('without hands and arms in the picture there are none', () => {
    const points = Object.fromEntries(
      Object.entries(landmarks.points).filter(([key]) => !/Hand|Fingertip|Wrist|Elbow|Shoulder/.test(key)),
    ) as typeof landmarks.points;
    const regionAt = regionsOfPicture(pictureFrame({ ...landmarks, points }, WIDTH), level);
    const seen = new Set<string>();
    for (let y = 0; y < HEIGHT; y += 2) for (let x = 0; x < WIDTH; x += 2) seen.add(name(regionAt, x, y));
    for (const absent of ['leftHand', 'rightHand', 'leftArm', 'rightArm']) expect(seen).not.toContain(absent);
    expect(seen).toContain('torso');
  });
});

describe('depth of the surface', () => {
  const matte = alphaOf(person.image);
  const regionAt = regionsOfPicture(frame, level);
  const inside = distanceToOutside(matte, WIDTH, HEIGHT);
  const depth = surfaceDepth({ inside, regionAt, face: undefined }, WIDTH, HEIGHT);
  const at = (x: number, y: number): number => depth[y * WIDTH + x];

  test('a hand is nearer than an arm, an arm than a body as thick', () => {
    const same = surfaceDepth(
      { inside: new Float32Array(WIDTH * HEIGHT).fill(5), regionAt, face: undefined },
      WIDTH,
      HEIGHT,
    );
    const [hand, arm, torso] = [
      [96, 128],
      [93, 100],
      [64, 100],
    ].map(([x, y]) => same[y * WIDTH + x]);
    expect(hand).toBeLessThan(arm);
    expect(arm).toBeLessThan(torso);
    expect(at(96, 128)).toBeLessThan(at(64, 75));
  });

  test(
    'a body is a balloon: nearest in its middle, at the distance of the person at its outline, thicker ' +
      'where it is wider',
    () => {
      const row = Array.from({ length: 15 }, (_, k) => at(50 + k, 95));
      for (let k = 1; k < row.length; k++) expect(row[k]).toBeLessThanOrEqual(row[k - 1] + 1e-6);
      expect(row[0] - row[14]).toBeGreaterThan(0.03);
      expect(at(64, 100)).toBeLessThan(at(73, 160));
    },
  );

  test('outside the matte it is the distance of the person', () => {
    expect(at(2, 2)).toBe(PERSON_DISTANCE);
    expect(regionIndex('legs')).toBe(regionAt(2, 190));
  });

  test('everything lies within half a world unit before the person', () => {
    expect(Math.max(...depth)).toBe(PERSON_DISTANCE);
    expect(Math.min(...depth)).toBeGreaterThan(PERSON_DISTANCE - 0.5);
  });
});

describe('depth of a face', () => {
  test('is that of its mesh, counted from between the ears, and fades beside it', () => {
    // A dome whose rim is at the ears.
    const dome = (x: number, y: number): number => -0.5 * Math.sqrt(Math.max(0, 400 - (x - 64) ** 2 - (y - 40) ** 2));
    const mesh = Array.from({ length: 478 }, (_, n) => {
      if (n === 234) return [44, 40, 7] as const;
      if (n === 454) return [84, 40, 7] as const;
      const [radius, angle] = [20 * Math.sqrt((n + 0.5) / 478), 2.4 * n];
      const [x, y] = [64 + radius * Math.cos(angle), 40 + radius * Math.sin(angle)];
      return [x, y, 7 + dome(x, y)] as const;
    });
    const face = faceDepth({ ...landmarks, mesh }, WIDTH, HEIGHT)!;
    const at = (x: number, y: number): number => y * WIDTH + x;
    // The mesh is taken to be too flat by three tenths.
    for (const [x, y] of [
      [64, 40],
      [70, 44],
      [56, 36],
    ] as const)
      expect(Math.abs(face.depth[at(x, y)] - 1.3 * dome(x, y))).toBeLessThan(0.6);
    expect(face.share[at(64, 40)]).toBe(1);
    expect(face.share[at(64, 100)]).toBe(0);
    const row = Array.from({ length: 30 }, (_, k) => face.share[at(80 + k, 40)]);
    for (let k = 1; k < row.length; k++) expect(row[k]).toBeLessThanOrEqual(row[k - 1]);
    expect(faceDepth(landmarks, WIDTH, HEIGHT)).toBeUndefined();
  });
});
