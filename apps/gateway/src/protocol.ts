import { z } from 'zod';

/*
 * All that page and gateway say to each other. Runs in the browser too: nothing but schemas.
 *
 * Every route wants the session's cookie, the exact Host and, where it changes something, the exact Origin and
 * `content-type: application/json`. A refusal is a `Refusal` with status 400 … 503. Paths are relative to the project
 * folder, with `/`.
 */

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/);
const reference = z.string().regex(/^[A-Za-z][\w-]*\.[A-Za-z][\w-]*$/);
export const runIdSchema = z.string().regex(/^\d{8}-\d{6}-[0-9a-f]{4,8}$/);

/** Paths of all routes. `:digest` and the like are filled in; query parameters are named beside the schemas. */
export const ROUTES = {
  /** GET ?token=… : a one-time link; sets the cookie and goes on to the page */
  enter: '/',
  /** GET -> Session */
  session: '/api/session',
  /** POST {} -> Link: another one-time link, e.g. for a second browser */
  links: '/api/session/links',
  /** GET -> Catalogue */
  catalogue: '/api/catalogue',
  /** GET -> DocumentList */
  documents: '/api/documents',
  /** GET ?path=… -> OpenedDocument; PUT SaveRequest -> Saved, or 409 Conflict */
  document: '/api/document',
  /** POST PlanRequest -> Plan */
  plan: '/api/plan',
  /** GET ?graph=… -> RunList; POST RunRequest -> QueueEntry */
  runs: '/api/runs',
  /** GET -> Queue */
  queue: '/api/queue',
  /** GET -> RunRecord (its run.json) */
  run: '/api/runs/:run',
  /** POST {} -> QueueEntry */
  cancel: '/api/runs/:run/cancel',
  /** POST {} -> QueueEntry: what an earlier gateway left in the queue goes on */
  proceed: '/api/runs/:run/proceed',
  /** GET -> RunMessage[]: of a run of this or an earlier start, from its journal */
  history: '/api/runs/:run/events',
  /** GET -> bytes of one output of the run, with its graph in it */
  output: '/api/runs/:run/outputs/:file',
  /** GET -> bytes of any artifact's file with the run's graph in it, as a download */
  download: '/api/runs/:run/artifacts/:digest/:file',
  /** GET ?a=…&b=… -> Comparison */
  compare: '/api/compare',
  /** GET -> SweepList; POST SweepRequest -> Sweep */
  sweeps: '/api/sweeps',
  /** GET -> Sweep */
  sweep: '/api/sweeps/:sweep',
  /** GET -> TaskResult: what the task of this key made */
  result: '/api/results/:key',
  /** GET -> Artifact */
  artifact: '/api/artifacts/:digest',
  /**
   * GET -> bytes, with ranges, immutable; ?width=… of a picture or a film's first frame: that many pixels wide at most,
   * as PNG
   */
  file: '/api/artifacts/:digest/:file',
  /** POST UploadRequest -> Upload */
  uploads: '/api/uploads',
  /** POST UploadChunk -> Upload */
  upload: '/api/uploads/:upload',
  /** GET ?path=…&run=… -> one self-contained HTML page, as a download */
  export: '/api/export',
  /** WebSocket */
  events: '/api/events',
} as const;

/** The path of a route with its parts filled in: `routePath('file', { digest, file })`. */
export function routePath(
  route: keyof typeof ROUTES,
  parts: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const path = ROUTES[route].replace(/:(\w+)/g, (_, part: string) => encodeURIComponent(parts[part] ?? ''));
  const search = new URLSearchParams(
    Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined),
  ).toString();
  return search === '' ? path : `${path}?${search}`;
}

/** Why something was refused: `message` is `where.what: expected …, got …; remedy`. */
export const refusalSchema = z.object({
  code: z.string().describe('Stable, e.g. conflict, not-found, invalid-graph, too-large, outside-project.'),
  message: z.string(),
  /** all faults of a graph that cannot run */
  errors: z.array(z.lazy(() => graphErrorSchema)).optional(),
});

