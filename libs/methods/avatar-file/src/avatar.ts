import { packArchive, requireCanonical, unpackArchive, withoutCredentials, type Parts } from './archive.ts';
import { AvatarError, REMEDY } from './avatar-error.ts';
import { checkParts } from './check-parts.ts';
import { MANIFEST, readManifest, type Manifest } from './manifest.ts';

/** A person who can be made to talk: what its manifest says, and every part that the manifest names. */
export interface Avatar {
  readonly manifest: Manifest;
  readonly files: Parts;
}

/** The bytes of a `.avatar`: the same avatar gives the same bytes. */
export function writeAvatar({ manifest, files }: Avatar): Uint8Array {
  return packArchive({ ...files, [MANIFEST]: manifestBytes(manifest) });
}

/**
 * Reads a `.avatar` of any version up to this one and checks all of it: the archive, sizes and digests of its parts,
 * counts that must agree, and that every number is finite. Content Credentials in it are left aside: who wants to know
 * reads them with `@soliloquy/content-credentials`. Runs in Node and in browsers.
 *
 * @throws AvatarError that names the part
 */
export async function readAvatar(given: Uint8Array): Promise<Avatar> {
  const { bytes } = withoutCredentials(given);
  const { [MANIFEST]: head, ...files } = unpackArchive(bytes);
  if (head === undefined)
    throw new AvatarError({
      code: 'avatar.archive',
      where: 'avatar',
      expected: `an archive with ${MANIFEST}`,
      got: Object.keys(files).join(', ') || 'an empty one',
      remedy: 'give a file that avatar-export made',
    });
  const manifest = readManifest(head);
  await checkDigests(manifest, files);
  requireCanonical(bytes, { ...files, [MANIFEST]: head });
  await checkParts({ manifest, files });
  return { manifest, files };
}

/** Sizes and digests of the parts, as the manifest lists them. */
export async function listParts(files: Parts): Promise<Manifest['files']> {
  const entries = Object.keys(files)
    .sort()
    .map(async (name) => [name, { bytes: files[name].length, sha256: await sha256(files[name]) }] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function checkDigests(manifest: Manifest, files: Parts): Promise<void> {
  const wrong = (part: string, expected: string, got: string): AvatarError =>
    new AvatarError({ code: 'avatar.digest', where: `avatar.${part}`, expected, got, remedy: REMEDY });
  const strange = Object.keys(files).find((name) => !Object.hasOwn(manifest.files, name));
  if (strange !== undefined) throw wrong(strange, 'only parts that the manifest lists', 'another');
  for (const [name, listed] of Object.entries(manifest.files)) {
    const part = files[name];
    if (part === undefined) throw wrong(name, `${listed.bytes} bytes`, 'no such part');
    if (part.length !== listed.bytes) throw wrong(name, `${listed.bytes} bytes`, String(part.length));
    const digest = await sha256(part);
    if (digest !== listed.sha256)
      throw wrong(name, `sha256 ${listed.sha256.slice(0, 12)} …`, `${digest.slice(0, 12)} …`);
  }
}

function manifestBytes(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`);
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
