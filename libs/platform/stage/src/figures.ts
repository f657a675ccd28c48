import type { Metrics } from '@soliloquy/ports';

/** One figure of an output of type `metrics`, as it is known before anything runs. */
export interface Figure {
  readonly unit?: string;
  readonly better?: 'higher' | 'lower';
  /** One line of what it says. */
  readonly text?: string;
  /** Inputs of the stage without which it is not given. */
  readonly needs?: readonly string[];
  /** Models without which it is not given: the node's param `networks` must name them. */
  readonly networks?: readonly string[];
  /** Version of the measure that gives it: part of the key of every task that can give it. */
  readonly version?: number;
  /** Unit of what its series runs over, e.g. `frames`: it has a curve beside the figure, in the figure's unit. */
  readonly series?: string;
  /**
   * Of a figure whose name begins with `/`: the input of type `metrics` every figure of which gives one, e.g.
   * `psnr/mean` for `/mean`.
   */
  readonly of?: string;
}

/** The figures of one output of type `metrics`, by name. */
export type MetricFigures = Readonly<Record<string, Figure>>;

type Note = NonNullable<Metrics['about']>[string];

/** What metrics say of a figure beside its value. */
export function noteOf({ unit, better, text }: Figure): Note {
  return {
    ...(unit !== undefined && { unit }),
    ...(better !== undefined && { better }),
    ...(text !== undefined && { text }),
  };
}

/**
 * Metrics of declared figures: what is said of each comes from its declaration.
 *
 * @param given `texts`: what is said in the place of a declared text, where it depends on the task
 */
export function metricsOf<F extends MetricFigures>(
  figures: F,
  values: { readonly [K in keyof F]?: number },
  given: {
    readonly curves?: Metrics['curves'];
    readonly texts?: { readonly [K in keyof F]?: string };
  } = {},
): Metrics {
  const entries = Object.entries(values as Readonly<Record<string, number | undefined>>).filter(
    (entry): entry is [string, number] => entry[1] !== undefined,
  );
  return {
    values: Object.fromEntries(entries),
    about: Object.fromEntries(
      entries.map(([name]) => {
        const note = noteOf(figures[name] as Figure);
        const text = given.texts?.[name];
        return [name, text === undefined ? note : { ...note, text }];
      }),
    ),
    ...(given.curves !== undefined && { curves: given.curves }),
  };
}

/** What `figuresOf` looks at. */
interface Declaring {
  readonly measures?: Readonly<Record<string, MetricFigures | undefined>>;
}

/** The figures that an output may hold with a backbone; `undefined` where nothing is declared. */
export function figuresOf(stage: Declaring, backbone: Declaring, output: string): MetricFigures | undefined {
  const declared = [stage.measures?.[output], backbone.measures?.[output]].filter((figures) => figures !== undefined);
  return declared.length === 0 ? undefined : Object.assign({}, ...declared);
}

/** What is declared of a figure: under its own name, or under its ending where every figure of an input gives one. */
export function figureNamed(figures: MetricFigures, name: string): Figure | undefined {
  if (Object.hasOwn(figures, name)) return figures[name];
  const ending = Object.keys(figures).find(
    (each) => figures[each]?.of !== undefined && name.endsWith(each) && name.length > each.length,
  );
  return ending === undefined ? undefined : figures[ending];
}
