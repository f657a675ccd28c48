import { z } from 'zod';

/** When a fault was found: before anything ran (the command exits with 2), or while it ran. */
export const PHASES = ['before-run', 'run'] as const;
export type Phase = (typeof PHASES)[number];

/** Who can mend it: the person who runs a graph, or the author of the code that failed (then the sentence asks for a report). */
const AUDIENCES = ['person', 'author'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** The one spelling of codes: `area.kebab`, e.g. `stage.no-face`. Stable: tests, pages and scripts branch on it. */
export type FaultCode = `${string}.${string}`;
const CODE = /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/;

/** The parts of a fault as they travel between processes, machines and pages. */
export const faultPartsSchema = z.object({
  code: z.custom<FaultCode>((value) => typeof value === 'string' && CODE.test(value), { error: 'a code "area.kebab"' }),
  where: z.string().describe('What is at fault: a value, file, param or port, e.g. "fit.video".'),
  expected: z.string(),
  got: z.string(),
  remedy: z.string().describe('What to do about it.'),
  phase: z.enum(PHASES).default('run'),
  audience: z.enum(AUDIENCES).default('person'),
});

/** What a fault is made of. `phase` is `run` and `audience` is `person` where they are left out. */
export type FaultParts = z.input<typeof faultPartsSchema>;

/** The house form: `where: expected …, got …; remedy`. */
export function sentenceOf({ where, expected, got, remedy }: Omit<FaultParts, 'code'>): string {
  return `${where}: expected ${expected}, got ${got}; ${remedy}`;
}

/**
 * Something that is not as it must be, told to somebody who can mend it. Every error that a person is meant to read is one;
 * anything else that is thrown is a defect. `message` is built from the parts.
 */
export class Fault extends Error {
  override readonly name: string = 'Fault';
  readonly code: FaultCode;
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  readonly remedy: string;
  readonly phase: Phase;
  readonly audience: Audience;

  constructor(parts: FaultParts, options?: ErrorOptions) {
    super(sentenceOf(parts), options);
    this.code = parts.code;
    this.where = parts.where;
    this.expected = parts.expected;
    this.got = parts.got;
    this.remedy = parts.remedy;
    this.phase = parts.phase ?? 'run';
    this.audience = parts.audience ?? 'person';
  }
}

/** The parts of a fault, as plain JSON. */
export function partsOf({ code, where, expected, got, remedy, phase, audience }: Fault): Required<FaultParts> {
  return { code, where, expected, got, remedy, phase, audience };
}

/**
 * Anything thrown as a fault: itself if it is one, else a defect to report.
 *
 * @param where what failed, in the person's words
 * @param expected what should have come instead
 */
export function unexpected(thrown: unknown, where: string, expected = 'a result'): Fault {
  if (thrown instanceof Fault) return thrown;
  const got = thrown instanceof Error ? `${thrown.name}: ${thrown.message.split('\n', 1)[0]}` : String(thrown);
  return new Fault(
    {
      code: 'soliloquy.internal',
      where,
      expected,
      got,
      remedy: 'report this with SOLILOQUY_DEBUG=1',
      audience: 'author',
    },
    { cause: thrown },
  );
}
