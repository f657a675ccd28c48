import { stat } from 'node:fs/promises';
import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import { z } from 'zod';
import type { DiskStore } from '@soliloquy/artifacts';
import { catalogueOf, portTypes, type StageRegistry } from '@soliloquy/graph';
import { carryGraph } from '@soliloquy/graph/carried';
import { LARGEST_GRAPH } from '@soliloquy/graph/limits';
import type { Preview } from '@soliloquy/ports';
import type { LeavingFile, Seal } from '@soliloquy/runner';
import { compareFigures, compareNodes, compareOutputs, diffRuns } from '@soliloquy/runner/compare';
import type { RunRecord } from '@soliloquy/runner/record';
import { jobOf, leftJob, planOf, type AskingParts } from './asking.ts';
import { exportPage } from './export-page.ts';
import { behindDoor, doorPage } from './front-door.ts';
import { ARTIFACT_POLICY } from './guard.ts';
import { lackingHere } from './lacking.ts';
import type { PageFiles } from './page-files.ts';
import { addPlayer } from './player-route.ts';
import {
  labelRequestSchema,
  planRequestSchema,
  planSchema,
  removeRequestSchema,
  ROUTES,
  runRequestSchema,
  saveRequestSchema,
  sweepRequestSchema,
  uploadChunkSchema,
  uploadRequestSchema,
  type Catalogue,
  type Comparison,
  type Queue,
  type QueueEntry,
  type RunList,
  type Saved,
  type Session,
  type WireTaskResult,
} from './protocol/index.ts';
import type { QueueFile } from './queue-file.ts';
import { Refused } from './refusal.ts';
import type { RunArchive } from './run-archive.ts';
import { changeLabel, forgetEnded, listRuns } from './run-list.ts';
import type { Job, RunQueue } from './run-queue.ts';
import { contentType, download, streamFile } from './serve-bytes.ts';
import type { Sessions } from './sessions.ts';
import { shownBy } from './shown-by.ts';
import { beginSweep, describeSweep, sweepList } from './sweeps.ts';
import { thumbnail } from './thumbnail.ts';
import { CHUNK_BYTES, type Uploads } from './uploads.ts';
import type { DocumentWatch } from './watch-documents.ts';

/** What the routes answer from. */
export interface RouteParts extends AskingParts {
  readonly registry: StageRegistry;
  readonly store: DiskStore;
  readonly sessions: Sessions;
  readonly queue: RunQueue;
  readonly queueFile: QueueFile;
  readonly archive: RunArchive;
  readonly uploads: Uploads;
  readonly watch: DocumentWatch;
  readonly page: PageFiles;
  readonly player: PageFiles;
  readonly session: Session;
  /** known once the server listens */
  readonly port: () => number;
  readonly link: () => string;
  /** Signs what is downloaded. */
  readonly seal?: Seal;
}

type App = Hono<{ Bindings: HttpBindings }>;
type Ctx = Context<{ Bindings: HttpBindings }>;

const JSON_BYTES = 2 ** 20;
/** A text as JSON is longer than itself, by its quotes and breaks. */
const DOCUMENT_JSON_BYTES = LARGEST_GRAPH + 8 * 2 ** 20;
const CHUNK_JSON_BYTES = Math.ceil(CHUNK_BYTES / 3) * 4 + 1000;

/** All routes, behind the guard. What is not named here does not exist. */
export function createRoutes(parts: RouteParts): App {
  const app: App = behindDoor(parts);
  addDocumentRoutes(app, parts);
  addRunRoutes(app, parts);
  addArtifactRoutes(app, parts);
  addOutputRoutes(app, parts);
  addPlayer(app, parts.player);
  app.get('*', async (c, next) => {
    if (c.req.path === '/' && !parts.page.isBuilt)
      return c.html(doorPage('page: expected the notebook’s page to be built, got none; run npm run build'), 503);
    const answer = await parts.page.serve(c.req.path, c.req.header('accept-encoding'));
    return answer ?? next();
  });
  return app;
}

