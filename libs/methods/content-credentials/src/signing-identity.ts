import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { LocalSigner, type Signer } from '@trustnxt/c2pa-ts/cose';
import { Fault } from '@soliloquy/fault';

/** EdDSA over Ed25519 (COSE, RFC 9053): the one signature of C2PA that is the same for the same bytes. */
const EDDSA = -8;
const ED25519 = { name: 'Ed25519' };
/** A certificate that is made here holds as long as its key is kept; it has no clock. */
const VALID = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2126-01-01T00:00:00Z') };
/** "Email protection", which C2PA 2.2 §14.5.1 allows for signers. */
const FOR_SIGNING = '1.3.6.1.5.5.7.3.4';

/** Files of a person's own key: PEM. */
export interface IdentityFiles {
  /** PKCS #8, Ed25519 */
  readonly key: string;
  /** the signer's certificate, then those that it hangs on */
  readonly certificates: string;
}

/** Where the key that is made here lies in a folder. */
export function identityFilesIn(folder: string): IdentityFiles {
  return { key: join(folder, 'signing-key.pem'), certificates: join(folder, 'signing-certificates.pem') };
}

/**
 * Who signs: the person's own key and certificates; without any, a key that is made in the folder at the first use,
 * which only they may read.
 *
 * @param folder of the person's configuration, never of a project
 * @throws Fault `credentials.bad-key`
 */
export async function openIdentity(folder: string, own?: IdentityFiles): Promise<Signer> {
  if (own !== undefined) return readIdentity(own);
  const files = identityFilesIn(folder);
  const there = await readFile(files.key).catch(() => undefined);
  if (there === undefined) await makeIdentity(folder, files);
  return readIdentity(files);
}

async function readIdentity({ key, certificates }: IdentityFiles): Promise<Signer> {
  try {
    const secret = createPrivateKey(await readFile(key));
    if (secret.asymmetricKeyType !== 'ed25519') throw new Error(`a key of type ${secret.asymmetricKeyType}`);
    const chain = x509.PemConverter.decode(await readFile(certificates, 'utf8')).map(
      (raw) => new x509.X509Certificate(raw),
    );
    const [certificate, ...rest] = chain;
    if (certificate === undefined) throw new Error('no certificate');
    const pkcs8 = new Uint8Array(secret.export({ type: 'pkcs8', format: 'der' }));
    return new LocalSigner(pkcs8, EDDSA, certificate, rest);
  } catch (cause) {
    throw new Fault(
      {
        code: 'credentials.bad-key',
        where: key,
        expected: `an Ed25519 key as PKCS #8 in PEM, with its certificates in ${certificates}`,
        got: cause instanceof Error ? cause.message : String(cause),
        remedy: 'correct the paths under signing in your configuration, or remove both files to get a new key',
      },
      { cause },
    );
  }
}

async function makeIdentity(folder: string, files: IdentityFiles): Promise<void> {
  x509.cryptoProvider.set(webcrypto as Crypto);
  const [root, leaf] = await Promise.all([makePair(), makePair()]);
  const authority = 'CN=Soliloquy on this machine, O=Soliloquy';
  const common = { ...VALID, signingAlgorithm: ED25519, signingKey: root.privateKey, issuer: authority };
  const rootCertificate = await x509.X509CertificateGenerator.create({
    ...common,
    serialNumber: '01',
    subject: authority,
    publicKey: root.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(root.publicKey),
    ],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    ...common,
    serialNumber: '02',
    subject: 'CN=A person with Soliloquy, O=Soliloquy',
    publicKey: leaf.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([FOR_SIGNING]),
      await x509.AuthorityKeyIdentifierExtension.create(root.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(leaf.publicKey),
    ],
  });
  const secret = new Uint8Array(await webcrypto.subtle.exportKey('pkcs8', leaf.privateKey));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The certificates first: a key that is there has some. The root's key is kept nowhere.
  await writePrivately(
    files.certificates,
    [certificate, rootCertificate].map((each) => each.toString('pem')).join('\n'),
  );
  await writePrivately(files.key, x509.PemConverter.encode(secret, 'PRIVATE KEY'));
}

async function makePair(): Promise<CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(ED25519, true, ['sign', 'verify'])) as CryptoKeyPair;
}

async function writePrivately(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, `${text}\n`, { mode: 0o600, flag: 'wx' });
    await chmod(temporary, 0o600);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new Fault(
      {
        code: 'credentials.unwritable',
        where: path,
        expected: 'a place for the key that signs what you make',
        got: (cause as NodeJS.ErrnoException).code ?? String(cause),
        remedy: 'let the folder of your configuration be written, or name a key of your own under signing',
      },
      { cause },
    );
  }
}
