/** What `npm run check:mutants` mutates, and the tests that must notice. */
export interface Scope {
  /** globs of source files; `!` leaves out */
  readonly mutate: readonly string[];
  /** Globs of the scope's own tests: a mutant that a distant test would kill counts as survived. */
  readonly tests: readonly string[];
  /** Globs of tests that are left out of them. */
  readonly except?: readonly string[];
  /** Beyond one and a half times what its tests take, a mutant runs without end; `beforeAll` is not among that. */
  readonly seconds?: number;
  /**
   * Every test looks at every mutant, constants too: for tests that look at what a `beforeAll` made, which Stryker
   * otherwise counts for none of them.
   */
  readonly whole?: boolean;
}

/** A library, except its list of exports. */
const library = (folder: string): Scope => ({
  mutate: [`${folder}/src/**/*.ts`, `!${folder}/src/**/index.ts`, '!**/*.d.ts'],
  tests: [`${folder}/test/**/*.test.ts`],
});

export const SCOPES: Readonly<Record<string, Scope>> = {
  guard: {
    mutate: ['apps/gateway/src/guard.ts', 'apps/gateway/src/sessions.ts'],
    tests: ['apps/gateway/test/{guard,sessions}.unit.test.ts'],
  },
  // Texts of megabytes, with a bound on their time: beside other work it fails with nothing changed.
  graph: { ...library('libs/platform/graph'), except: ['**/hostile.security.test.ts'] },
  'gaussian-cloud': library('libs/methods/gaussian-cloud'),
  'gaussian-codec': library('libs/methods/gaussian-codec'),
  'image-quality': library('libs/methods/image-quality'),
  'motion-transformer': library('libs/methods/motion-transformer'),
  'speech-features': library('libs/methods/speech-features'),
  alignment: { ...library('libs/stages/alignment'), seconds: 25 },
  // A step and its parts, by the tests that need no whole fit; then what is made of steps.
  'deformation-fit': {
    mutate: ['libs/stages/deformation-fit/src/*.ts', '!libs/stages/deformation-fit/src/{index,stage,clip-fit}.ts'],
    tests: ['libs/stages/deformation-fit/test/*.test.ts'],
    except: ['**/{control-nodes,hexplane}.unit.test.ts'],
  },
  'deformation-fit-clips': {
    mutate: ['libs/stages/deformation-fit/src/{clip-fit,backbones/*}.ts'],
    tests: ['libs/stages/deformation-fit/test/{control-nodes,hexplane}.unit.test.ts'],
    seconds: 25,
    whole: true,
  },
  evaluation: library('libs/stages/evaluation'),
  'motion-diffusion': { ...library('libs/stages/motion-diffusion'), seconds: 25 },
};

/** The scope that the environment names: `tools/check-mutants.ts` sets it for Stryker and for Vitest. */
export function chosenScope(): Scope {
  const name = process.env.MUTANTS_SCOPE ?? '';
  if (name in SCOPES) return SCOPES[name];
  throw new Error(`MUTANTS_SCOPE: expected one of ${Object.keys(SCOPES).join(', ')}, got "${name}"`);
}