function addDocumentRoutes(app: App, parts: RouteParts): void {
  const { documents, files, watch, uploads } = parts;
  app.get(ROUTES.session, (c) => c.json(parts.session satisfies Session));
  app.post(ROUTES.links, async (c) => {
    await body(c, z.strictObject({}));
    return c.json({ url: parts.link() });
  });
  let catalogue: Promise<Catalogue> | undefined;
  app.get(ROUTES.catalogue, async (c) =>
    c.json(
      await (catalogue ??= lackingHere(parts.registry).then((lacking) => ({
        ...catalogueOf(parts.registry),
        lacking,
      }))),
    ),
  );
  app.get(ROUTES.documents, async (c) => c.json(await documents.list()));
  app.get(ROUTES.document, async (c) => {
    const opened = await documents.open(query(c, 'path'));
    watch.add(await files.resolveExisting(opened.path), opened.digest);
    return c.json(opened);
  });
  app.put(ROUTES.document, async (c) => {
    const request = await body(c, saveRequestSchema, DOCUMENT_JSON_BYTES);
    let real = '';
    const saved: Saved = await documents.save(request, (path, digest) => watch.add((real = path), digest));
    watch.saved(real, saved.digest, request.by ?? null);
    return c.json(saved);
  });
  app.post(ROUTES.removal, async (c) => {
    const { path, base } = await body(c, removeRequestSchema);
    await documents.remove(path, base);
    return c.json({});
  });
  app.post(ROUTES.uploads, async (c) => c.json(await uploads.begin(await body(c, uploadRequestSchema))));
  app.post(ROUTES.upload, async (c) =>
    c.json(await uploads.receive(c.req.param('upload'), await body(c, uploadChunkSchema, CHUNK_JSON_BYTES))),
  );
  app.get(ROUTES.export, async (c) => {
    const { document } = await documents.load(query(c, 'path'));
    const [path, size, run] = [query(c, 'path'), c.req.query('size'), c.req.query('run')];
    return download(
      new TextEncoder().encode(await exportPage(parts, { document, path, size, run })),
      `${document.name}.html`,
    );
  });
}

function addRunRoutes(app: App, parts: RouteParts): void {
  const { queue, queueFile, archive, registry, store, stateFolder } = parts;
  /** What was answered is on disk. */
  const enqueue = async (job: Job): Promise<QueueEntry> => {
    const entry = queue.add(job);
    await queueFile.kept();
    return entry;
  };
  app.post(ROUTES.plan, async (c) =>
    c.json(planSchema.parse(await planOf(parts, await body(c, planRequestSchema, DOCUMENT_JSON_BYTES)))),
  );
  const isUnderWay = (run: string): boolean => ['running', 'stopping'].includes(queue.find(run)?.state.kind ?? '');
  app.get(ROUTES.runs, async (c) =>
    c.json((await listRuns(parts, c.req.query('graph'), isUnderWay)) satisfies RunList),
  );
  app.put(ROUTES.label, async (c) => {
    await changeLabel(parts, c.req.param('run'), await body(c, labelRequestSchema));
    return c.json({});
  });
  app.post(ROUTES.forget, async (c) => {
    await body(c, z.strictObject({}));
    const run = c.req.param('run');
    await forgetEnded(parts, run, (queue.find(run)?.state.kind ?? 'ended') !== 'ended');
    return c.json({});
  });
  app.post(ROUTES.runs, async (c) => c.json(await enqueue(await jobOf(parts, await body(c, runRequestSchema))), 202));
  app.get(ROUTES.queue, (c) => c.json({ entries: queue.entries() } satisfies Queue));
  app.get(ROUTES.run, async (c) =>
    c.body(await archive.text(c.req.param('run')), 200, { 'content-type': 'application/json; charset=utf-8' }),
  );
  app.post(ROUTES.cancel, async (c) => {
    await body(c, z.strictObject({}));
    return c.json(queue.cancel(c.req.param('run')) satisfies QueueEntry);
  });
  app.post(ROUTES.proceed, async (c) => {
    await body(c, z.strictObject({}));
    return c.json(await enqueue(await leftJob(parts, queue.held(c.req.param('run')))), 202);
  });
  app.get(ROUTES.history, async (c) => c.json(await archive.history(c.req.param('run'))));
  app.get(ROUTES.compare, async (c) => {
    const [a, b] = [await archive.record(query(c, 'a')), await archive.record(query(c, 'b'))];
    const figures = (await compareFigures([a, b], registry, store)).map((row) => ({
      ...row,
      element: { ...row.element },
      values: [...row.values],
    }));
    const outputs = (await compareOutputs([a, b], registry, store)).map((row) => ({ ...row, runs: [...row.runs] }));
    return c.json({
      runs: [a.run, b.run],
      changes: diffRuns(a, b),
      figures,
      outputs,
      nodes: compareNodes(a, b),
    } satisfies Comparison);
  });
  app.get(ROUTES.sweeps, async (c) => c.json(await sweepList(stateFolder)));
  app.post(ROUTES.sweeps, async (c) => {
    const { sweep } = await beginSweep(parts, queue, await body(c, sweepRequestSchema));
    await queueFile.kept();
    return c.json(await describeSweep(stateFolder, sweep, queue, archive, registry, store), 202);
  });
  app.get(ROUTES.sweep, async (c) =>
    c.json(await describeSweep(stateFolder, c.req.param('sweep'), queue, archive, registry, store)),
  );
}

