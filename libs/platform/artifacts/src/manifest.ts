import type { ArtifactFiles } from '@soliloquy/ports';
import type { ArtifactFile, ArtifactRef, StoredOutputs, TaskResult } from './artifact-store.ts';
import { sha256 } from './digest.ts';
import { StoreError } from './store-error.ts';

const HEX = /^[0-9a-f]{64}$/;

/** Digests become paths: nothing but a sha256 in hex gets through. */
export function assertDigest(digest: string, what: string): void {
  if (!HEX.test(digest))
    throw new StoreError({
      code: 'store.artifact-missing',
      where: `artifacts.${what}`,
      expected: '64 hexadecimal digits',
      got: `"${digest}"`,
      remedy: 'use the digest that the store gave',
    });
}

/**
 * The text whose sha256 is the artifact's digest: type and files by name, nothing else, so that one content has one
 * digest.
 */
export function manifestText(type: string, files: readonly ArtifactFile[]): string {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  return `${JSON.stringify({ type, files: sorted.map(({ name, digest, bytes }) => ({ name, digest, bytes })) })}\n`;
}

/** What `put` will store these files as. */
export function describeFiles(type: string, files: ArtifactFiles): ArtifactRef {
  const entries = Object.entries(files).map(([name, content]): ArtifactFile => {
    if (!isFileName(name))
      throw new StoreError({
        code: 'store.failed',
        where: `artifacts.${type}`,
        expected: 'file names without folders',
        got: `"${name}"`,
        remedy: 'rename it',
      });
    return { name, digest: sha256(content), bytes: content.byteLength };
  });
  const text = manifestText(type, entries);
  return parseManifest(text, sha256(text));
}

/** @throws when the text is no manifest */
export function parseManifest(text: string, digest: string): ArtifactRef {
  const { type, files } = JSON.parse(text) as { type?: unknown; files?: unknown };
  if (typeof type !== 'string' || !Array.isArray(files) || !files.every(isFile)) throw new Error('no manifest');
  return { type, digest, bytes: files.reduce((sum, file) => sum + file.bytes, 0), files };
}

/** No folder, nothing that leaves one, and no name that a plain object has already. */
function isFileName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && name !== '__proto__' && !/[/\\\0]/.test(name);
}

/** Whether a reference from a stranger is of one piece: its digest is that of the type and the files that it names. */
export function isGenuine({ type, digest, bytes, files }: ArtifactRef): boolean {
  return (
    files.every(isFile) &&
    sha256(manifestText(type, files)) === digest &&
    bytes === files.reduce((sum, file) => sum + file.bytes, 0)
  );
}

function isFile(value: unknown): value is ArtifactFile {
  const file = value as Partial<ArtifactFile> | null;
  return (
    typeof file?.name === 'string' &&
    isFileName(file.name) &&
    typeof file.digest === 'string' &&
    HEX.test(file.digest) &&
    Number.isSafeInteger(file.bytes) &&
    (file.bytes as number) >= 0
  );
}

function isRef(value: unknown): value is ArtifactRef {
  const ref = value as Partial<ArtifactRef> | null;
  return (
    typeof ref?.type === 'string' &&
    typeof ref.digest === 'string' &&
    HEX.test(ref.digest) &&
    Number.isSafeInteger(ref.bytes) &&
    Array.isArray(ref.files) &&
    ref.files.every(isFile)
  );
}

/** A task's result as its file holds it, with a checksum of its own. */
export function resultText(result: TaskResult): string {
  const body = JSON.stringify(result);
  return `{"sha256":"${sha256(body)}","result":${body}}\n`;
}

/** @returns `undefined` for a text that was damaged */
export function parseResult(text: string): TaskResult | undefined {
  try {
    const { sha256: sum, result } = JSON.parse(text) as { sha256: string; result: TaskResult };
    if (sha256(JSON.stringify(result)) !== sum) return undefined;
    return Object.values(result.outputs).every(
      (output) => output === null || (Array.isArray(output) ? output.every(isRef) : isRef(output)),
    )
      ? result
      : undefined;
  } catch {
    return undefined;
  }
}

/** All artifacts of some outputs. */
export function refsIn(outputs: StoredOutputs): ArtifactRef[] {
  return Object.values(outputs).flatMap((output) =>
    output === null ? [] : Array.isArray(output) ? (output as readonly ArtifactRef[]) : [output as ArtifactRef],
  );
}
