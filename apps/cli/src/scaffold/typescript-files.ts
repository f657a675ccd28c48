import type { ScaffoldName } from './scaffold-name.ts';

/** Files to write, by path in the project. */
export type ScaffoldFiles = Readonly<Record<string, string>>;

/** A stage that works: text in, text out. One file with its backbone. */
export function stageFiles({ kebab, camel, title }: ScaffoldName): ScaffoldFiles {
  return {
    [`stages/${kebab}.ts`]: `import { z } from 'zod';
import { text } from '@soliloquy/ports';
import { defineStage, type RunOf } from '@soliloquy/stage';

/** ${title}: says a line several times. Begin here: ports, params, then run. */
export const ${camel}Stage = defineStage({
  id: '${kebab}',
  version: 1,
  title: '${title}',
  summary: 'Says a line several times.',
  inputs: { line: { type: text, summary: 'What is said.' } },
  params: z.object({ times: z.int().min(1).max(100).default(2).describe('How often.') }),
  outputs: { line: { type: text, summary: 'The line, several times.' } },
  backbones: {
    plain: {
      version: 1,
      title: 'Plain',
      summary: 'Joins by spaces.',
      params: z.object({}),
      load: () => import('./${kebab}.ts'),
    },
  },
  defaultBackbone: 'plain',
});

/** A pure function of its arguments; all of the world is in the third, \`ctx\`. */
export const run: RunOf<typeof ${camel}Stage, 'plain'> = ({ line }, { times }) => ({
  line: Array.from({ length: times }, () => line).join(' '),
});

export const stages = [${camel}Stage];
`,
    [`stages/${kebab}.test.ts`]: `import { expect, test } from 'vitest';
import { stageContext } from '@soliloquy/testing';
import { ${camel}Stage, run } from './${kebab}.ts';

test('${kebab} says its line as often as it is told', async () => {
  expect(await run({ line: 'Good morning.' }, { times: 3 }, stageContext())).toEqual({
    line: 'Good morning. Good morning. Good morning.',
  });
});

test('${kebab} has a default for every param', () => {
  expect(${camel}Stage.params.parse({})).toEqual({ times: 2 });
});
`,
  };
}

/** Where a stage's declaration can be imported from. */
export interface StageSource {
  readonly id: string;
  /** e.g. `videoDiffusionStage` */
  readonly name: string;
  /** e.g. `@soliloquy/video-diffusion`, or a path from \`backbones/\` */
  readonly from: string;
  readonly defaultBackbone: string;
}

/** A backbone that begins as the stage's default one: its params, its work. */
export function backboneFiles({ kebab, camel, title }: ScaffoldName, stage: StageSource): ScaffoldFiles {
  const model = /^[A-Za-z_]\w*$/.test(stage.defaultBackbone)
    ? `${stage.name}.backbones.${stage.defaultBackbone}`
    : `${stage.name}.backbones['${stage.defaultBackbone}']`;
  const stageImport = `import { ${stage.name} } from '${stage.from}';`;
  const imports = ordered(["import { defineBackbone, openBackbone } from '@soliloquy/stage';", stageImport]);
  const testImports = ordered([
    "import { expect, test, vi } from 'vitest';",
    "import { loadBackbone } from '@soliloquy/stage';",
    stageImport,
    `import { ${camel}Backbone } from './${kebab}.ts';`,
  ]);
  return {
    [`backbones/${kebab}.ts`]: `${imports}

const model = ${model};

/**
 * ${title}, a backbone of ${stage.id}.
 * It begins as ${stage.defaultBackbone}: change what goes in and what comes out, or write your own.
 */
export const ${camel}Backbone = defineBackbone(${stage.name}, '${kebab}', {
  ...model,
  // Counts up whenever the same inputs and params give other results.
  version: 1,
  title: '${title}',
  summary: 'Begins as ${stage.defaultBackbone}.',
  // What it takes beside the params of the stage.
  params: model.params.extend({}),
  run: async (inputs, params, ctx) => {
    const begin = await openBackbone(${stage.name}, '${stage.defaultBackbone}');
    return begin(inputs, params, ctx);
  },
});

export const backbones = [${camel}Backbone];
`,
    [`backbones/${kebab}.test.ts`]: `${testImports}

test('${kebab} is a backbone of ${stage.id}', () => {
  expect(${camel}Backbone).toMatchObject({ stage: ${stage.name}.id, name: '${kebab}' });
  expect(Object.keys(${stage.name}.backbones)).not.toContain('${kebab}');
});

test('${kebab} gives what it was begun with', async () => {
  const begun: { load(): Promise<object> } = ${model};
  vi.spyOn(begun, 'load').mockResolvedValue({ run: (inputs: object) => ({ from: 'a fake', inputs }) });
  const { run } = await loadBackbone('${kebab}', ${camel}Backbone.backbone);
  expect(await run({ a: 1 } as never, {} as never, {} as never)).toEqual({ from: 'a fake', inputs: { a: 1 } });
});
`,
  };
}

