import { describe, expect, test } from 'vitest';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import { REGIONS, type RegionName } from '@soliloquy/ports';
import { distanceToOutside } from '../src/distance-transform.ts';
import { lipLine } from '../src/lip-line.ts';
import { pictureFrame } from '../src/picture-frame.ts';
import { regionsOfPicture } from '../src/regions-of-picture.ts';
import { PERSON_DISTANCE, surfaceDepth } from '../src/surface-depth.ts';
import { HEIGHT, paintedLandmarks, paintedPerson, turnedLandmarks, WIDTH } from './painted-person.ts';

const landmarks = paintedLandmarks();
const frame = pictureFrame(landmarks, WIDTH);
/** Lips that part on the line through the mouth's centre. */
const level = (): number => 0;

describe('the face in the picture', () => {
  test('has its origin at the mouth, right and down along the axes of an upright head', () => {
    expect(frame.toFace(64, 49)).toEqual({ u: 0, v: 0 });
    expect(frame.toFace(71, 35).u).toBeCloseTo(7, 6);
    expect(frame.toFace(71, 35).v).toBeCloseTo(-14, 6);
    expect(frame).toMatchObject({ scale: 1, eyeDistance: 14, mouthHalfWidth: 6 });
    expect(frame.upperLipHeight).toBeCloseTo(2.4, 5);
    expect(frame.lowerLipHeight).toBeCloseTo(2.4, 5);
    expect(frame.chinDistance).toBeCloseTo(11, 5);
  });

  test.each([0.3, -0.6])('a head tilted by %f rad tilts its axes and keeps its lengths', (angle) => {
    const tilted = pictureFrame(turnedLandmarks(landmarks, angle, [64, 64]), WIDTH);
    expect(tilted.right.x).toBeCloseTo(Math.cos(angle), 6);
    expect(tilted.down.x).toBeCloseTo(-Math.sin(angle), 6);
    for (const key of ['eyeDistance', 'mouthHalfWidth', 'upperLipHeight', 'lowerLipHeight', 'chinDistance'] as const)
      expect(tilted[key]).toBeCloseTo(frame[key], 6);
  });

  test('is as much larger as the film is than the picture', () => {
    const film = pictureFrame(landmarks, 4 * WIDTH);
    expect(film.eyeDistance).toBeCloseTo(56, 5);
    expect(film.point('leftHand')).toEqual({ x: 384, y: 508 });
  });

  test('has no point for a landmark that the picture does not show', () => {
    const { leftHand: _, ...points } = landmarks.points;
    expect(
      pictureFrame({ ...landmarks, points: points as typeof landmarks.points }, WIDTH).point('leftHand'),
    ).toBeUndefined();
  });
});

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

  test('the line between the lips parts them, wherever it runs; the corners are of the cheeks, where both jaws carry', () => {
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
  });

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

describe('the line between the lips', () => {
  /** A face of one brightness with a dark line between its lips at v = line(u), at ten times the size. */
  const film = pictureFrame(landmarks, 10 * WIDTH);
  const painted = (line: (u: number) => number): Float32Array => {
    const color = new Float32Array(10 * WIDTH * 10 * HEIGHT * 3).fill(0.6);
    for (let y = 440; y < 540; y++) {
      for (let x = 560; x < 720; x++) {
        const { u, v } = film.toFace(x + 0.5, y + 0.5);
        if (Math.abs(v - line(u)) < 2) color.fill(0.1, (y * 10 * WIDTH + x) * 3, (y * 10 * WIDTH + x) * 3 + 3);
      }
    }
    return color;
  };

  test.each([
    ['level', () => 0],
    ['a little low', () => 4],
    ['smiling', (u: number) => 3 - 0.002 * u * u],
  ] as const)('is found where it is %s: the lower lip begins under the dark', (_, line) => {
    const found = lipLine(painted(line), 10 * WIDTH, 10 * HEIGHT, film);
    for (let u = -45; u <= 45; u += 5) expect(Math.abs(found(u) - (line(u) + 2))).toBeLessThan(2);
  });

  test('is level through the centre of the mouth where the picture shows none', () => {
    const found = lipLine(new Float32Array(10 * WIDTH * 10 * HEIGHT * 3).fill(0.6), 10 * WIDTH, 10 * HEIGHT, film);
    for (const u of [-100, -30, 0, 30, 100]) expect(Math.abs(found(u))).toBeLessThanOrEqual(0.5);
  });
});

describe('depth of the surface', () => {
  const painted = paintedPerson();
  const matte = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => painted.data[i * 4 + 3] / 255);
  const regionAt = regionsOfPicture(frame, level);
  const inside = distanceToOutside(matte, WIDTH, HEIGHT);
  const depth = surfaceDepth(inside, WIDTH, HEIGHT, regionAt);
  const at = (x: number, y: number): number => depth[y * WIDTH + x];

  test('a hand is nearer than an arm, an arm than a body as thick', () => {
    const same = surfaceDepth(new Float32Array(WIDTH * HEIGHT).fill(5), WIDTH, HEIGHT, regionAt);
    const [hand, arm, torso] = [
      [96, 128],
      [93, 100],
      [64, 100],
    ].map(([x, y]) => same[y * WIDTH + x]);
    expect(hand).toBeLessThan(arm);
    expect(arm).toBeLessThan(torso);
    expect(at(96, 128)).toBeLessThan(at(64, 75));
  });

  test('a body is a balloon: nearest in its middle, at the distance of the person at its outline, thicker where it is wider', () => {
    const row = Array.from({ length: 15 }, (_, k) => at(50 + k, 95));
    for (let k = 1; k < row.length; k++) expect(row[k]).toBeLessThanOrEqual(row[k - 1] + 1e-6);
    expect(row[0] - row[14]).toBeGreaterThan(0.03);
    expect(at(64, 100)).toBeLessThan(at(73, 160));
  });

  test('outside the matte it is the distance of the person', () => {
    expect(at(2, 2)).toBe(PERSON_DISTANCE);
    expect(regionIndex('legs')).toBe(regionAt(2, 190));
  });

  test('everything lies within half a world unit before the person', () => {
    expect(Math.max(...depth)).toBe(PERSON_DISTANCE);
    expect(Math.min(...depth)).toBeGreaterThan(PERSON_DISTANCE - 0.5);
  });
});
