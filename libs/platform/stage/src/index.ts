export { StageError } from './stage-error.ts';
export { DEVICES } from './device.ts';
export { ALL_AXES, defineStage, loadBackbone, settleAxes } from './define-stage.ts';
export { figureNamed, figuresOf, metricsOf } from './figures.ts';
export { defineMeasure } from './define-measure.ts';
export {
  figuresOfMeasures,
  NETWORKS_PARAM,
  networksOfMeasures,
  paramsOfMeasures,
  takeMeasures,
} from './take-measures.ts';
export { stepOf } from './context.ts';
export { requireSameShape } from './same-shape.ts';
export { defineBackbone, openBackbone } from './define-backbone.ts';
export { checkBackbone, KEBAB_CASE } from './check-backbone.ts';

export type {
  AnyStage,
  AxisName,
  Backbone,
  BackboneModule,
  InputSpec,
  InputValues,
  OutputSpec,
  OutputValues,
  Run,
  RunOf,
  SettledStage,
  StageMigration,
  StageSpec,
  Titled,
} from './define-stage.ts';
export type { Device } from './device.ts';
export type { BroughtBackbone } from './define-backbone.ts';
export type { FamilyMeasure, FigureMeasure, Measure, Reading, Share } from './define-measure.ts';
export type { Figure, MetricFigures } from './figures.ts';
export type { CheckoutNeed, FoundCheckout, FoundModel, GpuCard, ModelNeed, Need, Terms, Use } from './need.ts';
export type { ProgressReport, ScalarPoint, StageContext } from './context.ts';
