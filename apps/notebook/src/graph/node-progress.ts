import type { FaultParts } from '@soliloquy/fault';
import type { RunEvent } from '@soliloquy/gateway/protocol';

/** One element of a node while it runs. Times in ms of the page's clock. */
export interface RunningElement {
  readonly startedAt: number;
  readonly done: number;
  readonly total: number;
  readonly note?: string;
  /** What is being made, as it was last shown: a `data:` address. */
  readonly picture?: string;
}

/** Why the task of an element failed. */
export interface TaskFailure extends FaultParts {
  readonly element: string;
  readonly message: string;
}

/** What a run has said of one node so far. */
export interface NodeProgress {
  /** how many elements it has; undefined while an axis is not known */
  readonly elements?: number;
  readonly running: ReadonlyMap<string, RunningElement>;
  /** keys of finished elements, by element */
  readonly keys: ReadonlyMap<string, string>;
  readonly cached: number;
  /** seconds that executed elements took, added up */
  readonly seconds: number;
  readonly failures: readonly TaskFailure[];
}

const NOTHING: NodeProgress = { running: new Map(), keys: new Map(), cached: 0, seconds: 0, failures: [] };

/** The node that an event is about, with what it changes; `undefined` for events of the whole run. */
export function advance(before: NodeProgress | undefined, event: RunEvent, now: number): NodeProgress | undefined {
  if (!('node' in event)) return undefined;
  const was = before ?? NOTHING;
  switch (event.type) {
    case 'node-expanded':
      return { ...was, elements: event.elements };
    case 'task-cached':
      return { ...was, keys: new Map(was.keys).set(event.element, event.key), cached: was.cached + 1 };
    case 'task-started':
      return { ...was, running: new Map(was.running).set(event.element, { startedAt: now, done: 0, total: 0 }) };
    case 'task-progress': {
      const running = was.running.get(event.element);
      return {
        ...was,
        running: new Map(was.running).set(event.element, {
          startedAt: running?.startedAt ?? now,
          done: event.done,
          total: event.total,
          note: event.note,
          picture: event.picture ?? running?.picture,
        }),
      };
    }
    case 'task-finished':
      return {
        ...was,
        running: without(was.running, event.element),
        keys: new Map(was.keys).set(event.element, event.key),
        seconds: was.seconds + event.seconds,
      };
    case 'task-failed': {
      const { type: _type, node: _node, ...failure } = event;
      return { ...was, running: without(was.running, event.element), failures: [...was.failures, failure] };
    }
    case 'artifact-lost':
      return { ...was, keys: without(was.keys, event.element) };
    default:
      return was;
  }
}

function without<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

/** Share of a node that is done, 0 … 1; undefined while nothing is known. */
export function shareDone({ elements, running, keys }: NodeProgress): number | undefined {
  const of = elements ?? (running.size > 0 ? running.size + keys.size : 0);
  if (of === 0) return undefined;
  const partly = [...running.values()].reduce(
    (sum, { done, total }) => sum + (total > 0 ? Math.min(1, done / total) : 0),
    0,
  );
  return Math.min(1, (keys.size + partly) / of);
}

/** Seconds until a node is done, judged by its progress so far; undefined while there is too little of it. */
export function secondsLeft(progress: NodeProgress, now: number): number | undefined {
  const { elements, running, keys, cached, seconds } = progress;
  const estimates = [...running.values()].flatMap(({ startedAt, done, total }) =>
    done > 0 && total > 0
      ? [{ left: ((now - startedAt) / 1000 / done) * (total - done), whole: ((now - startedAt) / 1000 / done) * total }]
      : [],
  );
  const executed = keys.size - cached;
  if (estimates.length === 0 && executed === 0) return undefined;
  const left = Math.max(0, ...estimates.map((estimate) => estimate.left));
  const each =
    executed > 0 ? seconds / executed : estimates.reduce((sum, { whole }) => sum + whole, 0) / estimates.length;
  const behind = Math.max(0, (elements ?? 0) - keys.size - running.size);
  return left + (behind * each) / Math.max(1, running.size);
}

/** `12 s`, `3 min`, `1 h 20 min`. */
export function duration(seconds: number): string {
  if (seconds < 0.95) return seconds < 0.05 ? '0 s' : `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
