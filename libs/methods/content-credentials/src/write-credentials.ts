import { createHash } from 'node:crypto';
import { BMFF, PNG } from '@trustnxt/c2pa-ts/asset';
import type { Signer } from '@trustnxt/c2pa-ts/cose';
import { JSONBox } from '@trustnxt/c2pa-ts/jumbf';
import {
  ActionAssertion,
  ActionType,
  Assertion,
  BMFFHashAssertion,
  ClaimVersion,
  DataHashAssertion,
  DigitalSourceType,
  IngredientAssertion,
  ManifestStore,
  RelationshipType,
  type Manifest,
} from '@trustnxt/c2pa-ts/manifest';
import canonicalize from 'canonicalize';
import { isArchive, withCredentials } from '@soliloquy/avatar-file/archive';
import { carrierFormat } from './carrier-format.ts';
import { filmHash, shiftChunks } from './mp4-place.ts';
import { STATEMENT_LABEL, type Statement } from './statement.ts';

/** Type of a JUMBF box with JSON (ISO/IEC 19566-5, annex B.4). */
const JSON_UUID = [0x6a, 0x73, 0x6f, 0x6e, 0, 0x11, 0, 0x10, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

/** A file with its manifest: in it, or beside it. */
export interface Signed {
  readonly bytes: Uint8Array;
  /** manifest store of a file that holds none, to lie beside it */
  readonly sidecar?: Uint8Array;
}

/**
 * A file with its Content Credentials (C2PA 2.2): who made it with what, as assertions under one signature that also
 * binds the bytes. Films, pictures and avatars hold it; an avatar's is over the archive without it. Same file,
 * statement and key, same bytes: ids come from digests, the signature has no clock.
 */
export async function signFile(bytes: Uint8Array, statement: Statement, signer: Signer): Promise<Signed> {
  const format = carrierFormat(bytes);
  const { store, manifest } = newManifest(bytes, statement, signer, format);
  if (format === undefined) {
    const hash = DataHashAssertion.create('SHA-256');
    hash.hash = new Uint8Array(createHash('sha256').update(bytes).digest());
    manifest.addAssertion(hash);
    await manifest.sign(signer);
    return isArchive(bytes)
      ? { bytes: withCredentials(bytes, store.getBytes()) }
      : { bytes, sidecar: store.getBytes() };
  }
  return { bytes: await (format === 'image/png' ? signPng : signFilm)(bytes, store, manifest, signer) };
}

type SignCarrier = (bytes: Uint8Array, store: ManifestStore, manifest: Manifest, signer: Signer) => Promise<Uint8Array>;

const signPng: SignCarrier = async (bytes, store, manifest, signer) => {
  const asset = new PNG(bytes);
  const hash = DataHashAssertion.create('SHA-256');
  manifest.addAssertion(hash);
  await asset.ensureManifestSpace(store.measureSize());
  await hash.updateWithAsset(asset);
  await manifest.sign(signer);
  await asset.writeManifestJUMBF(store.getBytes());
  return asset.getDataRange();
};

/** The library knows HEIC alone: it makes room behind `ftyp`; chunks are moved and the film is hashed here. */
const signFilm: SignCarrier = async (bytes, store, manifest, signer) => {
  (BMFF as unknown as { canReadBrands: Set<string> }).canReadBrands.add('isom');
  const hash = new BMFFHashAssertion(3);
  hash.algorithm = 'SHA-256';
  hash.name = 'Soliloquy';
  hash.hash = new Uint8Array(32);
  hash.exclusions = [
    { xpath: '/uuid', data: [{ offset: 8, value: Uint8Array.from(BMFF.c2paBoxUserType) }] },
    { xpath: '/ftyp' },
    { xpath: '/mfra' },
  ];
  manifest.addAssertion(hash);
  const measured = new BMFF(bytes.slice());
  await measured.ensureManifestSpace(store.measureSize());
  const moved = bytes.slice();
  shiftChunks(moved, measured.getDataLength() - bytes.length);
  const asset = new BMFF(moved);
  await asset.ensureManifestSpace(store.measureSize());
  hash.hash = filmHash(await asset.getDataRange());
  await manifest.sign(signer);
  await asset.writeManifestJUMBF(store.getBytes());
  return asset.getDataRange();
};

function newManifest(
  bytes: Uint8Array,
  statement: Statement,
  signer: Signer,
  format = 'application/octet-stream',
): { store: ManifestStore; manifest: Manifest } {
  const id = createHash('sha256')
    .update(canonicalize(statement) as string)
    .update(bytes)
    .digest('hex');
  const store = new ManifestStore();
  const manifest = store.createManifest({
    claimVersion: ClaimVersion.V2,
    assetFormat: format,
    instanceID: `xmp:iid:${uuidOf(id)}`,
    defaultHashAlgorithm: 'SHA-256',
    signer,
  });
  manifest.label = `urn:c2pa:${uuidOf(id)}`;
  if (manifest.claim !== undefined) {
    manifest.claim.claimGeneratorName = 'Soliloquy';
    manifest.claim.claimGeneratorVersion = statement.versions['soliloquy'];
    manifest.claim.title = statement.title;
  }
  for (const assertion of assertionsOf(statement)) manifest.addAssertion(assertion);
  return { store, manifest };
}

function assertionsOf(statement: Statement): Assertion[] {
  const made = new ActionAssertion();
  made.label = 'c2pa.actions.v2';
  made.actions = [
    {
      action: ActionType.C2paCreated,
      digitalSourceType: DigitalSourceType.TrainedAlgorithmicMedia,
      softwareAgent: { name: 'Soliloquy', version: statement.versions['soliloquy'] },
    },
  ];
  const ingredients = Object.entries(statement.ingredients).map(([name, { type, digest }], i) => {
    const ingredient = IngredientAssertion.createV3(RelationshipType.InputTo);
    ingredient.title = name;
    ingredient.instanceID = `sha256:${digest}`;
    ingredient.description = type;
    // Labels differ by a number from the second on (C2PA 2.2, §6.4).
    if (i > 0) ingredient.labelSuffix = i;
    return ingredient;
  });
  return [made, ...ingredients, new StatementAssertion(statement)];
}

class StatementAssertion extends Assertion {
  override label = STATEMENT_LABEL;
  override uuid = Uint8Array.from(JSON_UUID);
  readonly #statement: Statement;

  constructor(statement: Statement) {
    super();
    this.#statement = statement;
  }

  readContentFromJUMBF(): void {
    throw new Error('statements are read by read-credentials.ts');
  }

  generateJUMBFBoxForContent(): JSONBox {
    const box = new JSONBox();
    box.content = this.#statement;
    return box;
  }
}

/** A digest cut to a UUID of version 8, "vendor-specific" (RFC 9562, §5.8). */
function uuidOf(digest: string): string {
  const part = (from: number, to: number): string => digest.slice(from, to);
  return `${part(0, 8)}-${part(8, 12)}-8${part(13, 16)}-8${part(17, 20)}-${part(20, 32)}`;
}
