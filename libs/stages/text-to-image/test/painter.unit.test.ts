import { describe, expect, it } from 'vitest';
import type { Image, LandmarkName } from '@soliloquy/ports';
import { anatomyOf } from '../src/figure/anatomy.ts';
import { brightness, css, glaze, hex, lighten, mix, type Color } from '../src/figure/color.ts';
import { mirrored, sampled, symmetric, tube } from '../src/figure/curves.ts';
import { paintFigure, VOCABULARY, type Look } from '../src/figure/index.ts';
import { clothOf, hairColorsOf, skinOf } from '../src/figure/palette.ts';
import { garmentOf } from '../src/figure/wardrobe.ts';

const SIZE = { width: 256, height: 384 };
const MAN: Look = {
  gender: 'man',
  age: 'young',
  bodyType: 'average',
  hairstyle: 'short',
  hairColour: 'dark brown',
  facialHair: 'none',
  clothing: 'shirt',
  clothingColour: 'teal',
  skinTone: 'medium',
};
const plain = await paintFigure(MAN, SIZE, 6);
const { points } = plain.landmarks;
const painted = (other: Partial<Look>) => paintFigure({ ...MAN, ...other }, SIZE, 6);

/** Rows in which a pixel that is all person in both pictures differs by more than `least` of 255. */
function changedRows(a: Image, b: Image, least = 1): Set<number> {
  const rows = new Set<number>();
  for (let at = 0; at < a.data.length; at += 4) {
    if (a.data[at + 3] !== 255 || b.data[at + 3] !== 255) continue;
    for (let c = 0; c < 3; c++)
      if (Math.abs(a.data[at + c] - b.data[at + c]) > least) rows.add(Math.floor(at / 4 / a.width));
  }
  return rows;
}

describe('an attribute changes the person only where it is worn', () => {
  const neck = points.neck!.y;
  const BODY = ['hairColour', 'facialHair', 'age', 'hairstyle'] as const;
  const VALUES = { hairColour: 'red', facialHair: 'beard', age: 'older', hairstyle: 'buzz cut' } as const;

  it.each(BODY)('%s: nothing below the neck', async (name) => {
    const rows = changedRows(plain.image, (await painted({ [name]: VALUES[name] })).image);
    expect(rows.size).toBeGreaterThan(10);
    expect(Math.max(...rows)).toBeLessThan(neck + 4);
  });

  it('color of the clothes: nothing above the chin', async () => {
    const rows = changedRows(plain.image, (await painted({ clothingColour: 'burgundy' })).image);
    expect(Math.min(...rows)).toBeGreaterThan(points.chin.y);
    expect(Math.max(...rows)).toBeGreaterThan(points.leftHip!.y);
  });

  it('clothes: nothing above the mouth', async () => {
    const rows = changedRows(plain.image, (await painted({ clothing: 'hoodie' })).image);
    expect(Math.min(...rows)).toBeGreaterThan(points.mouthCenter.y);
  });

  it('a beard: nothing above the eyes', async () => {
    const rows = changedRows(plain.image, (await painted({ facialHair: 'beard' })).image);
    expect(Math.min(...rows)).toBeGreaterThan(points.leftEyeTop.y - 3);
  });
});

it('colors never move the outline: the matte is the same whatever hair, skin and clothes are colored', async () => {
  const alpha = (image: Image): Uint8ClampedArray => image.data.filter((_, i) => i % 4 === 3);
  const matte = alpha(plain.image);
  const recolored = await painted({ hairColour: 'grey', clothingColour: 'white' });
  expect(Buffer.from(alpha(recolored.image)).equals(Buffer.from(matte))).toBe(true);
  const wider = alpha((await painted({ bodyType: 'heavy' })).image);
  const covered = (values: Uint8ClampedArray): number => values.reduce((sum, value) => sum + value, 0);
  expect(covered(wider)).toBeGreaterThan(1.1 * covered(matte));
});

describe('landmarks lie on what they name', () => {
  const SKIN = ['leftEar', 'noseTip', 'chin', 'leftHand', 'rightHand'] as const satisfies readonly LandmarkName[];
  const CLOTH = ['leftShoulder', 'rightShoulder', 'leftElbow', 'rightElbow'] as const satisfies readonly LandmarkName[];
  const TROUSERS = ['leftKnee', 'rightKnee', 'leftHip'] as const satisfies readonly LandmarkName[];
  const change = async (other: Partial<Look>): Promise<(name: LandmarkName) => number> => {
    const { image } = await painted(other);
    return (name) => {
      const { x, y } = points[name]!;
      const at = 4 * (Math.floor(y) * SIZE.width + Math.floor(x));
      return Math.max(...[0, 1, 2].map((c) => Math.abs(image.data[at + c] - plain.image.data[at + c])));
    };
  };

  it('face, ears and hands turn dark with the skin; sleeves and trousers do not', async () => {
    const by = await change({ skinTone: 'dark' });
    for (const name of SKIN) expect(by(name), name).toBeGreaterThan(30);
    for (const name of [...CLOTH, ...TROUSERS]) expect(by(name), name).toBeLessThan(3);
  });

  it('shoulders and elbows take the color of the shirt; skin does not', async () => {
    const by = await change({ clothingColour: 'mustard' });
    for (const name of CLOTH) expect(by(name), name).toBeGreaterThan(30);
    for (const name of ['noseTip', 'leftEar', 'leftHand'] as const) expect(by(name), name).toBeLessThan(3);
  });

  it('the top of the head takes the color of the hair', async () => {
    const by = await change({ hairColour: 'blond' });
    expect(by('leftBrow')).toBeGreaterThan(8);
    expect(by('noseTip')).toBeLessThan(3);
  });
});

