import type { Path2D } from '@napi-rs/canvas';
import type { Anatomy } from './anatomy.ts';
import type { Brush } from './brush.ts';
import { collarStand, neckBack } from './collar-back.ts';
import { collar, neckBand, neckEdge, placket, pocket } from './collars.ts';
import { paintCloth, ribs, seam, type Weave } from './fabric.ts';
import { hoodBack, hoodFront } from './hood.ts';
import type { Clothes, ShoeKind } from './palette.ts';
import type { Sitter } from './sitter.ts';
import type { Sleeve } from './sleeves.ts';
import { jacketFront, paintShirtFront } from './suit.ts';
import { hemBand, type Cut, type WornTop } from './torso.ts';
import type { TrouserCut } from './trousers.ts';
import type { Look } from './vocabulary.ts';
/** One of the clothes of a person, by where it is worn. */
type ClothName = keyof Clothes;

/** A garment: what is worn, how it is cut, and what its details are. The one place that knows a garment by its name. */
export interface Garment {
  readonly cut: Cut;
  readonly sleeve: Sleeve;
  readonly weave: Weave;
  readonly shoes: { readonly kind: ShoeKind; readonly cloth: ClothName };
  /** what is worn below the top */
  readonly below:
    | { readonly kind: 'trousers'; readonly cut: TrouserCut; readonly weave: Weave; readonly cloth: ClothName }
    | {
        readonly kind: 'skirt';
        readonly weave: Weave;
        readonly cloth: ClothName;
        readonly hemY: number;
        readonly flare: number;
      };
  /** what is seen of it behind the neck */
  readonly back?: (brush: Brush, anatomy: Anatomy, clothes: Clothes) => void;
  /** what is worn under it and shows at its front */
  readonly under?: (brush: Brush, top: WornTop) => void;
  /** collar, buttons, pockets, hem */
  readonly front: (brush: Brush, top: WornTop, torso: Path2D) => void;
}

/** The garment that a person wears, cut for that person. */
export function garmentOf({ look, anatomy }: Pick<Sitter, 'look' | 'anatomy'>): Garment {
  return GARMENTS[look.clothing]({ anatomy, woman: look.gender === 'woman' });
}

/** Whom a garment is cut for. */
interface Wearer {
  readonly anatomy: Anatomy;
  readonly woman: boolean;
}

const LONG: Sleeve = { length: 'long', ease: 5, cuffEase: 4, cuff: 'plain' };

/** A top that hangs to the hips; each garment says what is different. `neck` is in half widths of the neck. */
function cutOf({ anatomy, woman }: Wearer, own: Partial<Cut> & { readonly neck: number }): Cut {
  const { neck, ...rest } = own;
  const base: Omit<Cut, 'neckHalf'> = {
    ease: 5,
    neckDrop: 14,
    neckShape: 'round',
    hemY: 716,
    flare: 0,
    fitted: woman ? 0.72 : 0.4,
  };
  return { ...base, ...rest, neckHalf: anatomy.neckHalf * neck };
}

const everyday = ({ woman }: Wearer): TrouserCut => (woman ? 'slim' : 'straight');
const collarBack: Garment['back'] = (brush, anatomy, { main }) => collarStand(brush, anatomy, main);
const plainBack: Garment['back'] = (brush, anatomy, { main }) => neckBack(brush, anatomy, main);