export const graphErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  node: z.string().optional(),
  port: z.string().optional(),
  line: z.int().optional(),
  column: z.int().optional(),
});

export const sessionSchema = z.object({
  /** changes with every start of the gateway: sequence numbers of events count anew */
  start: z.string(),
  version: z.string(),
  /** name of the project's folder */
  project: z.string(),
  /** the graph that the gateway was started with */
  graph: z.string().nullable(),
  threads: z.int(),
  limits: z.object({ documentBytes: z.int(), uploadBytes: z.int(), chunkBytes: z.int() }),
});

export const linkSchema = z.object({ url: z.string() });

// Stages

/**
 * A JSON Schema (draft 2020-12) of an object: type, minimum, maximum, multipleOf, enum, default, description, and
 * `unit`.
 */
const jsonSchema = z.record(z.string(), z.unknown());

/** a name, or the param that says it; `*` of an input: every axis that no other input of the node carries */
const axisSchema = z.union([z.string(), z.object({ param: z.string() })]);
/** by output of type `metrics` and by name, the figures that it may hold; of an output that is not there, any */
const figuresSchema = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({
      unit: z.string().optional(),
      better: z.enum(['higher', 'lower']).optional(),
      text: z.string().optional(),
      /** inputs without which it is not given */
      needs: z.array(z.string()).readonly().optional(),
      version: z.int().optional(),
      /** what its curve runs over, e.g. `frames` */
      series: z.string().optional(),
      /** of a name that begins with `/`: every figure of this input gives one */
      of: z.string().optional(),
    }),
  ),
);

export const catalogueInputSchema = z.object({
  type: z.string(),
  summary: z.string(),
  optional: z.boolean(),
  gathers: axisSchema.optional(),
  /** each element comes with the name of the node that made it */
  titled: z.boolean().optional(),
});
export const catalogueOutputSchema = z.object({
  type: z.string(),
  summary: z.string(),
  optional: z.boolean(),
  makes: axisSchema.optional(),
});
export const catalogueBackboneSchema = z.object({
  version: z.int(),
  title: z.string(),
  summary: z.string(),
  params: jsonSchema,
  /** outputs that it does not give */
  omits: z.array(z.string()),
  /** optional inputs that it needs; of a list inside at least one */
  requires: z.array(z.union([z.string(), z.array(z.string())])),
  /** figures that it gives beside those of the stage */
  measures: figuresSchema.optional(),
});
export const catalogueStageSchema = z.object({
  id: z.string(),
  version: z.int(),
  title: z.string(),
  summary: z.string(),
  inputs: z.record(z.string(), catalogueInputSchema),
  outputs: z.record(z.string(), catalogueOutputSchema),
  params: jsonSchema,
  backbones: z.record(z.string(), catalogueBackboneSchema),
  defaultBackbone: z.string(),
  measures: figuresSchema.optional(),
});
/**
 * `catalogueRegistry(stages, types)` of `@soliloquy/graph` makes of it the registry that all functions on graphs take.
 */
export const catalogueSchema = z.object({
  stages: z.array(catalogueStageSchema),
  /** `asInput`: a person can give one, so it can be an input of the graph */
  types: z.array(z.object({ id: z.string(), title: z.string(), asInput: z.boolean() })),
  /** by stage id and backbone, what is missing here and how to get it; what lacks nothing is not listed */
  lacking: z.record(z.string(), z.record(z.string(), z.array(z.object({ what: z.string(), remedy: z.string() })))),
});

// Documents

export const documentListSchema = z.object({
  documents: z.array(
    z.object({ path: z.string(), name: z.string(), description: z.string().optional(), nodes: z.int() }),
  ),
});

/**
 * `text` is the canonical text after migration; `digest` is of the bytes on disk. Opening runs nothing and writes
 * nothing.
 */
