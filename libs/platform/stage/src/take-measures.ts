import type { z } from 'zod';
import { Fault } from '@soliloquy/fault';
import type { Metrics } from '@soliloquy/ports';
import type { StageContext } from './context.ts';
import type { Measure, Reading, Share } from './define-measure.ts';
import { noteOf, type Figure, type MetricFigures } from './figures.ts';

/**
 * Every figure of a list of measures, as a stage that takes them declares it.
 *
 * @throws Fault `stage.bad-declaration` when two measures have one name or give one figure
 */
export function figuresOfMeasures(measures: readonly Measure[]): MetricFigures {
  const figures: Record<string, Figure> = {};
  const by = new Map<string, string>();
  for (const [index, measure] of measures.entries()) {
    if (measures.findIndex(({ name }) => name === measure.name) !== index)
      throw clash(`measure ${measure.name}`, 'one measure of this name', 'two');
    for (const [name, figure] of measure.parts.flatMap((part) => Object.entries(part.figures))) {
      if (by.has(name))
        throw clash(`measure ${measure.name}`, `figures that no other gives`, `"${name}", which ${by.get(name)} gives`);
      by.set(name, measure.name);
      figures[name] = figure;
    }
  }
  return figures;
}

/**
 * The params that a list of measures reads. Several may read one: then it is the same object.
 *
 * @throws Fault `stage.bad-declaration` when two measures declare one name differently
 */
export function paramsOfMeasures(measures: readonly Measure[]): z.ZodRawShape {
  const shape: Record<string, z.ZodRawShape[string]> = {};
  for (const { name, params } of measures)
    for (const [param, field] of Object.entries(params)) {
      if (shape[param] !== undefined && shape[param] !== field)
        throw clash(`measure ${name}.params.${param}`, 'a param of its own, or the very same', 'another of this name');
      shape[param] = field;
    }
  return shape;
}

/** The param of a stage by which a node names the networks that its measures read. */
export const NETWORKS_PARAM = 'networks';

/** Networks that some of the measures read, each once, in their order. */
export function networksOfMeasures(measures: readonly Measure[]): string[] {
  return [...new Set(measures.flatMap(({ networks }) => networks))];
}

/**
 * Runs the measures whose inputs are given and whose networks are named, one after the other.
 *
 * @param inputs by name; `undefined` and an empty array stand for an input that is not connected
 * @returns figures in the order of the measures; a series becomes the curve of its figure's name
 * @throws Fault `stage.bad-output` when a measure gives a figure or a series that it does not declare, or one that is
 *   not finite; what a measure throws
 */
export async function takeMeasures(
  measures: readonly Measure[],
  inputs: Readonly<Record<string, unknown>>,
  params: Readonly<Record<string, unknown>>,
  ctx: StageContext,
): Promise<Metrics> {
  const given = (port: string): boolean => {
    const value = inputs[port];
    return value !== undefined && !(Array.isArray(value) && value.length === 0);
  };
  const named = (params[NETWORKS_PARAM] ?? []) as readonly string[];
  const able = measures.filter(({ networks }) => networks.every((network) => named.includes(network)));
  const parts = able.flatMap(({ name, parts: all }) =>
    all.filter(({ needs }) => needs.every(given)).map((part) => ({ name, ...part })),
  );
  const share = sharing();
  const metrics: Building = { values: {}, about: {}, curves: {} };
  for (const [index, { name, figures, measure }] of parts.entries()) {
    await ctx.step(index, parts.length, name);
    const readings = await measure(inputs as never, params as never, ctx, share);
    for (const [figure, reading] of Object.entries(readings))
      if (reading !== undefined) note(metrics, { measure: name, name: figure, figure: figures[figure] }, reading);
  }
  ctx.progress(parts.length, parts.length);
  const { curves, ...rest } = metrics;
  return Object.keys(curves).length > 0 ? metrics : rest;
}

function sharing(): Share {
  const shared = new Map<string, unknown>();
  return <T>(key: string, compute: () => T): T => {
    if (!shared.has(key)) shared.set(key, compute());
    return shared.get(key) as T;
  };
}

type Building = {
  values: Record<string, number>;
  about: Record<string, NonNullable<Metrics['about']>[string]>;
  curves: Record<string, readonly number[]>;
};

function note(
  metrics: Building,
  { measure, name, figure }: { measure: string; name: string; figure: Figure | undefined },
  reading: Reading,
): void {
  const { value, series, at } =
    typeof reading === 'number' ? { value: reading, series: undefined, at: undefined } : reading;
  if (figure === undefined) throw badOutput(`measure ${measure}`, 'figures that it declares', `"${name}"`);
  if (!Number.isFinite(value)) throw badOutput(`measure ${measure}.${name}`, 'a finite number', String(value));
  metrics.values[name] = value;
  const said = noteOf(figure);
  metrics.about[name] = at === undefined ? said : { ...said, text: `${said.text}, ${at}` };
  if (series === undefined) return;
  if (figure.series === undefined) throw badOutput(`measure ${measure}.${name}`, 'no series, as declared', 'one');
  metrics.curves[name] = [...series];
  metrics.about[name] = { ...metrics.about[name], over: figure.series };
}

function badOutput(where: string, expected: string, got: string): Fault {
  return new Fault({
    code: 'stage.bad-output',
    where,
    expected,
    got,
    remedy: 'mend the measure or its declaration',
    audience: 'author',
  });
}

function clash(where: string, expected: string, got: string): Fault {
  return new Fault({ code: 'stage.bad-declaration', where, expected, got, remedy: 'rename one', audience: 'author' });
}