function addArtifactRoutes(app: App, { registry, store }: RouteParts): void {
  app.get(ROUTES.result, async (c) => {
    const key = c.req.param('key');
    const result = /^[0-9a-f]{64}$/.test(key) ? await store.getResult(key) : undefined;
    if (result === undefined)
      throw new Refused(404, {
        code: 'gateway.not-found',
        where: `results.${key.slice(0, 64)}`,
        expected: 'the key of a task whose result is here',
        got: 'none',
        remedy: 'run it',
      });
    const { previews, seconds } = result.about as unknown as {
      previews: Record<string, Preview | Preview[]>;
      seconds: number;
    };
    const types = portTypes(registry);
    const outputs = Object.entries(result.outputs).map(([port, stored]) => {
      const refs = stored === null ? null : 'digest' in stored ? [stored] : stored;
      const looks = [previews[port] ?? []].flat();
      return [
        port,
        refs &&
          refs.map((ref, at) => ({
            artifact: { ...ref, files: ref.files.map((file) => ({ ...file })) },
            preview: shownBy(types.get(ref.type), looks[at] ?? { summary: '' }),
          })),
      ] as const;
    });
    return c.json({ key, seconds, outputs: Object.fromEntries(outputs) } satisfies WireTaskResult);
  });
  app.get(ROUTES.artifact, async (c) => c.json(await store.describe(c.req.param('digest'))));
  app.get(ROUTES.file, async (c) => {
    const { digest, file } = c.req.param();
    const width = c.req.query('width');
    const scaled = width === undefined ? '' : `-${width.slice(0, 5)}`;
    const tag = `"${digest.slice(0, 32)}-${encodeURIComponent(file)}${scaled}"`;
    const headers = {
      'content-type': contentType(file),
      etag: tag,
      'cache-control': 'private, max-age=31536000, immutable',
      'content-security-policy': ARTIFACT_POLICY,
    };
    if (c.req.header('if-none-match') === tag && (await store.has(digest))) return c.body(null, 304, headers);
    const path = await verifiedPath(store, digest, file);
    if (width !== undefined)
      return c.body((await thumbnail(path, file, width)) as Uint8Array<ArrayBuffer>, 200, {
        ...headers,
        'content-type': 'image/png',
      });
    return streamFile(path, (await stat(path)).size, c.req.header('range'), headers);
  });
}

/** Artifacts by the run that made them: they carry its graph. */
function addOutputRoutes(app: App, parts: RouteParts): void {
  const { archive } = parts;
  app.get(ROUTES.output, async (c) => {
    const { run, file } = c.req.param();
    const record = await archive.record(run);
    const output = Object.hasOwn(record.outputs, file) ? record.outputs[file] : undefined;
    if (output === undefined)
      throw new Refused(404, {
        code: 'gateway.not-found',
        where: `runs.${run}.outputs`,
        expected: `one of ${Object.keys(record.outputs).join(', ') || 'none'}`,
        got: `"${file.slice(0, 100)}"`,
        remedy: 'choose one of them',
      });
    return withGraph(parts, record, { ...output, name: file });
  });
  app.get(ROUTES.download, async (c) => {
    const { run, digest, file } = c.req.param();
    const record = await archive.record(run);
    const from = record.tasks.flatMap(({ task, outputs }) =>
      Object.entries(outputs).flatMap(([port, made]) =>
        [made ?? []].flat().includes(digest) ? [`${task.replace(/\[.*$/, '')}.${port}`] : [],
      ),
    )[0];
    if (from === undefined)
      throw new Refused(404, {
        code: 'gateway.not-found',
        where: `runs.${run}`,
        expected: 'an artifact that it made',
        got: digest.slice(0, 64),
        remedy: 'choose one of its own',
      });
    return withGraph(parts, record, { digest, file, from, name: file });
  });
}

