import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { basename, join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { openDiskStore } from '@soliloquy/artifacts';
import type { StageRegistry } from '@soliloquy/graph';
import { LARGEST_GRAPH } from '@soliloquy/graph/limits';
import { keepStateInside, type Seal } from '@soliloquy/runner';
import { STORE_FOLDER } from '@soliloquy/runner/record';
import type { Device, GpuCard } from '@soliloquy/stage';
import { roomsOf } from './asking.ts';
import { Documents } from './documents.ts';
import { EventLog } from './event-log.ts';
import { EventsSocket } from './events-socket.ts';
import { listen, PATIENCE_MS, PortTaken } from './listen.ts';
import { PageFiles } from './page-files.ts';
import { ProjectFiles } from './project-files.ts';
import type { Session } from './protocol/index.ts';
import { QueueFile } from './queue-file.ts';
import { createRoutes } from './routes.ts';
import { RunArchive } from './run-archive.ts';
import { RunQueue } from './run-queue.ts';
import { SessionFile } from './session-file.ts';
import { Sessions } from './sessions.ts';
import { CHUNK_BYTES, UPLOAD_BYTES, Uploads } from './uploads.ts';
import { DocumentWatch } from './watch-documents.ts';

export interface GatewayOptions {
  /** The project's folder: no file outside it is read or written for a page. */
  readonly project: string;
  /** The graph to open first, relative to the project. */
  readonly graph: string | undefined;
  /** Caches, journals, sweeps: `.soliloquy`. */
  readonly stateFolder: string;
  /**
   * Where it is kept who was let in, so that pages find a gateway that is started anew: a folder of the person, never
   * of the project. Left out: every start lets in anew.
   */
  readonly sessionsFolder?: string;
  readonly registry: StageRegistry;
  /** Exports the same stages; workers import it. */
  readonly registryModule: string;
  /** The built page. */
  readonly pageFolder: string;
  /** The built player, which the page shows avatars by. */
  readonly playerFolder: string;
  /** 0 for the one that this project's pages know, or any free one. */
  readonly port: number;
  readonly threads: number;
  /** Graphics cards that tasks may have; those that are found when left out. */
  readonly gpus?: readonly GpuCard[];
  /** How long a task may take; a day when left out. */
  readonly taskDeadlineMs?: number;
  /** What runs compute on. Default: the CPU. */
  readonly device?: Device;
  readonly version: string;
  /** For `run.json`. */
  readonly versions: Readonly<Record<string, string>>;
  /** Signs what leaves the store. */
  readonly seal?: Seal;
  /** What the page says when it opens. */
  readonly notes?: readonly string[];
}

/** A gateway that listens. */
export interface Gateway {
  readonly port: number;
  /** Another one-time link to the page. */
  link(): string;
  /** Cancels what runs, ends workers and connections. What was finished is stored. */
  close(): Promise<void>;
}

/**
 * Opens the notebook's gateway on 127.0.0.1. Nothing runs until a page asks for it.
 *
 * @throws PortTaken, StoreError
 */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { registry, registryModule, stateFolder, threads, gpus, taskDeadlineMs, versions, seal } = options;
  const files = await ProjectFiles.open(options.project);
  await keepStateInside(stateFolder, { folders: [options.project, files.root], option: '--store' });
  const store = await openDiskStore(join(stateFolder, STORE_FOLDER));
  const documents = new Documents(files, registry);
  const kept = new SessionFile(options.sessionsFolder, files.root);
  const sessions = new Sessions(kept);
  const log = new EventLog();
  const start = randomBytes(8).toString('hex');
  let port = 0;
  const file = new QueueFile(stateFolder);
  const queue: RunQueue = new RunQueue(
    {
      registry,
      registryModule,
      store,
      stateFolder,
      rooms: roomsOf(files),
      threads,
      gpus,
      taskDeadlineMs,
      versions,
      seal,
      log,
      file,
      changed: () => socket.tell({ type: 'queue', entries: queue.entries() }),
    },
    await file.takeOver(),
  );
  const socket = new EventsSocket({ start, sessions, log, entries: () => queue.entries(), port: () => port });
  const watch = new DocumentWatch((path, digest, by) =>
    socket.tell({ type: 'document-changed', path: files.relative(path), digest, by }),
  );
  const uploads = new Uploads(files);
  const link = (lasts?: number): string => `http://127.0.0.1:${port}/?token=${sessions.newLink(lasts)}`;
  const app = createRoutes({
    files,
    documents,
    registry,
    registryModule,
    store,
    stateFolder,
    device: options.device ?? 'cpu',
    sessions,
    queue,
    queueFile: file,
    archive: new RunArchive(stateFolder),
    uploads,
    watch,
    page: await PageFiles.open(options.pageFolder),
    player: await PageFiles.open(options.playerFolder),
    session: sessionOf(options, start, basename(files.root)),
    port: () => port,
    link,
    seal,
  });
  const server = createServer(
    { requestTimeout: 10 * PATIENCE_MS, headersTimeout: PATIENCE_MS },
    getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  );
  server.on('upgrade', (request, connection, head) => socket.upgrade(request, connection, head));
  port = await listenAgain(server, options.port, kept.port);
  kept.keepPort(port);
  return {
    port,
    link: () => link(Number.POSITIVE_INFINITY),
    async close() {
      watch.close();
      socket.close();
      server.close();
      server.closeAllConnections();
      await Promise.all([queue.close(), uploads.close()]);
    },
  };
}

/** What the page is told when it opens. */
function sessionOf({ version, graph, threads, notes }: GatewayOptions, start: string, project: string): Session {
  return {
    start,
    version,
    project,
    graph: graph ?? null,
    threads,
    notes: [...(notes ?? [])],
    limits: { documentBytes: LARGEST_GRAPH, uploadBytes: UPLOAD_BYTES, chunkBytes: CHUNK_BYTES },
  };
}

/** Where any port will do, on the one that open pages know, if nobody else took it. */
async function listenAgain(server: Server, wanted: number, known: number | undefined): Promise<number> {
  if (wanted !== 0 || known === undefined) return listen(server, wanted);
  return listen(server, known).catch((error: unknown) => {
    if (error instanceof PortTaken) return listen(server, 0);
    throw error;
  });
}
