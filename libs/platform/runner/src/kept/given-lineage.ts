import { readRegularFile } from '@soliloquy/artifacts';
import {
  checkGivenTerms,
  licencesOfGiven,
  type GraphDocument,
  type LicenceBehind,
  type StageRegistry,
} from '@soliloquy/graph';
import { carriedGraph } from '@soliloquy/graph/carried';
import { InputError } from './input-error.ts';

/** Larger files are no films of this house; what they carry is not looked for. Bytes. */
const LARGEST = 2 ** 30;

/**
 * Whether a file that a person gives may be used as the graph uses it: films and pictures of this house carry the graph
 * that made them, and with it what a licence forbids.
 *
 * @param input of the graph that it is given for
 * @returns licences of others that stand behind the file
 * @throws InputError with the way from the input to what may not be made of it
 */
export async function proveLineage(
  document: GraphDocument,
  registry: StageRegistry,
  input: string,
  path: string,
): Promise<LicenceBehind[]> {
  // What cannot be read is told by who decodes it.
  const bytes = await readRegularFile(path, LARGEST).catch(() => undefined);
  const carried = bytes && carriedGraph(bytes);
  if (carried === undefined) return [];
  const [fault] = checkGivenTerms(document, registry, input, carried);
  if (fault === undefined) return licencesOfGiven(registry, carried);
  const { expected, got, remedy } = fault;
  throw new InputError({ code: 'run.bad-input', where: `--input ${input}: ${fault.where}`, expected, got, remedy });
}
