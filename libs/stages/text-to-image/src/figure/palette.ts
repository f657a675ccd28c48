import { glaze, hex, lighten, mix, type Color } from './color.ts';
import type { Look } from './vocabulary.ts';

/** Skin is not one colour darkened: shadows turn red and saturated, light turns to the lamp's. */
export interface Skin {
  readonly base: Color;
  readonly light: Color;
  readonly shadow: Color;
  readonly deep: Color;
  readonly blush: Color;
  readonly lip: Color;
}

const SKINS: Readonly<Record<Look['skinTone'], readonly [string, string, string, string, string, string]>> = {
  'very light': ['#f4d9cb', '#fff4ec', '#d79f8c', '#9c5c4e', '#e98d84', '#c4666a'],
  light: ['#eecab2', '#fdeadb', '#cb9275', '#8d513f', '#df8673', '#b95a5a'],
  medium: ['#ddb08c', '#f5d6b6', '#b47d5c', '#774731', '#cc7a5d', '#a9544c'],
  olive: ['#c89b73', '#e7c49d', '#9a6c49', '#633e28', '#b66c4d', '#985046'],
  brown: ['#a8754f', '#dbab82', '#774a30', '#472617', '#a9573c', '#8c4741'],
  dark: ['#754c37', '#b98a68', '#4c2c1f', '#26130d', '#8a4330', '#824842'],
};

export function skinOf(look: Look): Skin {
  const [base, light, shadow, deep, blush, lip] = SKINS[look.skinTone].map(hex);
  // a man's lips are nearer to his skin
  return { base, light, shadow, deep, blush, lip: look.gender === 'man' ? mix(lip, shadow, 0.45) : lip };
}

/** Hair from shadow to shine. */
export interface HairColors {
  readonly dark: Color;
  readonly base: Color;
  readonly light: Color;
  readonly shine: Color;
  /** colour of brows and beard */
  readonly brow: Color;
}

const HAIRS: Readonly<Record<Look['hairColour'], readonly [string, string, string, string, string]>> = {
  black: ['#0e0c10', '#1e1b20', '#38333b', '#77707c', '#1b171a'],
  'dark brown': ['#1e120d', '#3a261c', '#5b3d2c', '#9a7356', '#2b1b14'],
  chestnut: ['#341a10', '#633823', '#8c5636', '#c68f63', '#4a2a1b'],
  blond: ['#7a5730', '#b98f56', '#dcb87c', '#f6e2b4', '#8a673d'],
  red: ['#55200f', '#983f1c', '#c4622d', '#eda064', '#79351b'],
  grey: ['#55545a', '#8e8d93', '#b9b8bd', '#e9e8ea', '#77757a'],
};

export function hairColorsOf(look: Look): HairColors {
  const silver = hex('#a9a8ad');
  const share = look.hairColour === 'grey' ? 0 : { young: 0, 'middle-aged': 0.06, older: 0.3 }[look.age];
  const [dark, base, light, shine, brow] = HAIRS[look.hairColour].map((code) => mix(hex(code), silver, share));
  return { dark, base, light, shine, brow };
}

/** Colors of the shadows that parts throw on what lies behind them, each by what throws it. */
export const SHADOWS = {
  cloth: { r: 18, g: 12, b: 24 },
  /** lapels and trousers */
  tailoring: { r: 14, g: 10, b: 20 },
  tie: { r: 20, g: 14, b: 24 },
  skirt: { r: 18, g: 10, b: 20 },
  /** hands and bare arms */
  skin: { r: 20, g: 12, b: 20 },
  /** mixed into the skin's own depth */
  hair: { r: 24, g: 14, b: 18 },
} as const satisfies Record<string, Color>;

/** A fabric's own colour with what light makes of it. */
export interface Cloth {
  readonly base: Color;
  readonly light: Color;
  readonly shadow: Color;
  readonly deep: Color;
}

const CLOTHS: Readonly<Record<Look['clothingColour'], string>> = {
  white: '#ece7de',
  charcoal: '#45464d',
  navy: '#2c3c5e',
  teal: '#2b7377',
  burgundy: '#7c2d3d',
  mustard: '#cf9a3a',
  sage: '#8b9f83',
};

export function clothOf(color: Color): Cloth {
  const violet = hex('#5b4a6b');
  return {
    base: color,
    light: lighten(mix(color, hex('#fff3dd'), 0.12), 0.14),
    shadow: mix(glaze(color, hex('#8d84a3'), 0.85), color, 0.1),
    deep: glaze(glaze(color, hex('#7a6f90')), violet, 0.75),
  };
}

const CLOTHS_BELOW: Readonly<Record<Look['clothingColour'], string>> = {
  white: '#46546b',
  charcoal: '#3b4c66',
  navy: '#b9a684',
  teal: '#3a3e48',
  burgundy: '#3c3f49',
  mustard: '#38465f',
  sage: '#4a4640',
};

/** What a person wears, by where it is worn. */
export interface Clothes {
  /** in the color that the attribute names */
  readonly main: Cloth;
  /** what goes with it, for trousers and skirts */
  readonly below: Cloth;
  /** the shirt under a jacket */
  readonly inner: Cloth;
}

export function wardrobeOf(look: Look): Clothes {
  return {
    main: clothOf(hex(CLOTHS[look.clothingColour])),
    below: clothOf(hex(CLOTHS_BELOW[look.clothingColour])),
    inner: clothOf(hex(look.clothingColour === 'white' ? '#5f7d96' : '#eee9e1')),
  };
}

export type ShoeKind = 'sneaker' | 'oxford' | 'flat';

/** Leather, canvas and rubber. A flat shoe takes the color of what is worn. */
const SNEAKER: Cloth = {
  base: { r: 236, g: 233, b: 226 },
  shadow: { r: 168, g: 164, b: 172 },
  deep: { r: 92, g: 88, b: 100 },
  light: { r: 255, g: 255, b: 252 },
};
const OXFORD: Cloth = {
  base: { r: 66, g: 41, b: 30 },
  shadow: { r: 38, g: 24, b: 20 },
  deep: { r: 16, g: 10, b: 10 },
  light: { r: 138, g: 96, b: 72 },
};
const SHOES: Readonly<Record<ShoeKind, (cloth: Cloth) => Cloth>> = {
  sneaker: () => SNEAKER,
  oxford: () => OXFORD,
  flat: (cloth) => ({
    base: mix(cloth.base, { r: 40, g: 28, b: 34 }, 0.5),
    shadow: mix(cloth.shadow, { r: 20, g: 12, b: 18 }, 0.6),
    deep: { r: 18, g: 10, b: 14 },
    light: lighten(cloth.light, 0.2),
  }),
};
const RUBBER: Color = { r: 214, g: 209, b: 202 };
/** The dark line along a sole's upper edge. */
export const SOLE_EDGE: Color = { r: 40, g: 34, b: 40 };

/** The upper of a shoe and its sole. */
export function shoeColorsOf(kind: ShoeKind, cloth: Cloth): { upper: Cloth; sole: Color } {
  const upper = SHOES[kind](cloth);
  return { upper, sole: kind === 'sneaker' ? RUBBER : upper.deep };
}
