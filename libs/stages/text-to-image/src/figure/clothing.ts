import { namedDraws } from '@soliloquy/random';
import type { Arm } from './anatomy.ts';
import { paintBareArm } from './arms.ts';
import { paintBareLegs } from './bare-legs.ts';
import type { Brush } from './brush.ts';
import { ribbonAtWaist } from './collars.ts';
import { paintHand } from './hands.ts';
import { paintShoes } from './shoes.ts';
import type { Sitter } from './sitter.ts';
import { paintSkirt } from './skirt.ts';
import { paintSleeve } from './sleeves.ts';
import { paintTorso, type WornTop } from './torso.ts';
import { paintTrousers } from './trousers.ts';
import { garmentOf } from './wardrobe.ts';
/** What hangs behind the neck: the hood, the collar's stand. */
export function paintClothesBack(brush: Brush, sitter: Sitter): void {
  garmentOf(sitter).back?.(brush, sitter.anatomy, sitter.clothes);
}

/** Legs, shoes, what is worn below and above; arms and hands come after hair. */
export function paintClothes(brush: Brush, sitter: Sitter): void {
  const { anatomy, look, clothes, skin, seed } = sitter;
  const random = namedDraws(seed, 'clothes');
  const { cut, weave, below, shoes, under, front } = garmentOf(sitter);
  const top: WornTop = { anatomy, clothes, cut, woman: look.gender === 'woman' };
  if (below.kind === 'skirt') paintBareLegs(brush, anatomy, skin);
  paintShoes(brush, anatomy, shoes.kind, clothes[shoes.cloth]);
  if (below.kind === 'trousers') paintTrousers(brush, anatomy, { ...below, cloth: clothes[below.cloth] }, random);
  under?.(brush, top);
  const torso = paintTorso(brush, top, weave, random);
  if (below.kind === 'skirt') {
    paintSkirt(brush, anatomy, { ...below, cloth: clothes[below.cloth] }, random);
    ribbonAtWaist(brush, anatomy, clothes[below.cloth]);
  }
  front(brush, top, torso);
}

/** Arms with sleeves and skin; hands lie over them and cuffs over the hands' roots. */
export function paintArm(brush: Brush, sitter: Sitter, arm: Arm): void {
  const { skin, clothes, seed } = sitter;
  const { sleeve, weave } = garmentOf(sitter);
  const bare = sleeve.length === 'short';
  if (bare) paintBareArm(brush, arm, skin);
  paintHand(brush, sitter, arm, bare);
  paintSleeve(brush, { arm, sleeve, weave, clothes }, namedDraws(seed, `sleeve ${arm.pose}`));
}
