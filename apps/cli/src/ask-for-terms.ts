import { createInterface } from 'node:readline';
import { Fault, printable } from '@soliloquy/fault';
import { proveTermsAccepted, type PreparedGraph } from '@soliloquy/runner';
import type { CheckoutNeed } from '@soliloquy/stage';
import { licenceRecord } from './model-places.ts';

/** Where a person reads and answers. */
export interface Conversation {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** The terminal that a command was called at; none where a person would not see a question or could not answer it. */
export function personHere(): Conversation | undefined {
  const { stdin, stderr } = process;
  return stdin.isTTY && stderr.isTTY ? { input: stdin, output: stderr } : undefined;
}

/**
 * Asks for each licence that a graph needs and nobody accepted here yet, once; what was accepted is recorded.
 *
 * @param person left out: nobody is asked, and the error says what to type
 * @throws Fault `licence.not-accepted` for what was not accepted; nothing ran
 */
export async function askForTerms(graph: PreparedGraph, person: Conversation | undefined): Promise<void> {
  if (person !== undefined)
    for (const { name, need } of checkoutsOf(graph)) {
      if (isAccepted(need)) continue;
      if (!(await accepts(name, need, person))) break;
      await licenceRecord().accept({ name: `system:${need.system}`, licence: need.terms.licence });
    }
  proveTermsAccepted(graph);
}

function checkoutsOf({ nodes }: PreparedGraph): { readonly name: string; readonly need: CheckoutNeed }[] {
  return nodes.flatMap(({ name, backbone }) =>
    (backbone.needs ?? []).flatMap((need) => (need.kind === 'checkout' ? [{ name, need }] : [])),
  );
}

function isAccepted(need: CheckoutNeed): boolean {
  try {
    need.proveAccepted?.();
    return true;
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'licence.not-accepted') return false;
    throw thrown;
  }
}

/** Anything but yes is no: another word, the end of the input, Ctrl-C. */
async function accepts(
  node: string,
  { system, what, terms }: CheckoutNeed,
  { input, output }: Conversation,
): Promise<boolean> {
  const { licence, accept = '', forbids } = terms;
  const limit = forbids?.includes('training') === true ? '  what it makes may not be trained on\n' : '';
  output.write(printable(`${node} runs ${system}: ${what}\n  ${accept}\n${limit}  ${licence.name}: ${licence.url}\n`));
  const lines = createInterface({ input, output, terminal: false });
  const answer = await new Promise<string>((resolve) => {
    lines.once('close', () => resolve(''));
    lines.question('Do you accept this licence? It is asked once. [y/N] ', resolve);
  });
  lines.close();
  return /^\s*y(es)?\s*$/i.test(answer);
}
