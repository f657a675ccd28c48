import { anatomyOf, type Anatomy } from './anatomy.ts';
import { hairColorsOf, skinOf, wardrobeOf, type Clothes, type HairColors, type Skin } from './palette.ts';
import type { Look } from './vocabulary.ts';
/** A person as the painter knows them: what every part is painted from. */
export interface Sitter {
  readonly look: Look;
  readonly anatomy: Anatomy;
  readonly skin: Skin;
  readonly hair: HairColors;
  readonly clothes: Clothes;
  readonly seed: number;
}

/** All that look and seed say of a person. */
export function sitterOf(look: Look, seed: number): Sitter {
  return {
    look,
    anatomy: anatomyOf(look, seed),
    skin: skinOf(look),
    hair: hairColorsOf(look),
    clothes: wardrobeOf(look),
    seed,
  };
}