export const openedDocumentSchema = z.object({
  path: z.string(),
  digest,
  text: z.string(),
  /** whether the bytes on disk differ from `text` */
  formatted: z.boolean(),
  /** what was migrated */
  notes: z.array(z.string()),
  /** why it cannot run as it is */
  errors: z.array(graphErrorSchema),
});

export const saveRequestSchema = z.strictObject({
  path: z.string().max(500),
  /** The document as JSON text; what is written is its canonical text. */
  text: z.string(),
  /** digest of the file that this is an edit of; null: there must be none yet */
  base: digest.nullable(),
  /** opaque; comes back in `document-changed`, so that a page knows its own saves */
  by: z.string().max(100).optional(),
});
export const savedSchema = z.object({ path: z.string(), digest, text: z.string(), errors: z.array(graphErrorSchema) });
/** Refusal of a save (409, code `conflict`): the file is not what the edit began from. `digest` null: it is gone. */
export const conflictSchema = z.object({
  code: z.literal('conflict'),
  message: z.string(),
  digest: digest.nullable(),
  text: z.string().nullable(),
});

// Runs

/** What of the graph: all of it; a node with all that it needs; or a node and all that depends on it, executed anew. */
export const targetSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('to'), node: name }),
  z.strictObject({ kind: z.literal('from'), node: name }),
]);

const settings = {
  size: name.optional(),
  seed: z.int().min(0).max(0xffffffff).optional(),
  /** as `--set`: "node.param" -> JSON text */
  set: z.record(reference, z.string()).optional(),
  /** by input: the text itself, or a path relative to the graph's folder; below the project folder only */
  inputs: z.record(name, z.string()).optional(),
  target: targetSchema.default({ kind: 'all' }),
};

export const planRequestSchema = z.strictObject({
  path: z.string().max(500),
  /** the document where it is not saved yet; else the file */
  text: z.string().optional(),
  ...settings,
});

export const nodePlanSchema = z.object({
  node: z.string(),
  stage: z.string(),
  backbone: z.string(),
  /** null while the node that makes an axis of it has not run */
  elements: z.int().nullable(),
  /** elements whose result is there, with the key to ask for it */
  cached: z.array(z.object({ element: z.string(), key: digest })),
  stale: z.array(z.object({ element: z.string(), reasons: z.array(z.string()) })),
  waiting: z.int(),
  waitsFor: z.array(z.string()),
  /** seconds that its elements took when they last ran here, added up; null when unknown */
  secondsBefore: z.number().nullable(),
});
/** With errors nothing could be planned. `notes` say what mute and bypass leave out. */
export const planSchema = z.object({
  nodes: z.array(nodePlanSchema),
  notes: z.array(z.string()),
  errors: z.array(graphErrorSchema),
});

export const runRequestSchema = z.strictObject({
  path: z.string().max(500),
  /** of the saved file: what runs is what is on disk, or nothing (409) */
  digest,
  ...settings,
  keepGoing: z.boolean().default(false),
  /** continue this run, which was interrupted or cancelled */
  resume: z.boolean().default(false),
});

export const runStatusSchema = z.enum(['done', 'failed', 'unmet', 'cancelled']);

export const queueEntrySchema = z.object({
  run: runIdSchema,
  path: z.string(),
  graph: z.string(),
  target: targetSchema,
  size: z.string(),
  sweep: z.string().optional(),
  /** what was varied, in words, e.g. `fit.steps=200` */
  variant: z.string().optional(),
  state: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('waiting') }),
    /** an earlier gateway ended before it did: somebody has to let it go on, or cancel it */
    z.object({ kind: z.literal('held') }),
    z.object({ kind: z.literal('running'), startedAt: z.string() }),
    z.object({ kind: z.literal('stopping'), startedAt: z.string() }),
    z.object({ kind: z.literal('ended'), status: runStatusSchema, message: z.string().optional() }),
  ]),
});
/**
 * Running, waiting and held ones in order, then what ended since the gateway started, the latest first (50 at most).
 */
