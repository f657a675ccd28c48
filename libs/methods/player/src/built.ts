import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ASSETS, type AssetName } from './assets.ts';

/** Where the player's build lies. */
export const BUILT_PLAYER = fileURLToPath(new URL('../build', import.meta.url));

/** What a page that holds everything is made of. */
export interface BuiltPlayer {
  readonly script: string;
  readonly assets: ReadonlyMap<AssetName, Uint8Array>;
}

/** Scripts and files of the build that a page without threads needs. @throws where it is not built */
export async function readBuiltPlayer({ hearsPhones }: { readonly hearsPhones: boolean }): Promise<BuiltPlayer> {
  const threads: readonly AssetName[] = [ASSETS.engineModule];
  const phones: readonly AssetName[] = [ASSETS.phones, ASSETS.phonesCard];
  const names = Object.values(ASSETS).filter(
    (name) => !threads.includes(name) && (hearsPhones || !phones.includes(name)),
  );
  const assets = await Promise.all(
    names.map(async (name) => [name, new Uint8Array(await readFile(join(BUILT_PLAYER, name)))] as const),
  );
  return { script: await readFile(join(BUILT_PLAYER, 'packed.js'), 'utf8'), assets: new Map(assets) };
}
