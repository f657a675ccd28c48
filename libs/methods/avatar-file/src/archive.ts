import { unzipSync, zipSync } from 'fflate';
import { AvatarError, REMEDY } from './avatar-error.ts';

/** The first moment that a ZIP can name: no archive holds a clock. */
const EPOCH = new Date(1980, 0, 1);

/** What ends an archive without a comment: its signature, and how long it is (APPNOTE 4.3.16). Bytes. */
const END = { signature: [0x50, 0x4b, 5, 6], length: 22 };

/** Where an archive holds its Content Credentials (C2PA 2.2, §A.6): no part of the avatar. */
const CREDENTIALS = 'META-INF/content_credential.c2pa';

/** Files by their names in the archive. */
export type Parts = Readonly<Record<string, Uint8Array>>;

/** An uncompressed ZIP of the parts, in the order of their names: the same parts give the same bytes. */
export function packArchive(parts: Parts): Uint8Array {
  const names = Object.keys(parts).sort();
  return zipSync(Object.fromEntries(names.map((name) => [name, parts[name]])), { level: 0, mtime: EPOCH, os: 0 });
}

/**
 * The parts of an archive that `packArchive` made, as views on it. Another ZIP of the same parts is refused, so that
 * nothing hides between them, and its list cannot say other than its entries do.
 *
 * @throws AvatarError `avatar.archive`
 */
export function unpackArchive(bytes: Uint8Array): Parts {
  if (!endsLikeOne(bytes)) throw refused('a whole ZIP archive', `${bytes.length} bytes that do not end like one`);
  try {
    return unzipSync(bytes, {
      filter: ({ name, compression, size, originalSize }) => {
        if (compression !== 0 || size !== originalSize) throw refused('stored entries', `${name}, which is compressed`);
        return true;
      },
    });
  } catch (cause) {
    if (cause instanceof AvatarError) throw cause;
    throw refused('a whole ZIP archive', `${bytes.length} bytes that are none: ${(cause as Error).message}`, cause);
  }
}

/**
 * That an archive is what `packArchive` makes of its parts, to the byte: its sums too are right.
 *
 * @throws AvatarError `avatar.archive`
 */
export function requireCanonical(bytes: Uint8Array, parts: Parts): void {
  const again = packArchive(parts);
  let at = 0;
  while (at < bytes.length && bytes[at] === again[at]) at++;
  if (at === bytes.length && bytes.length === again.length) return;
  throw refused('an archive as it was exported', `other bytes from ${at} of ${bytes.length} on`);
}

/** An archive with Content Credentials over what it is without them. @throws AvatarError `avatar.archive` */
export function withCredentials(bytes: Uint8Array, credentials: Uint8Array): Uint8Array {
  return packArchive({ ...unpackArchive(bytes), [CREDENTIALS]: credentials });
}

/**
 * An archive as it was before its Content Credentials, and these.
 *
 * @throws AvatarError `avatar.archive`: also where it is not, to the byte, what `withCredentials` made
 */
export function withoutCredentials(bytes: Uint8Array): { bytes: Uint8Array; credentials?: Uint8Array } {
  const { [CREDENTIALS]: credentials, ...parts } = unpackArchive(bytes);
  if (credentials === undefined) return { bytes };
  requireCanonical(bytes, { ...parts, [CREDENTIALS]: credentials });
  return { bytes: packArchive(parts), credentials };
}

/** Whether an archive names Content Credentials, damaged as it may be. */
export function holdsCredentials(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes).includes(CREDENTIALS);
}

/** Whether these bytes begin as a ZIP archive does. */
export function isArchive(bytes: Uint8Array): boolean {
  return [0x50, 0x4b, 3, 4].every((byte, i) => bytes[i] === byte);
}

/** Whether the end of an archive is missing. */
export function isCutArchive(bytes: Uint8Array): boolean {
  return isArchive(bytes) && !endsLikeOne(bytes);
}

function endsLikeOne(bytes: Uint8Array): boolean {
  const end = bytes.subarray(-END.length);
  return END.signature.every((byte, i) => end[i] === byte);
}

function refused(expected: string, got: string, cause?: unknown): AvatarError {
  return new AvatarError({ code: 'avatar.archive', where: 'avatar', expected, got, remedy: REMEDY }, { cause });
}
