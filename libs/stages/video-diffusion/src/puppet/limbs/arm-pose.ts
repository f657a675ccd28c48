import { SIDES, type BodyLayers, type Side } from '@soliloquy/body-layers';
import type { PuppetMotion } from '../motion.ts';
import { SHRUG } from '../trunk.ts';
import { armRig, type ArmPose, type ArmRig } from './arm-rig.ts';

/** The arms that move by themselves, by their side. */
export type ArmRigs = Readonly<Partial<Record<Side, ArmRig>>>;

export function armRigs(taken: BodyLayers): ArmRigs {
  const rigs: Partial<Record<Side, ArmRig>> = {};
  for (const side of SIDES) {
    const arm = taken.arms[side];
    if (!arm) continue;
    const bends = taken.layers.some((layer) => layer.side === side && layer.part === 'forearm');
    rigs[side] = armRig(arm, taken, bends);
  }
  return rigs;
}

/** What an arm is asked for in a frame. */
export function poseOf({ side, unit }: ArmRig, { channels }: PuppetMotion, frame: number): ArmPose {
  return {
    out: channels[`${side}HandOut`][frame],
    up: channels[`${side}HandUp`][frame],
    turn: channels[`${side}HandTurn`][frame],
    spread: channels[`${side}HandSpread`][frame],
    raised: SHRUG * unit * channels[`${side}Shrug`][frame],
  };
}
