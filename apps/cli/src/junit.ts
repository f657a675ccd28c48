import { printable, unexpected, type FaultParts } from '@soliloquy/fault';
import { InvalidGraph, type ExpectationRow } from '@soliloquy/graph';
import { elementText, type NodePlan, type RunSummary } from '@soliloquy/runner';

interface Case {
  readonly of: string;
  readonly name: string;
  readonly seconds?: number;
  readonly failure?: Failure;
  readonly skipped?: string;
  /** What it came to, where it passed. */
  readonly figure?: string;
}

/** The parts of a fault, its sentence, and for CI what kind of failure it is: the fault's code, or `expectation`. */
interface Failure extends Pick<FaultParts, 'where' | 'expected' | 'got' | 'remedy'> {
  readonly type: string;
  readonly message: string;
}

const CANCELLED: Failure = {
  type: 'run.cancelled',
  message: 'cancelled',
  where: 'run',
  expected: 'to finish',
  got: 'a request to stop',
  remedy: 'start it again with --resume',
};

/** A run as JUnit: a case for each task (cached ones are skipped) and for each expectation. */
export function junitOfRun(graph: string, summary: RunSummary): string {
  return junit(graph, summary.seconds, [
    ...summary.tasks.map(({ id, cached, seconds }): Case => ({
      of: id.node,
      name: elementText(id),
      seconds: cached ? 0 : seconds,
      skipped: cached ? 'cached' : undefined,
    })),
    ...summary.failures.map((each): Case => ({
      of: each.node || graph,
      name: each.element,
      failure: failureOf(each),
    })),
    ...(summary.status === 'cancelled' ? [{ of: graph, name: 'run', failure: CANCELLED }] : []),
    ...expectationCases(summary.expectations),
  ]);
}

/**
 * A case for each comparison at each element. Its name is of the graph alone, so that CI follows it from run to run:
 * where the bound is another metric, that metric's name and not what it came to.
 */
function expectationCases(rows: readonly ExpectationRow[]): Case[] {
  const used = new Map<string, number>();
  return rows.map((row): Case => {
    const { where, expected } = partsOf(row);
    const name = `${where} ${row.comparison} ${row.boundMetric ?? row.bound ?? ''}`.trim();
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    return {
      of: 'expect',
      name: count === 1 ? name : `${name} (${count})`,
      failure: row.holds ? undefined : unmet(row),
      figure: row.holds ? `${where}: ${row.actual}, expected ${expected}` : undefined,
    };
  });
}

/** A plan as JUnit: a case for each node; it never fails. */
export function junitOfPlan(graph: string, plans: readonly NodePlan[]): string {
  return junit(
    graph,
    0,
    plans.map(({ node, elements, cached }): Case => ({
      of: graph,
      name: node,
      skipped: elements !== undefined && cached === elements ? 'cached' : 'would run',
    })),
  );
}

/** What was thrown before the run: one case, or one for each error of a graph that is refused. */
export function junitOfError(graph: string, thrown: unknown): string {
  const faults = thrown instanceof InvalidGraph ? thrown.errors : [unexpected(thrown, graph, 'to finish')];
  return junit(
    graph,
    0,
    faults.map((fault): Case => ({ of: graph, name: fault.where, failure: failureOf(fault) })),
  );
}

function failureOf({
  code,
  message,
  where,
  expected,
  got,
  remedy,
}: FaultParts & { readonly message: string }): Failure {
  return { type: code, message, where, expected, got, remedy };
}

/** An expectation that does not hold, with all digits of its numbers. */
function unmet(row: ExpectationRow): Failure {
  const { actual, message } = row;
  return {
    type: 'expectation',
    message,
    ...partsOf(row),
    got: actual === undefined ? 'nothing to compare' : String(actual),
  };
}

function partsOf({
  metric,
  element,
  comparison,
  bound,
  boundMetric,
}: ExpectationRow): Pick<Failure, 'where' | 'expected'> {
  const at = Object.entries(element).map(([axis, index]) => `${axis} ${index + 1}`);
  return {
    where: at.length === 0 ? metric : `${metric} [${at.join(', ')}]`,
    expected: [
      comparison === 'atLeast' ? 'at least' : 'at most',
      [boundMetric, bound].filter((each) => each !== undefined).join(' = '),
    ].join(' '),
  };
}

function junit(suite: string, seconds: number, cases: readonly Case[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const skipped = cases.filter((each) => each.skipped !== undefined).length;
  const lines = cases.map(({ of, name, seconds: took, failure, skipped: why, figure }) => {
    const open = `    <testcase classname="${escaped(of)}" name="${escaped(name)}" time="${(took ?? 0).toFixed(3)}"`;
    if (failure !== undefined) return `${open}>${failureElement(failure)}</testcase>`;
    if (figure !== undefined) return `${open}><system-out>${escaped(figure)}</system-out></testcase>`;
    return why === undefined ? `${open}/>` : `${open}><skipped message="${escaped(why)}"/></testcase>`;
  });
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n' +
    `  <testsuite name="${escaped(suite)}" tests="${cases.length}" failures="${failures}" errors="0" ` +
    `skipped="${skipped}" time="${seconds.toFixed(3)}">\n` +
    `${lines.map((text) => `${text}\n`).join('')}  </testsuite>\n</testsuites>\n`
  );
}

/** Each part is one line of the body; where it has line ends itself, what follows them is indented. */
function failureElement({ type, message, ...parts }: Failure): string {
  const body = (['where', 'expected', 'got', 'remedy'] as const)
    .filter((part) => parts[part] !== undefined)
    .map((part) => escaped(`${part}: ${parts[part]?.replaceAll('\n', '\n  ')}`))
    .join('\n');
  return `<failure message="${escaped(message)}" type="${escaped(type)}">${body}</failure>`;
}

/**
 * Text as XML 1.0, in an attribute or an element. White space survives an attribute only as a reference; what no XML
 * may hold, even as a reference (most control characters, lone surrogates), is written as `\x1b`, `\ud800`.
 */
function escaped(text: string): string {
  const xml = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/[\t\n\r]/g, (space) => `&#${space.charCodeAt(0)};`)
    .replace(/[\x00-\x1f\x7f-\x9f]/g, (control) => `\\x${hex(control, 2)}`)
    .replace(/[\p{Surrogate}\ufffe\uffff]/gu, (lone) => `\\u${hex(lone, 4)}`);
  // What turns the direction of a line is left.
  return printable(xml);
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0');
}
