export { bodyLayers } from './body-layers.ts';
export { armOf, bodyScale, SIDES } from './arms.ts';

export type { BodyLayer, BodyLayers } from './body-layers.ts';
export type { Arm, ArmPart, BodyScale, Finger, Side } from './arms.ts';
