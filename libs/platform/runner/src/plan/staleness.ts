import { isDeepStrictEqual } from 'node:util';
import { sourceText, type EdgeSource } from '@soliloquy/graph';
import type { Ingredients } from './task-key.ts';

const SHOWN = 60;

/**
 * Why a task has to run: what differs from the last time, in words, the most telling first.
 *
 * @param before ingredients of this node's element when it last ran; `undefined` when it never did
 * @param sources where its inputs come from, to say so
 * @returns at least one reason; `its result is gone` when nothing differs
 */
export function staleReasons(
  before: Ingredients | undefined,
  now: Ingredients,
  sources: ReadonlyMap<string, readonly EdgeSource[]>,
): string[] {
  if (before === undefined) return ['never ran'];
  if (before.stage !== now.stage) return [`stage ${before.stage} -> ${now.stage}`];
  const reasons: string[] = [];
  if (before.stageVersion !== now.stageVersion)
    reasons.push(`${now.stage}@${before.stageVersion} -> @${now.stageVersion}`);
  if (before.backbone !== now.backbone) reasons.push(`backbone ${before.backbone} -> ${now.backbone}`);
  else if (before.backboneVersion !== now.backboneVersion)
    reasons.push(`backbone ${now.backbone} version ${before.backboneVersion} -> ${now.backboneVersion}`);
  if (!isDeepStrictEqual(before.modules, now.modules)) reasons.push("the project's code changed");
  for (const param of union(before.params, now.params)) {
    if (!isDeepStrictEqual(plain(before.params[param]), plain(now.params[param])))
      reasons.push(`params.${param} ${shown(before.params[param])} -> ${shown(now.params[param])}`);
  }
  for (const port of union(before.inputs, now.inputs)) {
    const [old, fresh] = [before.inputs[port] ?? null, now.inputs[port] ?? null];
    if (isDeepStrictEqual(old, fresh)) continue;
    const from = (sources.get(port) ?? []).map(sourceText).join(', ') || 'nowhere';
    if (fresh === null) reasons.push(`input ${port} no longer given`);
    else if (old === null) reasons.push(`input ${port} now given (from ${from})`);
    else reasons.push(`input ${port} changed (from ${from})`);
  }
  for (const port of union(before.titles ?? {}, now.titles ?? {}))
    if (!isDeepStrictEqual(before.titles?.[port], now.titles?.[port])) reasons.push(`titles of input ${port} changed`);
  for (const figure of union(before.measures ?? {}, now.measures ?? {})) {
    const [old, fresh] = [before.measures?.[figure], now.measures?.[figure]];
    if (old !== fresh) reasons.push(`measure of ${figure} version ${old ?? 'none'} -> ${fresh ?? 'none'}`);
  }
  for (const param of union(before.models ?? {}, now.models ?? {}))
    if (before.models?.[param] !== now.models?.[param]) reasons.push(`model of params.${param} changed`);
  if (before.seed !== now.seed) reasons.push(`seed ${before.seed} -> ${now.seed}`);
  if (before.device !== now.device) reasons.push(`device ${before.device} -> ${now.device}`);
  if (before.threads !== now.threads)
    reasons.push(`threads ${before.threads ?? 'not settled'} -> ${now.threads ?? 'not settled'}`);
  if (before.cores !== now.cores)
    reasons.push(`cores ${before.cores ?? 'not settled'} -> ${now.cores ?? 'not settled'}`);
  return reasons.length > 0 ? reasons : ['its result is gone'];
}

function union(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}

/** As JSON keeps it: `undefined` and absent are one. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function shown(value: unknown): string {
  if (value === undefined) return 'unset';
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}
