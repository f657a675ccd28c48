import { lstatSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { externalFiles } from './onnx-metadata.ts';
import { TensorError } from './tensor-error.ts';

/** A model file whose values lie in files beside it, all of them in its own folder. */
export interface ConfinedModel {
  readonly path: string;
}

/** One plain name: no folder, no way out, nothing hidden. */
const PLAIN = /^[\w-][\w.+@-]*$/;

/** Node reads no larger file at once, and no protobuf message is larger. */
const LARGEST = 2 ** 31 - 1;

/**
 * Reads a model file for loading: its bytes where it holds all of its values, its path where it names files for them,
 * which must be plain files in its own folder and no links. A model chooses no other file of the machine.
 *
 * @throws TensorError `tensor.model`
 */
export function openModelFile(path: string, where: string): Uint8Array | ConfinedModel {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined || size > LARGEST)
    throw refuse(where, 'an ONNX model of less than 2 GiB', size === undefined ? `no file ${path}` : `${size} bytes`);
  const bytes = readFileSync(path);
  const named = new Set(externalFiles(bytes, where));
  for (const name of named) {
    if (!PLAIN.test(name)) throw refuse(where, 'values in files of its own folder', `"${name}"`);
    const found = lstatSync(join(dirname(path), name), { throwIfNoEntry: false });
    if (found === undefined || !found.isFile())
      throw refuse(where, `the file ${name} beside it`, found === undefined ? 'none' : 'a link, or something else');
  }
  return named.size === 0 ? bytes : { path };
}

function refuse(where: string, expected: string, got: string): TensorError {
  const remedy = 'export the model anew, or put the file itself there';
  return new TensorError({ code: 'tensor.model', where: `${where}.model`, expected, got, remedy });
}
