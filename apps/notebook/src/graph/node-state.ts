import type { FaultParts } from '@soliloquy/fault';
import type { WireGraphError, WireNodePlan } from '@soliloquy/gateway/protocol';
import type { GraphNode } from '@soliloquy/graph';
import { duration, secondsLeft, shareDone, type NodeProgress, type TaskFailure } from './node-progress.ts';

/** The state of a node: what its footer, its outline and its name for a screen reader are made of. */
export interface NodeState {
  readonly kind:
    'wrong' | 'muted' | 'bypassed' | 'failed' | 'running' | 'queued' | 'cached' | 'stale' | 'waiting' | 'unknown';
  /** one line */
  readonly words: string;
  /** all of it, with remedies */
  readonly details: readonly string[];
  /** where it is wrong or failed: what of it, part by part; then `details` are the same as sentences */
  readonly faults?: readonly (WireGraphError | TaskFailure)[];
  /** 0 … 1 while it runs */
  readonly share?: number;
}

/** What is known of a node. */
export interface NodeFacts {
  readonly node: GraphNode;
  readonly errors: readonly WireGraphError[];
  readonly plan: WireNodePlan | undefined;
  readonly progress: NodeProgress | undefined;
  /** whether a run of this graph is under way that this node takes part in */
  readonly inRun: boolean;
  /** ms of the page's clock */
  readonly now: number;
}

/**
 * Judged by what a person has to know first: that it cannot run, that it is left out, that it failed, how far it is,
 * and whether its result is there.
 */
export function stateOf({ node, errors, plan, progress, inRun, now }: NodeFacts): NodeState {
  if (errors.length > 0)
    return {
      kind: 'wrong',
      words: errors.length === 1 ? shortly(errors[0] as FaultParts) : `${errors.length} things are wrong`,
      details: errors.map(({ message }) => message),
      faults: errors,
    };
  if (node.skip === 'mute')
    return {
      kind: 'muted',
      words: 'muted: left out',
      details: ['It and all that cannot do without it are left out of a run.'],
    };
  if (node.skip === 'bypass')
    return { kind: 'bypassed', words: 'bypassed', details: ['What comes in goes on as it is, where types agree.'] };
  if (inRun && progress !== undefined) {
    if (progress.failures.length > 0) return failed(progress);
    if (progress.running.size > 0) return running(progress, now);
    const all = progress.elements ?? 1;
    if (progress.keys.size >= all && progress.keys.size > 0)
      return {
        kind: 'cached',
        words: progress.cached === progress.keys.size ? 'cached' : `done in ${duration(progress.seconds)}`,
        details: [],
      };
  }
  if (inRun)
    return {
      kind: 'queued',
      words:
        progress !== undefined && progress.keys.size > 0
          ? `queued, ${progress.keys.size} of ${progress.elements ?? '?'} done`
          : 'queued',
      details: [],
      share: progress && shareDone(progress),
    };
  if (progress !== undefined && progress.failures.length > 0 && plan !== undefined && plan.stale.length > 0)
    return failed(progress);
  if (plan === undefined) return { kind: 'unknown', words: '', details: [] };
  if (plan.stale.length > 0) {
    const reasons = [...new Set(plan.stale.flatMap((each) => each.reasons))];
    const count = plan.stale.length > 1 ? `${plan.stale.length} × ` : '';
    return {
      kind: 'stale',
      words: `stale · ${count}${reasons[0] ?? ''}${reasons.length > 1 ? ' …' : ''}`,
      details: reasons,
    };
  }
  if (plan.waiting > 0 || plan.elements === null)
    return {
      kind: 'waiting',
      words: `waits for ${plan.waitsFor.join(', ')}`,
      details: [`It cannot be judged before ${plan.waitsFor.join(', ')} ran.`],
    };
  return {
    kind: 'cached',
    words: plan.cached.length > 1 ? `cached · ${plan.cached.length} results` : 'cached',
    details: ['Its result is there: nothing runs.'],
  };
}

function failed(progress: NodeProgress): NodeState {
  return {
    kind: 'failed',
    words: `failed · ${shortly(progress.failures[0] as FaultParts)}`,
    details: progress.failures.map(({ element, message }) => `${element}: ${message}`),
    faults: progress.failures,
  };
}

function running(progress: NodeProgress, now: number): NodeState {
  const share = shareDone(progress);
  const left = secondsLeft(progress, now);
  const note = [...progress.running.values()][0]?.note;
  const words = [
    share === undefined ? 'running' : `${Math.round(share * 100)} %`,
    ...(left === undefined ? [] : [`${duration(left)} left`]),
    ...(note === undefined ? [] : [note]),
  ].join(' · ');
  return { kind: 'running', words, details: [...progress.running.keys()], share };
}

/** In one line, beside what is at fault: without where that is, and without what to do. */
export function shortly({ expected, got }: FaultParts): string {
  return `expected ${expected}, got ${got}`;
}
