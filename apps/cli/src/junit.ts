import { elementText, type NodePlan, type RunSummary } from '@soliloquy/runner';

interface Case {
  readonly of: string;
  readonly name: string;
  readonly seconds?: number;
  readonly failure?: string;
  readonly skipped?: string;
}

/** A run as JUnit: a case for each task (cached ones are skipped) and for each expectation. */
export function junitOfRun(graph: string, summary: RunSummary): string {
  return junit(graph, summary.seconds, [
    ...summary.tasks.map(({ id, cached, seconds }): Case => ({
      of: id.node,
      name: elementText(id),
      seconds: cached ? 0 : seconds,
      skipped: cached ? 'cached' : undefined,
    })),
    ...summary.failures.map(({ node, element, message }): Case => ({
      of: node || graph,
      name: element,
      failure: message,
    })),
    ...(summary.status === 'cancelled' ? [{ of: graph, name: 'run', failure: 'cancelled' }] : []),
    ...summary.expectations.map(({ metric, comparison, holds, message, bound }): Case => ({
      of: 'expect',
      name: `${metric} ${comparison} ${bound ?? ''}`.trim(),
      failure: holds ? undefined : message,
    })),
  ]);
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

/** An error that came before the run, as the only case. */
export function junitOfError(graph: string, message: string): string {
  return junit(graph, 0, [{ of: graph, name: 'graph', failure: message }]);
}

function junit(suite: string, seconds: number, cases: readonly Case[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const skipped = cases.filter((each) => each.skipped !== undefined).length;
  const lines = cases.map(({ of, name, seconds: took, failure, skipped: why }) => {
    const open = `    <testcase classname="${escaped(of)}" name="${escaped(name)}" time="${(took ?? 0).toFixed(3)}"`;
    if (failure !== undefined) return `${open}><failure message="${escaped(failure)}"/></testcase>`;
    return why === undefined ? `${open}/>` : `${open}><skipped message="${escaped(why)}"/></testcase>`;
  });
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n' +
    `  <testsuite name="${escaped(suite)}" tests="${cases.length}" failures="${failures}" errors="0" ` +
    `skipped="${skipped}" time="${seconds.toFixed(3)}">\n` +
    `${lines.map((text) => `${text}\n`).join('')}  </testsuite>\n</testsuites>\n`
  );
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, '?')
    .replaceAll('\n', '&#10;');
}
