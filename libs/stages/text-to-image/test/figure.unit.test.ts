import { describe, expect, it } from 'vitest';
import { LANDMARKS, landmarks as landmarksPort, type Image, type LandmarkName } from '@soliloquy/ports';
import { lookOf, paintFigure, VOCABULARY, type Look } from '../src/figure/index.ts';

const SMALL = { width: 256, height: 384 };
const WOMAN: Look = {
  gender: 'woman',
  age: 'young',
  bodyType: 'average',
  hairstyle: 'bob',
  hairColour: 'chestnut',
  facialHair: 'none',
  clothing: 'sweater',
  clothingColour: 'teal',
  skinTone: 'light',
};
const MAN: Look = {
  ...WOMAN,
  gender: 'man',
  hairstyle: 'short',
  facialHair: 'stubble',
  clothing: 'suit',
  clothingColour: 'navy',
  skinTone: 'brown',
  bodyType: 'heavy',
  age: 'older',
};

const luma = (image: Image, x: number, y: number): number => {
  const index = (Math.floor(y) * image.width + Math.floor(x)) * 4;
  return 0.2126 * image.data[index] + 0.7152 * image.data[index + 1] + 0.0722 * image.data[index + 2];
};
const alpha = (image: Image, x: number, y: number): number =>
  image.data[(Math.floor(y) * image.width + Math.floor(x)) * 4 + 3];

describe.each([
  ['woman', WOMAN],
  ['man', MAN],
])('a painted %s', async (_name, look) => {
  const figure = await paintFigure(look, SMALL, 11);
  const { points } = figure.landmarks;

  it('has every landmark inside the picture and inside the matte', () => {
    expect(Object.keys(points).sort()).toEqual(Object.keys(LANDMARKS).sort());
    for (const [name, point] of Object.entries(points)) {
      expect(point.x, name).toBeGreaterThan(0);
      expect(point.x, name).toBeLessThan(SMALL.width);
      expect(point.y, name).toBeGreaterThan(0);
      expect(point.y, name).toBeLessThan(SMALL.height);
      // tips lie on the edge of the matte, all else well inside
      const least = name.endsWith('Fingertip') || name === 'headTop' ? 40 : 250;
      expect(alpha(figure.image, point.x, point.y), name).toBeGreaterThanOrEqual(least);
    }
  });

  it("gives left and right as the person's own, and face and body in order from top to bottom", () => {
    for (const name of Object.keys(LANDMARKS) as LandmarkName[]) {
      if (!name.startsWith('left')) continue;
      const right = points[name.replace('left', 'right') as LandmarkName];
      expect(points[name]?.x, name).toBeGreaterThan(right?.x ?? Infinity);
    }
    expect(points.mouthLeft.x).toBeGreaterThan(points.mouthRight.x);
    const down = [
      points.headTop,
      points.leftBrow,
      points.leftEyeTop,
      points.leftEyeBottom,
      points.noseTip,
      points.upperLipTop,
      points.mouthCenter,
      points.lowerLipBottom,
      points.chin,
      points.neck,
      points.leftHip,
      points.leftKnee,
      points.leftAnkle,
    ];
    down.forEach((point, index) => {
      if (index > 0) expect(point?.y).toBeGreaterThan(down[index - 1]?.y ?? Infinity);
    });
  });

  it('covers a plausible share of the picture, in one piece from head to floor, and leaves the corners free', () => {
    let covered = 0;
    for (let index = 3; index < figure.image.data.length; index += 4) covered += figure.image.data[index] / 255;
    expect(covered / (SMALL.width * SMALL.height)).toBeGreaterThan(0.14);
    expect(covered / (SMALL.width * SMALL.height)).toBeLessThan(0.34);
    for (const [x, y] of [
      [1, 1],
      [254, 1],
      [1, 382],
      [254, 382],
    ])
      expect(alpha(figure.image, x, y)).toBe(0);
    const centre = points.neck?.x ?? 0;
    for (let y = Math.ceil(points.headTop.y); y < (points.leftHip?.y ?? 0); y++)
      expect(alpha(figure.image, centre, y)).toBeGreaterThan(250);
  });

  it(
    'shows the room behind itself: the clean background is opaque and equals the picture wherever there ' +
      'is no person',
    () => {
      let differs = 0;
      for (let index = 0; index < figure.image.data.length; index += 4) {
        expect(figure.background.data[index + 3]).toBe(255);
        if (figure.image.data[index + 3] > 0)
          differs += Math.abs(figure.image.data[index] - figure.background.data[index]) > 8 ? 1 : 0;
        else
          for (let channel = 0; channel < 3; channel++)
            if (figure.image.data[index + channel] !== figure.background.data[index + channel])
              throw new Error(`pixel ${index / 4} differs outside the matte`);
      }
      expect(differs).toBeGreaterThan(8000);
    },
  );

  it('is accepted by the landmarks port', () => {
    expect(() => landmarksPort.schema.parse(figure.landmarks)).not.toThrow();
  });
});

