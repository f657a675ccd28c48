export { StageError } from './stage-error.ts';
export { DEVICES } from './device.ts';
export { defineStage, loadBackbone } from './define-stage.ts';
export { stepOf } from './context.ts';
export { defineBackbone, openBackbone } from './define-backbone.ts';
export { checkBackbone, KEBAB_CASE } from './check-backbone.ts';

export type {
  AnyStage,
  Backbone,
  BackboneModule,
  InputSpec,
  InputValues,
  OutputSpec,
  OutputValues,
  Run,
  RunOf,
  StageMigration,
  StageSpec,
} from './define-stage.ts';
export type { Device } from './device.ts';
export type { BroughtBackbone } from './define-backbone.ts';
export type { Need } from './need.ts';
export type { ScalarPoint, StageContext } from './context.ts';
