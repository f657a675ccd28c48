export { digestSchema, runEventSchema, runIdSchema, runStatusSchema } from '@soliloquy/runner/events';
export { routePath, ROUTES } from './routes.ts';
export { graphErrorSchema, refusalSchema } from './refusal.ts';
export { linkSchema, sessionSchema } from './session.ts';
export { catalogueSchema } from './catalogue.ts';
export {
  conflictSchema,
  documentListSchema,
  openedDocumentSchema,
  removeRequestSchema,
  savedSchema,
  saveRequestSchema,
} from './documents.ts';
export {
  labelRequestSchema,
  nodePlanSchema,
  planRequestSchema,
  planSchema,
  queueEntrySchema,
  queueSchema,
  runListSchema,
  runMessageSchema,
  runRequestSchema,
  targetSchema,
} from './runs.ts';
export { artifactSchema, previewSchema, taskResultSchema } from './results.ts';
export {
  comparisonSchema,
  figureSchema,
  shownOutputSchema,
  sweepIdSchema,
  sweepListSchema,
  sweepRequestSchema,
  sweepSchema,
} from './sweeps.ts';
export { uploadChunkSchema, uploadRequestSchema, uploadSchema } from './uploads.ts';
export { toGatewaySchema, toPageSchema } from './socket.ts';

export type { RunEvent, RunStatus } from '@soliloquy/runner/events';
export type { Refusal, WireGraphError } from './refusal.ts';
export type { Link, Session } from './session.ts';
export type { Catalogue, Lack } from './catalogue.ts';
export type { Conflict, DocumentList, OpenedDocument, Saved, SaveRequest } from './documents.ts';
export type {
  LabelRequest,
  ListedRun,
  Plan,
  PlanRequest,
  Queue,
  QueueEntry,
  RunAlone,
  RunList,
  RunMessage,
  RunRequest,
  Target,
  WireNodePlan,
} from './runs.ts';
export type { Artifact, WirePreview, WireTaskResult } from './results.ts';
export type { Comparison, Figure, ShownOutput, Sweep, SweepList, SweepRequest } from './sweeps.ts';
export type { Upload, UploadChunk, UploadRequest } from './uploads.ts';
export type { ToGateway, ToPage } from './socket.ts';
