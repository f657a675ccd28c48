import { createHash } from 'node:crypto';
import type { Signer } from '@trustnxt/c2pa-ts/cose';
import canonicalize from 'canonicalize';
import { escapeHtml } from '@soliloquy/page';
import type { LeavingFile, Seal } from '@soliloquy/runner';
import { carrierFormat } from './carrier-format.ts';
import type { IdentityFiles } from './signing-identity.ts';
import { consentWords, type Consent, type Statement } from './statement.ts';

/** Types of inputs that may show or voice a real person. */
const PERSONAL = ['file', 'image', 'video', 'audio', 'avatar'];
/** Files of these names show a person; those that can hold no manifest have it beside them. */
const PERSONS = /\.(ply|spz|avatar)$/;
const SIDECAR = '.c2pa';

/** Who agreed to be shown and heard, by the digests of what was given of them. */
export type ConsentOf = (digests: readonly string[]) => Promise<Consent | undefined> | Consent | undefined;

/** Whose consent counts, by digest of what was given of them; empty where all is painted. */
export function personalInputs(given: LeavingFile['given']): string[] {
  return Object.values(given).flatMap(({ type, digest }) => (PERSONAL.includes(type) ? [digest] : []));
}

/**
 * Signs what leaves the store: films, pictures and avatars hold their manifest, Gaussians have it beside them; pages
 * say who agreed, or that nobody did; other files leave as they are.
 *
 * @param folder of the person's configuration, where the key is or is made
 * @param consentOf the persons behind digests of what was given, where somebody gave it
 * @param own key and certificates, instead of one that is made
 * @throws Fault as `openIdentity`
 */
export function sealWith(folder: string, consentOf: ConsentOf, own?: IdentityFiles): Seal {
  let identity: Promise<Signer> | undefined;
  return async (file) => {
    if (file.name.endsWith('.html')) return { bytes: await withConsent(file, consentOf) };
    if (!PERSONS.test(file.name) && carrierFormat(file.bytes) === undefined) return { bytes: file.bytes };
    // What signs is loaded once something leaves: commands that sign nothing do not wait for it.
    const { signFile } = await import('./write-credentials.ts');
    const signer = await (identity ??= import('./signing-identity.ts').then((it) => it.openIdentity(folder, own)));
    const { bytes, sidecar } = await signFile(file.bytes, await statementOf(file, consentOf), signer);
    return { bytes, ...(sidecar && { sidecar: { ending: SIDECAR, bytes: sidecar } }) };
  };
}

/** What is said of a file that leaves. */
async function statementOf(file: LeavingFile, consentOf: ConsentOf): Promise<Statement> {
  const { name, carried, given, artifact, versions } = file;
  const { document, size, seed, set, from } = carried;
  return {
    soliloquy: 1,
    title: name,
    graph: { name: document.name, digest: sha256(canonicalize({ document, size, seed, set }) as string), from },
    artifact,
    ingredients: { ...given },
    mark: await markOf(file),
    consent: await consentTo(personalInputs(given), consentOf),
    ...(carried.licences?.length && { licences: [...carried.licences] }),
    versions: { ...versions },
  };
}

/** Who agreed to what. @param people digests of what was given of them */
async function consentTo(people: readonly string[], consentOf: ConsentOf): Promise<Statement['consent']> {
  return people.length === 0 ? 'painted' : ((await consentOf(people)) ?? 'none given');
}

/** A page with a line on consent at its end; one in which nobody real was put needs none. */
async function withConsent({ bytes, given }: LeavingFile, consentOf: ConsentOf): Promise<Uint8Array> {
  const consent = await consentTo(personalInputs(given), consentOf);
  if (consent === 'painted') return bytes;
  const html = new TextDecoder().decode(bytes);
  const end = html.lastIndexOf('</body>');
  if (end === -1) return bytes;
  const line = `<p class="soft">Consent: ${escapeHtml(consentWords(consent))}.</p>\n`;
  return new TextEncoder().encode(html.slice(0, end) + line + html.slice(end));
}

async function markOf({ task }: LeavingFile): Promise<Statement['mark']> {
  if (task.stage !== 'watermark') return 'none';
  if (task.params['mark'] === false) return 'off';
  return (await import('@soliloquy/watermark')).markIdOf(task.key);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
