import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import init, { WasmReader } from '@contentauth/c2pa-wasm';
import { SuperBox } from '@trustnxt/c2pa-ts/jumbf';
import { ManifestStore } from '@trustnxt/c2pa-ts/manifest';
import { z } from 'zod';
import { holdsCredentials, isArchive, isCutArchive, withoutCredentials } from '@soliloquy/avatar-file/archive';
import { carrierFormat } from './carrier-format.ts';
import { STATEMENT_LABEL, statementSchema, type Statement } from './statement.ts';

/** What the manifest of a file comes to. */
export interface Credentials {
  /** `whole`: signed, and no byte is another; `broken`: signed once, and something is another; `none`: no manifest */
  readonly state: 'whole' | 'broken' | 'none';
  /** where it was made with Soliloquy */
  readonly statement?: Statement;
  /** the program that wrote it, by its own word */
  readonly generator?: string;
  /** who signed, by the certificate */
  readonly signer?: string;
  /** codes of C2PA 2.2 §15.2.2 */
  readonly failures: readonly string[];
}

/** A certificate that no list of trust names says nothing against the file: whoever made it signed it. */
const ALLOWED = new Set(['signingCredential.untrusted']);

const readSchema = z.object({
  active_manifest: z.string(),
  manifests: z.record(
    z.string(),
    z.object({
      claim_generator_info: z.array(z.object({ name: z.string(), version: z.string().optional() })).optional(),
      assertions: z.array(z.object({ label: z.string(), data: z.unknown() })),
      signature_info: z.object({ issuer: z.string().optional(), common_name: z.string().optional() }).optional(),
    }),
  ),
  validation_status: z.array(z.object({ code: z.string() })).optional(),
});

let opened: Promise<unknown> | undefined;

/**
 * Reads and checks the Content Credentials of a film or a picture with c2pa-rs, which did not write them; those in an
 * avatar or beside a file with the library that did, since c2pa-rs reads no file of these formats. Nothing is fetched.
 */
export async function readCredentials(bytes: Uint8Array, sidecar?: Uint8Array): Promise<Credentials> {
  const format = carrierFormat(bytes);
  if (format === undefined) {
    const parted = isArchive(bytes) ? partsOf(bytes) : { bytes };
    if ('failure' in parted) return { state: 'broken', failures: [parted.failure] };
    const store = parted.credentials ?? sidecar;
    return store === undefined ? { state: 'none', failures: [] } : readSidecar(parted.bytes, store);
  }
  const wasm = fileURLToPath(import.meta.resolve('@contentauth/c2pa-wasm/c2pa.wasm'));
  await (opened ??= readFile(wasm).then((module) => init({ module_or_path: module })));
  let text: string;
  try {
    using reader = await WasmReader.fromBytes(format, bytes);
    text = reader.json();
  } catch (thrown) {
    const said = String(thrown);
    return /no JUMBF|JumbfNotFound|ProvenanceMissing|no claim/i.test(said)
      ? { state: 'none', failures: [] }
      : { state: 'broken', failures: [said] };
  }
  const { active_manifest: active, manifests, validation_status: found = [] } = readSchema.parse(JSON.parse(text));
  const { assertions, claim_generator_info: [generator] = [], signature_info: signature } = manifests[active];
  const failures = found.map(({ code }) => code).filter((code) => !ALLOWED.has(code));
  const statement = statementSchema.safeParse(assertions.find(({ label }) => label === STATEMENT_LABEL)?.data);
  return {
    state: failures.length === 0 ? 'whole' : 'broken',
    failures,
    ...(statement.success && { statement: statement.data }),
    ...(generator && { generator: [generator.name, generator.version].filter(Boolean).join(' ') }),
    ...(signature && { signer: signature.common_name ?? signature.issuer ?? 'nobody' }),
  };
}

/** An archive and the credentials in it; that it is damaged is said of one that should hold them. */
function partsOf(bytes: Uint8Array): ReturnType<typeof withoutCredentials> | { failure: string } {
  try {
    return withoutCredentials(bytes);
  } catch (thrown) {
    return !isCutArchive(bytes) && holdsCredentials(bytes) ? { failure: (thrown as Error).message } : { bytes };
  }
}

async function readSidecar(bytes: Uint8Array, sidecar: Uint8Array): Promise<Credentials> {
  try {
    const store = ManifestStore.read(SuperBox.fromBuffer(Uint8Array.from(sidecar)));
    const asset = {
      mimeType: 'application/octet-stream',
      getDataLength: () => bytes.length,
      getDataRange: (start = 0, length?: number) =>
        Promise.resolve(bytes.subarray(start, length === undefined ? undefined : start + length)),
      getHashExclusionRange: () => ({ start: 0, length: 0 }),
    };
    const { statusEntries } = await store.validate(asset as never);
    const failures = statusEntries.filter(({ success }) => success === false).map(({ code }) => String(code));
    const manifest = store.getActiveManifest();
    const box = manifest?.assertions?.assertions.find(({ label }) => label === STATEMENT_LABEL)?.sourceBox;
    const content = (box?.contentBoxes[0] as { content?: unknown } | undefined)?.content;
    const statement = statementSchema.safeParse(content);
    const kept = failures.filter((code) => !ALLOWED.has(code));
    return {
      state: kept.length === 0 ? 'whole' : 'broken',
      failures: kept,
      ...(statement.success && { statement: statement.data }),
      generator: `${manifest?.claim?.claimGeneratorName} ${manifest?.claim?.claimGeneratorVersion ?? ''}`.trim(),
    };
  } catch (thrown) {
    return { state: 'broken', failures: [thrown instanceof Error ? thrown.message : String(thrown)] };
  }
}
