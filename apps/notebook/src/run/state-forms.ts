import type { NodeState } from '../graph/node-state.ts';

/** One stroke or area of a state's mark, on a grid of 14. */
export interface StateForm {
  readonly path: string;
  /**
   * `fill`: an area; `on`: a stroke in the colour of the paper, on an area; `line`: a stroke; `ring`: a wide stroke;
   * `track`: a wide stroke, faint
   */
  readonly as: 'fill' | 'on' | 'line' | 'ring' | 'track' | 'faint';
  readonly dash?: readonly number[];
}

const CIRCLE = 'M7 2a5 5 0 110 10 5 5 0 010-10z';
const WARNING: readonly StateForm[] = [
  { path: 'M7 .8L13.6 12.6H.4z', as: 'fill' },
  { path: 'M7 5v3.4M7 10.2v.6', as: 'on' },
];
const CLOCK: readonly StateForm[] = [
  { path: CIRCLE, as: 'line' },
  { path: 'M7 4.2V7l1.8 1.4', as: 'line' },
];
const FORMS: Readonly<Record<Exclude<NodeState['kind'], 'running'>, readonly StateForm[]>> = {
  cached: [
    { path: 'M7 1a6 6 0 110 12A6 6 0 017 1z', as: 'fill' },
    { path: 'M4 7.2l2.1 2.1L10 5.2', as: 'on' },
  ],
  failed: WARNING,
  wrong: WARNING,
  stale: [{ path: CIRCLE, as: 'line', dash: [3.2, 2] }],
  queued: CLOCK,
  waiting: CLOCK,
  muted: [
    { path: CIRCLE, as: 'line' },
    { path: 'M3.6 10.4l6.8-6.8', as: 'line' },
  ],
  bypassed: [{ path: 'M1 7h3.2c1.6-5 4-5 5.6 0H13', as: 'line' }],
  unknown: [{ path: CIRCLE, as: 'faint' }],
};

/** A form for each state, so that colour is not needed to tell them apart. @param share 0 … 1 of it is done */
export function stateForms(kind: NodeState['kind'], share?: number): readonly StateForm[] {
  if (kind !== 'running') return FORMS[kind];
  const around = 2 * Math.PI * 5;
  return [
    { path: CIRCLE, as: 'track' },
    { path: CIRCLE, as: 'ring', dash: [around * Math.max(0.12, share ?? 0.25), around] },
  ];
}

/** The colour of a state, of the page's palette. */
export function stateColour(kind: NodeState['kind']): string {
  switch (kind) {
    case 'cached':
      return 'var(--good)';
    case 'failed':
    case 'wrong':
      return 'var(--bad)';
    case 'running':
      return 'var(--accent)';
    case 'stale':
      return 'var(--waiting)';
    default:
      return 'var(--ink-soft)';
  }
}