const GARMENTS: Readonly<Record<Look['clothing'], (wearer: Wearer) => Garment>> = {
  't-shirt': (wearer) => ({
    cut: cutOf(wearer, { neck: 1.42, neckDrop: 18, hemY: 708 }),
    sleeve: { ...LONG, length: 'short', ease: 6 },
    weave: 'plain',
    shoes: { kind: 'sneaker', cloth: 'main' },
    below: { kind: 'trousers', cut: everyday(wearer), weave: 'denim', cloth: 'below' },
    back: plainBack,
    front: (brush, top) => {
      neckBand(brush, top, { width: 9, count: 40 });
      seam(brush, top.clothes.main, hemBand(top.anatomy, top.cut, 9).top, true);
    },
  }),
  shirt: (wearer) => ({
    cut: cutOf(wearer, { neck: 1.16, neckDrop: 30, neckShape: 'v', hemY: 722 }),
    sleeve: { ...LONG, cuff: 'buttoned', ease: 6, cuffEase: 6 },
    weave: 'plain',
    shoes: { kind: 'oxford', cloth: 'main' },
    below: { kind: 'trousers', cut: everyday(wearer), weave: 'plain', cloth: 'below' },
    back: collarBack,
    front: (brush, { anatomy, cut, clothes: { main } }) => {
      placket(brush, anatomy, main, { top: anatomy.pitY + cut.neckDrop - 4, bottom: cut.hemY + 7 });
      pocket(brush, anatomy, main);
      collar(brush, anatomy, main, { drop: cut.neckDrop, spread: 1 });
    },
  }),
  sweater: (wearer) => ({
    cut: cutOf(wearer, { neck: 1.24, neckDrop: 4, ease: 8, hemY: 716 }),
    sleeve: { ...LONG, ease: 8, cuffEase: 6, cuff: 'ribbed' },
    weave: 'knit',
    shoes: { kind: 'sneaker', cloth: 'main' },
    below: { kind: 'trousers', cut: everyday(wearer), weave: 'denim', cloth: 'below' },
    back: plainBack,
    front: (brush, top) => {
      const { main } = top.clothes;
      neckBand(brush, top, { width: 17, count: 46 });
      const band = hemBand(top.anatomy, top.cut, 26);
      paintCloth(brush, band.path, main, { box: { x: 300, y: 680, width: 424, height: 60 }, weave: 'plain', depth: 9 });
      ribs(brush, band.path, main, { from: band.top, to: band.bottom, count: 70 });
    },
  }),
  hoodie: (wearer) => ({
    cut: cutOf(wearer, { neck: 1.3, neckDrop: 16, ease: 13, hemY: 730, fitted: 0.15 }),
    sleeve: { ...LONG, ease: 11, cuffEase: 7, cuff: 'ribbed' },
    weave: 'plain',
    shoes: { kind: 'sneaker', cloth: 'main' },
    below: { kind: 'trousers', cut: 'jogger', weave: 'plain', cloth: 'below' },
    back: (brush, anatomy, { main }) => hoodBack(brush, anatomy, main),
    front: hoodFront,
  }),
  suit: (wearer) => ({
    cut: cutOf(wearer, {
      neck: 1.2,
      neckDrop: wearer.woman ? 150 : 160,
      neckShape: 'v',
      ease: 9,
      hemY: 772,
      flare: 3,
      fitted: wearer.woman ? 0.8 : 0.55,
    }),
    sleeve: { ...LONG, ease: 8, cuffEase: 7, cuff: 'tailored' },
    weave: 'plain',
    shoes: { kind: 'oxford', cloth: 'main' },
    below: { kind: 'trousers', cut: 'tailored', weave: 'plain', cloth: 'main' },
    back: (brush, anatomy, { inner }) => collarStand(brush, anatomy, inner),
    under: paintShirtFront,
    front: jacketFront,
  }),
  dress: (wearer) => ({
    cut: cutOf(wearer, { neck: 1.75, neckDrop: 44, ease: 2, hemY: wearer.anatomy.waistY + 8, fitted: 1 }),
    sleeve: { ...LONG, length: 'short', ease: 3 },
    weave: 'satin',
    shoes: { kind: 'flat', cloth: 'main' },
    below: { kind: 'skirt', weave: 'satin', cloth: 'main', hemY: 1030, flare: 52 },
    front: neckEdge,
  }),
  'blouse and skirt': (wearer) => ({
    cut: cutOf(wearer, {
      neck: 1.2,
      neckDrop: 52,
      neckShape: 'v',
      ease: 5,
      hemY: wearer.anatomy.waistY + 10,
      fitted: 0.86,
    }),
    sleeve: { ...LONG, ease: 9, cuffEase: 6, cuff: 'buttoned' },
    weave: 'satin',
    shoes: { kind: 'flat', cloth: 'below' },
    below: { kind: 'skirt', weave: 'plain', cloth: 'below', hemY: 1010, flare: 10 },
    back: collarBack,
    front: (brush, { anatomy, cut, clothes: { main } }) => {
      placket(brush, anatomy, main, { top: anatomy.pitY + cut.neckDrop, bottom: anatomy.waistY });
      collar(brush, anatomy, main, { drop: cut.neckDrop, spread: 0.95 });
    },
  }),
};
