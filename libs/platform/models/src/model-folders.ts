import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FoundModel } from '@soliloquy/stage';
import { digestFolder } from './digest-folder.ts';
import { byHand, isFetchable, MODEL_NAME, type ModelEntry, type ModelFile } from './model-entry.ts';
import { ModelFault } from './model-fault.ts';

/** Where the models of a machine are. */
export interface ModelPlaces {
  /** Folders by name, from a configuration. */
  readonly named: Readonly<Record<string, string>>;
  /** The folder of this person's state that has all others, each by its name. */
  readonly root: string;
  /** What is known of models by name. */
  readonly registry: ReadonlyMap<string, ModelEntry>;
  /** Whether a host is configured for a model. */
  readonly hasHost: (name: string) => boolean;
  /** File in which digests are remembered. */
  readonly memory: string;
}

/** Finds models on this machine by name. Fetches nothing. */
export class ModelFolders {
  readonly #places: ModelPlaces;

  constructor(places: ModelPlaces) {
    this.#places = places;
  }

  /** Names of the registry and of the configuration. */
  get names(): string[] {
    return [...new Set([...this.#places.registry.keys(), ...Object.keys(this.#places.named)])];
  }

  entry(name: string): ModelEntry | undefined {
    return this.#places.registry.get(name);
  }

  /** Where the folder of a model is, or would be. @throws ModelFault `model.name` */
  placeOf(name: string): string {
    const { named, root } = this.#places;
    if (!MODEL_NAME.test(name))
      throw new ModelFault({
        code: 'model.name',
        where: 'model',
        expected: 'the name of a model, as in your configuration or in soliloquy models list',
        got: name === '' ? 'nothing' : `"${name}"`,
        remedy: 'name one; a graph holds no paths',
      });
    return Object.hasOwn(named, name) ? (named[name] as string) : join(root, name);
  }

  /**
   * A model that is here: its folder, and the digest of what is in it (computed when it is asked for).
   *
   * @throws ModelFault `model.missing`, saying what gets it; `model.name`, `model.strange-file`
   */
  async find(name: string): Promise<FoundModel> {
    const folder = this.placeOf(name);
    const entry = this.entry(name);
    const lacking = entry === undefined ? [] : missingFiles(folder, entry);
    if (!isFolder(folder) || lacking.length > 0)
      throw new ModelFault({
        code: 'model.missing',
        where: `model ${name}`,
        expected: entry?.title ?? 'its folder',
        got: isFolder(folder) ? `${folder} without ${lacking.join(', ')}` : 'nothing on this machine',
        remedy: this.#wayToGet(name, folder),
      });
    return {
      name,
      folder,
      ...(entry !== undefined && { licence: entry.licence }),
      digest: () => digestFolder(folder, this.#places.memory),
    };
  }

  #wayToGet(name: string, folder: string): string {
    const entry = this.entry(name);
    if (entry !== undefined && isFetchable(entry) && this.#places.hasHost(name)) return `soliloquy models get ${name}`;
    return `${byHand(folder, entry)}, or name its folder under models in your own configuration`;
  }
}

/** Files of an entry that its folder has not, or has in another size. */
export function missingFiles(folder: string, { files }: ModelEntry): string[] {
  return files.filter((file) => !isThere(folder, file)).map(({ path }) => path);
}

function isThere(folder: string, { path, bytes }: ModelFile): boolean {
  const found = statSync(join(folder, path), { throwIfNoEntry: false });
  return found !== undefined && found.isFile() && (bytes === undefined || found.size === bytes);
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