/** A file with the graph that made it in it, signed as where a run writes it. */
async function withGraph(
  { store, seal }: RouteParts,
  record: RunRecord,
  { digest, file, from, name }: { digest: string; file: string; from: string; name: string },
): Promise<Response> {
  const { graph, size, seed, set, inputs: given, versions } = record;
  const inputs = Object.fromEntries(Object.entries(given).map(([input, each]) => [input, each.digest]));
  const carried = { document: graph, size, seed, set, inputs, from };
  const bytes = carryGraph(await store.readFile(digest, file), carried);
  const task = makerOf(record, digest, from);
  const leaving = { name, bytes, artifact: digest, carried, given, task, versions };
  const sealed = (await seal?.(leaving)) ?? { bytes };
  return download(sealed.bytes, name, { 'content-security-policy': ARTIFACT_POLICY });
}

/** The task of a run that made an artifact. */
function makerOf({ nodes, tasks }: RunRecord, digest: string, from: string): LeavingFile['task'] {
  const node = nodes[from.slice(0, from.lastIndexOf('.'))];
  const task = tasks.find(({ outputs }) => Object.values(outputs).some((made) => [made ?? []].flat().includes(digest)));
  return { stage: node?.stage.replace(/@.*$/, '') ?? '', params: node?.params ?? {}, key: task?.key ?? '' };
}

/** By path, when it was last found whole: a film is verified once, not at every range that a player asks for. */
const verified = new Map<string, { readonly path: string; readonly changed: number }>();

async function verifiedPath(store: DiskStore, digest: string, file: string): Promise<string> {
  const key = `${digest}/${file}`;
  const known = verified.get(key);
  if (
    known !== undefined &&
    (await stat(known.path).then(
      ({ mtimeMs }) => mtimeMs,
      () => -1,
    )) === known.changed
  )
    return known.path;
  const path = await store.pathOf(digest, file);
  verified.set(key, { path, changed: (await stat(path)).mtimeMs });
  if (verified.size > 10_000) verified.delete(verified.keys().next().value as string);
  return path;
}

/** The body of a change, up to a size, whether its length was told or not. @throws Refused 400, 413 */
async function body<T>(c: Ctx, schema: z.ZodType<T>, most = JSON_BYTES): Promise<T> {
  const tooLarge = (): Refused =>
    new Refused(413, {
      code: 'gateway.too-large',
      where: 'body',
      expected: `up to ${most} bytes`,
      got: 'more',
      remedy: 'send less at once',
    });
  if (Number(c.req.header('content-length') ?? 0) > most) throw tooLarge();
  const bytes = await readUpTo(c.env.incoming, most);
  if (bytes === undefined) throw tooLarge();
  const parsed = schema.safeParse(parseJson(bytes.toString('utf8')));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Refused(400, {
    code: 'gateway.bad-request',
    where: `body.${issue?.path.join('.') ?? ''}`,
    expected: 'what the protocol says',
    got: issue?.message ?? 'something else',
    remedy: 'see the protocol',
  });
}

/**
 * `undefined` for more; then the rest is left unread. Not by iterating: that would end the connection before it is
 * answered.
 */
function readUpTo(incoming: HttpBindings['incoming'], most: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    incoming.on('data', (part: Buffer) => {
      length += part.length;
      if (length <= most) parts.push(part);
      else {
        incoming.pause();
        resolve(undefined);
      }
    });
    incoming.on('end', () => resolve(Buffer.concat(parts)));
    incoming.on('error', reject);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(400, {
      code: 'gateway.bad-request',
      where: 'body',
      expected: 'JSON',
      got: 'other bytes',
      remedy: 'see the protocol',
    });
  }
}

function query(c: Ctx, name: string): string {
  const value = c.req.query(name);
  if (value === undefined || value.length > 500)
    throw new Refused(400, {
      code: 'gateway.bad-request',
      where: `query.${name}`,
      expected: 'a text',
      got: value === undefined ? 'none' : 'a long one',
      remedy: 'see the protocol',
    });
  return value;
}