export const queueSchema = z.object({ entries: z.array(queueEntrySchema) });

/** `interrupted`: its process died; `resume` continues it. */
export const runListSchema = z.object({
  runs: z.array(
    z.object({
      run: runIdSchema,
      graph: z.string(),
      status: z.enum([...runStatusSchema.options, 'running', 'interrupted']),
      size: z.string(),
      seed: z.int(),
      startedAt: z.string(),
      seconds: z.number().nullable(),
      executed: z.int().nullable(),
      cached: z.int().nullable(),
      expectations: z.object({ held: z.int(), of: z.int() }).nullable(),
    }),
  ),
});

const element = z.record(z.string(), z.int());
export const expectationRowSchema = z.object({
  metric: z.string(),
  element,
  comparison: z.enum(['atLeast', 'atMost']),
  actual: z.number().optional(),
  bound: z.number().optional(),
  boundMetric: z.string().optional(),
  holds: z.boolean(),
  message: z.string(),
});

const digests = z.union([digest, z.array(digest), z.null()]);
/** The run's `run.json`, as far as the page reads it. */
export const runRecordSchema = z.looseObject({
  run: runIdSchema,
  status: runStatusSchema,
  name: z.string(),
  size: z.string(),
  seed: z.int(),
  set: z.record(z.string(), z.string()),
  inputs: z.record(z.string(), z.object({ type: z.string(), digest, given: z.string() })),
  versions: z.record(z.string(), z.string()),
  startedAt: z.string(),
  seconds: z.number(),
  executed: z.int(),
  cached: z.int(),
  nodes: z.record(
    z.string(),
    z.object({
      stage: z.string(),
      backbone: z.string(),
      params: z.record(z.string(), z.unknown()),
      tasks: z.int(),
      executed: z.int(),
      seconds: z.number(),
      secondsExecuted: z.number(),
    }),
  ),
  outputs: z.record(z.string(), z.object({ digest, file: z.string(), from: z.string() })),
  expectations: z.array(expectationRowSchema),
  failures: z.array(z.object({ element: z.string(), code: z.string(), message: z.string() })),
  tasks: z.array(
    z.object({
      task: z.string(),
      key: digest,
      cached: z.boolean(),
      seconds: z.number(),
      outputs: z.record(z.string(), digests),
    }),
  ),
  /** the document that was run */
  graph: z.unknown(),
});

/** What is heard of a run, as the runner says it. `element` is e.g. `fit[3]`. */
export const runEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run-started'),
    run: runIdSchema,
    graph: z.string(),
    size: z.string(),
    seed: z.int(),
    nodes: z.array(z.string()),
    resumed: z.boolean(),
  }),
  z.object({ type: z.literal('node-expanded'), node: z.string(), elements: z.int() }),
  z.object({ type: z.literal('task-cached'), node: z.string(), element: z.string(), key: digest }),
  z.object({ type: z.literal('task-stale'), node: z.string(), element: z.string(), reasons: z.array(z.string()) }),
  z.object({
    type: z.literal('task-started'),
    node: z.string(),
    element: z.string(),
    threads: z.int(),
    attempt: z.int(),
    worker: z.string(),
  }),
  z.object({
    type: z.literal('task-progress'),
    node: z.string(),
    element: z.string(),
    done: z.number(),
    total: z.number(),
    note: z.string().optional(),
  }),
  z.object({ type: z.literal('task-log'), node: z.string(), element: z.string(), message: z.string() }),
  z.object({
    type: z.literal('task-retried'),
    node: z.string(),
    element: z.string(),
    why: z.string(),
    attempt: z.int(),
  }),
  z.object({
    type: z.literal('task-finished'),
    node: z.string(),
    element: z.string(),
    key: digest,
    seconds: z.number(),
    threads: z.int(),
  }),
  z.object({
    type: z.literal('task-failed'),
    node: z.string(),
    element: z.string(),
    code: z.string(),
    message: z.string(),
  }),
  z.object({ type: z.literal('artifact-lost'), node: z.string(), element: z.string(), message: z.string() }),
  z.object({ type: z.literal('output-written'), name: z.string(), path: z.string(), digest }),
  z.object({ type: z.literal('expectation'), row: expectationRowSchema }),
  z.object({
    type: z.literal('run-finished'),
    run: runIdSchema,
    status: runStatusSchema,
    seconds: z.number(),
    executed: z.int(),
    cached: z.int(),
    record: z.string().nullable(),
  }),
]);