describe('the painted face at full size', async () => {
  const size = { width: 1024, height: 1536 };
  const figure = await paintFigure(WOMAN, size, 5);
  const { points } = figure.landmarks;

  it('has its darkest row between nose and chin at mouthCenter: the line between the lips', () => {
    const row = (y: number): number => {
      let sum = 0;
      for (let x = points.mouthCenter.x - 3; x <= points.mouthCenter.x + 3; x++) sum += luma(figure.image, x, y);
      return sum / 7;
    };
    let darkest = 0;
    let least = Infinity;
    for (let y = Math.ceil(points.noseTip.y + 16); y < points.chin.y - 8; y++)
      if (row(y) < least) [darkest, least] = [y, row(y)];
    expect(Math.abs(darkest + 0.5 - points.mouthCenter.y)).toBeLessThanOrEqual(1.5);
    expect(row(points.mouthCenter.y)).toBeLessThan(0.6 * row(points.chin.y - 14));
  });

  it('has dark pupils at the eyes and white beside them', () => {
    for (const side of ['left', 'right'] as const) {
      const eye = points[`${side}Eye`];
      const outer = points[`${side}EyeOuter`];
      expect(luma(figure.image, eye.x, eye.y + 1.5)).toBeLessThan(60);
      expect(luma(figure.image, eye.x + (outer.x - eye.x) * 0.66, eye.y + 1)).toBeGreaterThan(140);
    }
  });

  it(
    'has detail that a measure of sharpness can see: variance of the Laplacian in the face is far above ' +
      'that of the bare wall',
    () => {
      const laplacian = (left: number, top: number, width: number, height: number): number => {
        const values: number[] = [];
        for (let y = top; y < top + height; y++)
          for (let x = left; x < left + width; x++)
            values.push(
              4 * luma(figure.image, x, y) -
                luma(figure.image, x - 1, y) -
                luma(figure.image, x + 1, y) -
                luma(figure.image, x, y - 1) -
                luma(figure.image, x, y + 1),
            );
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      };
      const face = laplacian(
        Math.round(points.rightEar.x) + 8,
        Math.round(points.leftBrow.y),
        Math.round(points.leftEar.x - points.rightEar.x) - 16,
        Math.round(points.chin.y - points.leftBrow.y),
      );
      expect(face).toBeGreaterThan(4 * laplacian(880, 60, 100, 100));
    },
  );
});

describe('figures', () => {
  const tiny = { width: 64, height: 96 };

  it('paint every value of the vocabulary', async () => {
    const most = Math.max(...Object.values(VOCABULARY).map((values) => values.length));
    for (let index = 0; index < most; index++) {
      const look = Object.fromEntries(
        Object.entries(VOCABULARY).map(([name, values]) => [name, values[index % values.length]]),
      ) as Look;
      const figure = await paintFigure(look, tiny, index);
      expect(
        alpha(figure.image, figure.landmarks.points.noseTip.x, figure.landmarks.points.noseTip.y),
        JSON.stringify(look),
      ).toBe(255);
    }
  });

  it('show every attribute: another value of any of them is another picture', async () => {
    const bytes = async (look: Look): Promise<Buffer> =>
      Buffer.from((await paintFigure(look, tiny, 3)).image.data.buffer);
    const plain = await bytes(MAN);
    for (const [name, values] of Object.entries(VOCABULARY))
      expect(
        (await bytes({ ...MAN, [name]: values.find((value) => value !== MAN[name as keyof Look]) } as Look)).equals(
          plain,
        ),
        name,
      ).toBe(false);
  });

  it('gives the same bytes for the same look and seed, and another person for another seed', async () => {
    const bytes = async (seed: number): Promise<Buffer> =>
      Buffer.from((await paintFigure(WOMAN, tiny, seed)).image.data.buffer);
    const first = await bytes(1);
    expect((await bytes(1)).equals(first)).toBe(true);
    expect((await bytes(2)).equals(first)).toBe(false);
  });

  it('keeps the whole person in pictures of other aspects', async () => {
    for (const size of [
      { width: 320, height: 240 },
      { width: 120, height: 300 },
    ]) {
      const { landmarks } = await paintFigure(WOMAN, size, 2);
      for (const point of Object.values(landmarks.points)) {
        expect(point.x > 0 && point.x < size.width && point.y > 0 && point.y < size.height).toBe(true);
      }
    }
  });

  it('draws by seed what is not said, and never gives a woman a beard', () => {
    for (let seed = 0; seed < 60; seed++) {
      const look = lookOf({}, seed);
      if (look.gender === 'woman') expect(look.facialHair).toBe('none');
      for (const [name, values] of Object.entries(VOCABULARY)) expect(values).toContain(look[name as keyof Look]);
    }
    expect(lookOf({ gender: 'man', clothing: 'dress' }, 1).clothing).toBe('dress');
    expect(new Set(Array.from({ length: 40 }, (_, seed) => lookOf({}, seed).skinTone)).size).toBe(
      VOCABULARY.skinTone.length,
    );
  });
});
