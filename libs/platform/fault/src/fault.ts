/** When a fault was found: before anything ran (the command exits with 2), or while it ran. */
export const PHASES = ['before-run', 'run'] as const;
export type Phase = (typeof PHASES)[number];

/**
 * Who can mend it: the person who runs a graph, or the author of the code that failed (then the sentence asks for a
 * report).
 */
export const AUDIENCES = ['person', 'author'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** The one spelling of codes: `area.kebab`, e.g. `stage.no-face`. Stable: tests, pages and scripts branch on it. */
export type FaultCode = `${string}.${string}`;

/** What a fault is made of. */
export interface FaultParts {
  readonly code: FaultCode;
  /** What is at fault: a value, file, param or port, e.g. `fit.video`. */
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  /** What to do about it, where `expected` and `got` do not say it already. */
  readonly remedy?: string;
  /** Default: that of the class, `run` for most. */
  readonly phase?: Phase;
  /** Default: `person`. */
  readonly audience?: Audience;
}

/**
 * The house form, in one line of bounded length whatever the parts quote: `where: expected …, got …; remedy`.
 */
export function sentenceOf({ where, expected, got, remedy }: Omit<FaultParts, 'code'>): string {
  const said = `${inShort(where)}: expected ${inShort(expected)}, got ${inShort(got)}`;
  return remedy === undefined ? said : `${said}; ${inShort(remedy)}`;
}

/** What ends a line, with the indent of the next: a parser quotes what stands around a fault. */
const BREAKS = /\s*[\n\r\u0085\u2028\u2029]\s*/g;
/** Lists of what is installed stay below; names and shapes of a stranger need not. */
const LONGEST_PART = 1000;

function inShort(part: string): string {
  const cut = part.length > LONGEST_PART ? `${part.slice(0, LONGEST_PART - 1)}…` : part;
  return cut.replace(BREAKS, ' ');
}

/**
 * Something that is not as it must be, told to somebody who can mend it. Every error that a person is meant to read is
 * one; anything else that is thrown is a defect. `message` is built from the parts.
 */
export class Fault<Code extends FaultCode = FaultCode> extends Error {
  /** Of the errors of a subclass, where a fault does not say it itself. */
  static readonly phase: Phase = 'run';
  override readonly name: string = 'Fault';
  readonly code: Code;
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  readonly remedy: string | undefined;
  readonly phase: Phase;
  readonly audience: Audience;

  constructor(parts: FaultParts & { readonly code: Code }, options?: ErrorOptions) {
    super(sentenceOf(parts), options);
    this.code = parts.code;
    this.where = parts.where;
    this.expected = parts.expected;
    this.got = parts.got;
    this.remedy = parts.remedy;
    this.phase = parts.phase ?? new.target.phase;
    this.audience = parts.audience ?? 'person';
  }
}

/** The parts of a fault, as plain JSON. */
export function partsOf({ code, where, expected, got, remedy, phase, audience }: Fault): FaultParts {
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
