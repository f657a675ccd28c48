export { bodyLayers } from './body-layers.ts';
export { bodyScale, SIDES } from './arms.ts';

export type { BodyLayer, BodyLayers } from './body-layers.ts';
export type { Arm, ArmPart, BodyScale, Finger, Side } from './arms.ts';
