import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '@soliloquy/artifacts';
import { configFault } from './config-fault.ts';
import { isOfInstallation, liesIn, pathIn, type ImportClosure } from './import-closure.ts';

interface Guarded {
  readonly closure: ImportClosure;
  readonly digest: string;
}

/** Files that may run, by real path, with the content that was allowed. */
const guarded = new Map<string, Guarded>();
let listening = false;

/**
 * Lets this process load the files of a closure with the content that they had, and from them no other file of a
 * project: a name that was computed, or a file that changed meanwhile, is refused as it is loaded. Soliloquy's own
 * packages come from the installation, whatever lies in the project's `node_modules`.
 */
export function guardModules(closure: ImportClosure): void {
  for (const file of closure.files) guarded.set(pathIn(closure, file), { closure, digest: file.digest });
  if (listening) return;
  listening = true;
  registerHooks({
    resolve(specifier, context, next) {
      const parent = guardedAt(context.parentURL);
      if (parent === undefined) return next(specifier, context);
      if (isOfInstallation(specifier)) return next(specifier, { ...context, parentURL: import.meta.url });
      const resolved = next(specifier, context);
      checkFile(parent, specifier, resolved.url);
      const isTypeScript = guardedAt(resolved.url) !== undefined && /\.m?ts$/.test(resolved.url);
      return isTypeScript ? { ...resolved, format: 'module-typescript' } : resolved;
    },
    load(url, context, next) {
      const file = guardedAt(url);
      if (file === undefined) return next(url, context);
      const loaded = next(url, context);
      const source = loaded.source ?? readFileSync(fileURLToPath(url));
      if (sha256(source as string | Uint8Array) !== file.digest) throw changed(url);
      return loaded;
    },
  });
}

function guardedAt(url: string | undefined): Guarded | undefined {
  return url?.startsWith('file:') ? guarded.get(fileURLToPath(url.split(/[?#]/)[0])) : undefined;
}

/** @throws Fault for a file of the project that nobody was asked about, and for one that is no package outside it */
function checkFile({ closure: { root } }: Guarded, specifier: string, url: string): void {
  if (!url.startsWith('file:') || guardedAt(url) !== undefined) return;
  const path = fileURLToPath(url.split(/[?#]/)[0]);
  const isPackage = !/^(\.\.?\/|\/|file:)/.test(specifier);
  if (isPackage && (!liesIn(root, path) || path.includes(`${sep}node_modules${sep}`))) return;
  throw configFault({
    code: 'config.module-unseen',
    where: path,
    expected: 'modules whose names are written out, so that they can be shown before they run',
    got: `"${specifier}"`,
    remedy: "write its path as it is in an import, e.g. import('./other.ts')",
  });
}

function changed(url: string): Error {
  return configFault({
    code: 'config.changed',
    where: fileURLToPath(url),
    expected: 'the content that was allowed',
    got: 'another',
    remedy: 'start again; soliloquy trust shows what changed',
  });
}
