import { z } from 'zod';
import { cameraSchema } from '@soliloquy/ports/camera';
import { AvatarError, REMEDY } from './avatar-error.ts';

/** What is written; readers take it and every version before it. */
export const VERSION = 1;
export const FORMAT = 'soliloquy-avatar';
/** Name of the manifest in the archive; every other part is named in it. */
export const MANIFEST = 'manifest.json';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const network = z.strictObject({ inputs: z.array(z.string()).min(1), outputs: z.array(z.string()).min(1) });
const card = z.record(z.string(), z.unknown());

/** What an avatar says of itself, version 1. */
export const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  name: z.string().min(1).max(200).describe('what it is called'),
  licence: z.string().min(1).max(4000).describe('who may use it, and for what, in words'),
  consent: z.string().max(4000).describe('who agreed to be shown, and to what; empty: nobody said'),
  fps: z.number().positive().max(1000).describe('frames a second of its motion'),
  gaussians: z.strictObject({
    count: z.int().min(1).max(1_000_000).describe('N'),
    camera: cameraSchema.describe('the view in which they look like their picture'),
  }),
  background: z.strictObject({ width: z.int().min(1).max(8192), height: z.int().min(1).max(8192) }),
  cards: z.strictObject({ space: card, motion: card }).describe('cards of the two models'),
  networks: z.record(z.string(), network).describe('inputs and outputs of every network, by the name of its file'),
  provenance: z.strictObject({
    made: z.string().max(200).describe('by which stage'),
    sources: z.record(z.string(), sha256).describe('digests of the artifacts that it was made of'),
  }),
  files: z
    .record(z.string(), z.strictObject({ bytes: z.int().min(0), sha256 }))
    .describe('every part of the archive but this'),
});
export type Manifest = z.infer<typeof manifestSchema>;

type Upgrade = (manifest: Readonly<Record<string, unknown>>) => Record<string, unknown>;
/** What makes a manifest of one version into one of the next, by the version that it is for. None is older than 1. */
const UPGRADES: ReadonlyMap<number, Upgrade> = new Map();

/**
 * A manifest of any version up to this one.
 *
 * @param bytes    JSON in UTF-8
 * @param upgrades for tests: other steps between versions
 * @throws AvatarError `avatar.manifest`; `avatar.version` for a newer one
 */
export function readManifest(bytes: Uint8Array, upgrades = UPGRADES): Manifest {
  let given: unknown;
  try {
    given = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw refused('', 'JSON in UTF-8', (cause as Error).message, cause);
  }
  const head = z.looseObject({ format: z.literal(FORMAT), version: z.int() }).safeParse(given);
  if (!head.success) throw issueOf(head.error);
  let manifest: Record<string, unknown> & { version: number } = head.data;
  if (manifest.version > VERSION)
    throw new AvatarError({
      code: 'avatar.version',
      where: 'avatar.version',
      expected: `${VERSION} or an older one`,
      got: String(manifest.version),
      remedy: 'update Soliloquy, or the player',
    });
  while (manifest.version < VERSION) {
    const upgrade = upgrades.get(manifest.version);
    if (upgrade === undefined) throw refused('.version', `1 to ${VERSION}`, String(manifest.version));
    manifest = { ...upgrade(manifest), version: manifest.version + 1 };
  }
  const checked = manifestSchema.safeParse(manifest);
  if (!checked.success) throw issueOf(checked.error);
  return checked.data;
}

function issueOf(error: z.ZodError): AvatarError {
  const [issue] = error.issues;
  const { path, message } = issue;
  if (issue.code === 'unrecognized_keys') return refused('', 'the fields of its version', issue.keys.join(', '), error);
  const [expected, got = 'another value'] = message
    .replace(/^Invalid input: /, '')
    .replace(/^expected /, '')
    .split(/, received (.*)/s);
  return refused(path.map((part) => `.${String(part)}`).join(''), expected, got, error);
}

function refused(path: string, expected: string, got: string, cause?: unknown): AvatarError {
  const where = `avatar.manifest${path}`;
  return new AvatarError({ code: 'avatar.manifest', where, expected, got, remedy: REMEDY }, { cause });
}