/**
 * One event of a run on its way to the page. `seq` counts up over all runs of this start of the gateway; 0 in
 * `history`.
 */
export const runMessageSchema = z.object({
  type: z.literal('run'),
  seq: z.int(),
  run: runIdSchema,
  at: z.string(),
  event: runEventSchema,
});

// Results

export const previewSchema = z.object({
  summary: z.string(),
  file: z.string().optional(),
  as: z.enum(['image', 'audio', 'video', 'gaussians', 'text', 'table', 'html']).optional(),
});
export const artifactSchema = z.object({
  type: z.string(),
  digest,
  bytes: z.int(),
  files: z.array(z.object({ name: z.string(), digest, bytes: z.int() })),
});
/** By output: one value or, where the output makes an axis, several; null where the backbone gave none. */
export const taskResultSchema = z.object({
  key: digest,
  seconds: z.number(),
  outputs: z.record(z.string(), z.array(z.object({ artifact: artifactSchema, preview: previewSchema })).nullable()),
});

// Comparison and sweeps

/** A figure at one element of its node, in each run; null where a run lacks it. */
const figure = z.object({
  metric: z.string(),
  element,
  values: z.array(z.number().nullable()),
  unit: z.string().optional(),
  better: z.enum(['higher', 'lower']).optional(),
  about: z.string().optional(),
});
/** Files of one output in each run; null where a run lacks it. `same`: equal digests. */
const shownOutput = z.object({
  name: z.string(),
  type: z.string(),
  as: previewSchema.shape.as,
  same: z.boolean(),
  runs: z.array(z.object({ digest, file: z.string(), summary: z.string() }).nullable()),
});

export const comparisonSchema = z.object({
  runs: z.tuple([runIdSchema, runIdSchema]),
  /** how the graphs and settings differ, in words */
  changes: z.array(z.string()),
  figures: z.array(figure),
  outputs: z.array(shownOutput),
  /** nodes whose results differ, and nodes whose results are the same */
  nodes: z.object({ differ: z.array(z.string()), same: z.array(z.string()) }),
});

export const sweepRequestSchema = z.strictObject({
  path: z.string().max(500),
  digest,
  size: name.optional(),
  seed: z.int().min(0).max(0xffffffff).optional(),
  inputs: z.record(name, z.string()).optional(),
  /** "node.param" or "node.backbone" -> values as text; all combinations are run */
  vary: z.record(reference, z.array(z.string()).min(1).max(50)),
});
export const sweepIdSchema = runIdSchema;
export const sweepSchema = z.object({
  sweep: sweepIdSchema,
  graph: z.string(),
  startedAt: z.string(),
  vary: z.record(z.string(), z.array(z.string())),
  variants: z.array(
    z.object({
      run: runIdSchema,
      values: z.record(z.string(), z.string()),
      status: z.enum([...runStatusSchema.options, 'running', 'waiting', 'interrupted']),
      seconds: z.number().nullable(),
    }),
  ),
  /** one value for each variant, in their order */
  figures: z.array(figure),
  outputs: z.array(shownOutput),
});
export const sweepListSchema = z.object({
  sweeps: z.array(
    z.object({
      sweep: sweepIdSchema,
      graph: z.string(),
      startedAt: z.string(),
      vary: z.record(z.string(), z.array(z.string())),
      runs: z.int(),
    }),
  ),
});

