/*
 * All that page and gateway say to each other. Runs in the browser too: nothing but schemas.
 *
 * Every route wants the session's cookie, the exact Host and, where it changes something, the exact Origin and
 * `content-type: application/json`. A refusal is a `Refusal` with status 400 … 503. Paths are relative to the project
 * folder, with `/`.
 */

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
  /** POST RemoveRequest -> {}, or 409 Conflict: the graph's file is deleted; runs of it stay */
  removal: '/api/document/removal',
  /** POST PlanRequest -> Plan */
  plan: '/api/plan',
  /** GET ?graph=… -> RunList; POST RunRequest -> QueueEntry */
  runs: '/api/runs',
  /** GET -> Queue */
  queue: '/api/queue',
  /** GET -> RunRecord (its run.json) */
  run: '/api/runs/:run',
  /** PUT LabelRequest -> {}: its name, its note, whether it is its graph's baseline */
  label: '/api/runs/:run/label',
  /** POST {} -> {}: a run that has ended is forgotten; what it made stays */
  forget: '/api/runs/:run/forget',
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
  /**
   * GET ?path=…&size=…&run=… -> one self-contained HTML page, as a download: results for the document as it is at the
   * size, and of nodes that have none those of the run
   */
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