describe('the wardrobe', () => {
  it.each(VOCABULARY.clothing)('%s covers the torso from the neck, long sleeves end at the wrist', (clothing) => {
    const look: Look = { ...MAN, clothing };
    const anatomy = anatomyOf(look, 1);
    const { cut, below, sleeve, shoes } = garmentOf({ look, anatomy });
    expect(cut.neckHalf).toBeGreaterThan(anatomy.neckHalf);
    expect(cut.hemY).toBeGreaterThan(anatomy.waistY);
    expect(sleeve.length === 'short').toBe(clothing === 't-shirt' || clothing === 'dress');
    expect(below.kind === 'skirt').toBe(clothing === 'dress' || clothing === 'blouse and skirt');
    expect(shoes.kind === 'flat').toBe(below.kind === 'skirt');
  });

  it('shows bare knees under a skirt that ends above them, and trousers over them otherwise', async () => {
    const woman = { ...MAN, gender: 'woman', hairstyle: 'bob' } as const;
    const shin = async (look: Look): Promise<number[]> => {
      const { image, landmarks } = await paintFigure(look, SIZE, 2);
      const { leftKnee, leftAnkle } = landmarks.points;
      const [x, y] = [leftKnee!.x, (leftKnee!.y + leftAnkle!.y) / 2];
      const at = 4 * (Math.floor(y) * SIZE.width + Math.floor(x));
      return [...image.data.subarray(at, at + 3)];
    };
    const by = async (clothing: Look['clothing']): Promise<number> => {
      const [light, dark] = [await shin({ ...woman, clothing }), await shin({ ...woman, clothing, skinTone: 'dark' })];
      return Math.abs(light[0] - dark[0]);
    };
    expect(await by('dress')).toBeGreaterThan(40);
    expect(await by('sweater')).toBeLessThan(3);
  });
});

describe('the palette', () => {
  const rising = (...colors: Color[]): void => {
    const values = colors.map(brightness);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(new Set(values).size).toBe(values.length);
  };

  it('goes from deep to light in every skin, hair and cloth', () => {
    for (const skinTone of VOCABULARY.skinTone) {
      const { deep, shadow, base, light } = skinOf({ ...MAN, skinTone });
      rising(deep, shadow, base, light);
    }
    for (const hairColour of VOCABULARY.hairColour) {
      const { dark, base, light, shine } = hairColorsOf({ ...MAN, hairColour });
      rising(dark, base, light, shine);
    }
    for (const code of ['#45464d', '#cf9a3a', '#ece7de']) {
      const { deep, shadow, base, light } = clothOf(hex(code));
      rising(deep, shadow, base, light);
    }
  });

  it('orders skin tones as their names say, and greys hair with age', () => {
    const tone = (skinTone: Look['skinTone']): Color => skinOf({ ...MAN, skinTone }).base;
    rising(...[...VOCABULARY.skinTone].reverse().map(tone));
    const black = (age: Look['age']): Color => hairColorsOf({ ...MAN, hairColour: 'black', age }).base;
    rising(black('young'), black('middle-aged'), black('older'));
  });

  it("puts a man's lips nearer to his skin than a woman's", () => {
    const far = (look: Look): number => {
      const { lip, shadow } = skinOf(look);
      return Math.hypot(lip.r - shadow.r, lip.g - shadow.g, lip.b - shadow.b);
    };
    expect(far(MAN)).toBeLessThan(far({ ...MAN, gender: 'woman' }));
  });

  it('mixes from one end to the other, multiplies as a glaze and lightens towards white', () => {
    const [a, b] = [hex('#204060'), hex('#a0c0e0')];
    expect([mix(a, b, 0), mix(a, b, 1)]).toEqual([a, b]);
    expect(glaze(a, hex('#ffffff'))).toEqual(a);
    expect(glaze(a, hex('#000000'))).toEqual({ r: 0, g: 0, b: 0 });
    expect([lighten(a, 1), lighten(a, -1)]).toEqual([hex('#ffffff'), hex('#000000')]);
    expect(css(a, 0.5)).toBe('rgba(32,64,96,0.5000)');
  });
});

describe('curves', () => {
  const bent = [
    [0, 0],
    [10, 2],
    [20, 12],
    [22, 30],
  ] as const;

  it('pass through their points', () => {
    const curve = sampled(bent, 5);
    expect(curve).toHaveLength(16);
    bent.forEach((point, i) => expect(curve[5 * i]).toEqual([...point]));
  });

  it('make tubes as wide as they are told, square to the line', () => {
    const { left, right, centre } = tube(bent, [4, 4, 4, 4], { cap: 0 });
    left.forEach(([x, y], i) => {
      expect(Math.hypot(x - right[i][0], y - right[i][1])).toBeCloseTo(8, 6);
      expect((x + right[i][0]) / 2).toBeCloseTo(centre[i][0], 6);
    });
  });

  it('are mirrored about an axis, and closed by their mirror image without doubling what lies on it', () => {
    expect(mirrored(mirrored(bent, 5), 5)).toEqual(bent.map((point) => [...point]));
    const half = [
      [0, 0],
      [4, 3],
      [0, 6],
    ] as const;
    expect(symmetric(half, 0)).toEqual([
      [0, 0],
      [4, 3],
      [0, 6],
      [-4, 3],
    ]);
  });
});
