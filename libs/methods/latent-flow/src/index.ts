export { APPEARANCE } from './appearance-numbers.ts';
export { appearanceReader } from './appearance.ts';
export { canonicalParts, canonicalPoints, POINT_PARTS, POINT_SET } from './canonical-points.ts';
export { filmView } from './film-view.ts';
export { decodeTokens, encodeTokens, fitBasis } from './flow-basis.ts';
export { FLOW_PARTS, fromTokens, tokenLayout, toTokens } from './flow-tokens.ts';
export { fitHeld } from './held-fit.ts';
export { encodePixels, fitLinearEncoder, pullBack } from './linear-encoder.ts';
export { limbGuesses } from './limb-guesses.ts';
export { personPlan } from './person-plan.ts';
export {
  carryNodes,
  flowGrid,
  flowWeights,
  invertShifts,
  pointWeights,
  pullBackNodes,
  sourceOf,
} from './point-flow.ts';
export { createWarpDecoder } from './warp-decoder.ts';

export type { AppearanceReader } from './appearance.ts';
export type { AppearanceScene } from './face-readouts.ts';
export type { CanonicalPoints, PointPart } from './canonical-points.ts';
export type { Box, FilmView } from './film-view.ts';
export type { BasisWidths, FlowBasis, LinearBasis } from './flow-basis.ts';
export type { FlowPart, TokenLayout, TokenRange } from './flow-tokens.ts';
export type { HeldFit } from './held-fit.ts';
export type { LinearEncoder, Rows } from './linear-encoder.ts';
export type { LimbJoints } from './limb-guesses.ts';
export type { PersonPlan } from './person-plan.ts';
export type { FlowGrid, FlowReach, FlowWeights, NodeArrays, PointWeights } from './point-flow.ts';
export type { WarpDecoder, WarpPose, WarpScene } from './warp-decoder.ts';