// Uploads: announced, sent in pieces as JSON, kept when whole

export const uploadRequestSchema = z.strictObject({
  name: z.string().min(1).max(200),
  bytes: z.int().min(1),
  /** graph relative to which the path is wanted */ graph: z.string().max(500).optional(),
});
export const uploadChunkSchema = z.strictObject({ at: z.int().min(0), base64: z.string() });
export const uploadSchema = z.object({
  upload: z.string(),
  received: z.int(),
  bytes: z.int(),
  /** once whole: where it lies, relative to the project, and as an input of the graph names it */
  file: z.object({ path: z.string(), given: z.string(), digest }).nullable(),
});

// The socket

/** Page to gateway; the first message. `after`: the last sequence number that was seen, of the start that was seen. */
export const toGatewaySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('listen'), start: z.string().optional(), after: z.int().min(0).optional() }),
]);

/**
 * Gateway to page. After `listen`: `welcome`, `queue`, then all kept `run` messages after the one that was seen
 * (progress: the latest of each element), then live.
 */
export const toPageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), start: z.string(), seq: z.int() }),
  runMessageSchema,
  z.object({ type: z.literal('queue'), entries: z.array(queueEntrySchema) }),
  /** a graph file of the project changed on disk; digest null: it is gone. `by` of the page that saved it */
  z.object({
    type: z.literal('document-changed'),
    path: z.string(),
    digest: digest.nullable(),
    by: z.string().nullable(),
  }),
]);

export type Refusal = z.infer<typeof refusalSchema>;
export type WireGraphError = z.infer<typeof graphErrorSchema>;
export type Session = z.infer<typeof sessionSchema>;
export type Link = z.infer<typeof linkSchema>;
export type Catalogue = z.infer<typeof catalogueSchema>;
export type CatalogueStage = z.infer<typeof catalogueStageSchema>;
export type CatalogueBackbone = z.infer<typeof catalogueBackboneSchema>;
export type DocumentList = z.infer<typeof documentListSchema>;
export type OpenedDocument = z.infer<typeof openedDocumentSchema>;
export type SaveRequest = z.infer<typeof saveRequestSchema>;
export type Saved = z.infer<typeof savedSchema>;
export type Conflict = z.infer<typeof conflictSchema>;
export type Target = z.infer<typeof targetSchema>;
export type PlanRequest = z.input<typeof planRequestSchema>;
export type Plan = z.infer<typeof planSchema>;
export type WireNodePlan = z.infer<typeof nodePlanSchema>;
export type RunRequest = z.input<typeof runRequestSchema>;
export type QueueEntry = z.infer<typeof queueEntrySchema>;
export type Queue = z.infer<typeof queueSchema>;
export type RunList = z.infer<typeof runListSchema>;
export type RunRecord = z.infer<typeof runRecordSchema>;
export type WireRunEvent = z.infer<typeof runEventSchema>;
export type RunMessage = z.infer<typeof runMessageSchema>;
export type Artifact = z.infer<typeof artifactSchema>;
export type WirePreview = z.infer<typeof previewSchema>;
export type WireTaskResult = z.infer<typeof taskResultSchema>;
export type Figure = z.infer<typeof figure>;
export type ShownOutput = z.infer<typeof shownOutput>;
export type Comparison = z.infer<typeof comparisonSchema>;
export type SweepRequest = z.infer<typeof sweepRequestSchema>;
export type Sweep = z.infer<typeof sweepSchema>;
export type SweepList = z.infer<typeof sweepListSchema>;
export type UploadRequest = z.infer<typeof uploadRequestSchema>;
export type UploadChunk = z.infer<typeof uploadChunkSchema>;
export type Upload = z.infer<typeof uploadSchema>;
export type ToGateway = z.infer<typeof toGatewaySchema>;
export type ToPage = z.infer<typeof toPageSchema>;