/** Packages first, then files of the project. */
function ordered(lines: readonly string[]): string {
  const rank = (line: string): number => (/'vitest'/.test(line) ? 0 : /'@/.test(line) ? 1 : 2);
  const from = (line: string): string => /from (.*)$/.exec(line)?.[1] ?? '';
  return [...lines].sort((a, b) => rank(a) - rank(b) || (from(a) < from(b) ? -1 : 1)).join('\n');
}

/** A port type whose artifact is one JSON file. */
export function portFiles({ kebab, camel, title }: ScaffoldName): ScaffoldFiles {
  return {
    [`ports/${kebab}.ts`]: `import { z } from 'zod';
import { jsonPort } from '@soliloquy/ports';

/** ${title}: begin here. Same value, same bytes. */
export const ${camel}Port = jsonPort({
  id: '${kebab}',
  title: '${title}',
  schema: z.object({ values: z.array(z.number()) }),
  file: '${kebab}.json',
  summary: ({ values }) => \`\${values.length} values\`,
});

export const ports = [${camel}Port];
`,
    [`ports/${kebab}.test.ts`]: `import { expect, test } from 'vitest';
import { ${camel}Port } from './${kebab}.ts';

test('${kebab} keeps every bit of a value', async () => {
  const value = { values: [0.1, -2, 3e9] };
  expect(await ${camel}Port.decode(await ${camel}Port.encode(value))).toEqual(value);
  expect(${camel}Port.preview(value).summary).toBe('3 values');
});

test('${kebab} refuses what is none', () => {
  expect(${camel}Port.schema.safeParse({ values: 'none' }).success).toBe(false);
});
`,
  };
}

/** A measure of films: their mean brightness, frame by frame. */
export function measureFiles({ kebab, camel, title }: ScaffoldName): ScaffoldFiles {
  return {
    [`measures/${kebab}.ts`]: `import { evaluationInputs } from '@soliloquy/evaluation';
import { defineMeasure } from '@soliloquy/stage';

/** ${title}: how bright the film is. Begin here: name what it needs, then measure it. */
export const ${camel}Measure = defineMeasure({
  of: evaluationInputs,
  name: '${kebab}',
  version: 1,
  unit: 'levels',
  text: 'mean of red, green and blue over all pixels, 0 to 255',
  series: 'frames',
  needs: ['video'],
  async measure({ video }, _params, { signal }) {
    const series: number[] = [];
    for await (const rgba of video.read()) {
      signal.throwIfAborted();
      series.push(meanLevel(rgba));
    }
    return { value: series.reduce((sum, value) => sum + value, 0) / series.length, series };
  },
});

/** @param rgba u8 [H, W, 4] sRGB */
function meanLevel(rgba: Uint8ClampedArray): number {
  let sum = 0;
  for (let at = 0; at < rgba.length; at += 4) sum += rgba[at] + rgba[at + 1] + rgba[at + 2];
  return sum / (0.75 * rgba.length);
}

export const measures = [${camel}Measure];
`,
    [`measures/${kebab}.test.ts`]: `import { expect, test } from 'vitest';
import { videoFromFrames } from '@soliloquy/media';
import { takeMeasures } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { ${camel}Measure } from './${kebab}.ts';

test('${kebab} is the mean level of a film, and follows it frame by frame', async () => {
  const video = videoFromFrames({ width: 16, height: 16, fps: 25, frames: 2 }, async function* () {
    for (const level of [10, 30]) yield new Uint8ClampedArray(16 * 16 * 4).fill(level);
  });
  const { values, curves } = await takeMeasures([${camel}Measure], { video }, {}, stageContext());
  expect(values['${kebab}']).toBe(20);
  expect(curves?.['${kebab}']).toEqual([10, 30]);
});

test('${kebab} is not measured without a film', async () => {
  expect((await takeMeasures([${camel}Measure], {}, {}, stageContext())).values).toEqual({});
});
`,
  };
}

/** What a project needs so that an editor and \`tsc\` read its files. */
export const TSCONFIG = `${JSON.stringify(
  {
    compilerOptions: {
      target: 'ES2024',
      lib: ['ES2024', 'ESNext.Disposable', 'DOM'],
      module: 'preserve',
      strict: true,
      noImplicitOverride: true,
      noFallthroughCasesInSwitch: true,
      noEmit: true,
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
      allowImportingTsExtensions: true,
      resolveJsonModule: true,
      skipLibCheck: true,
      types: ['node'],
    },
    include: ['*.ts', 'stages', 'backbones', 'measures', 'ports'],
  },
  null,
  2,
)}
`;
