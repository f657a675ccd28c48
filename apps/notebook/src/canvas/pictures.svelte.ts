import { SvelteMap } from 'svelte/reactivity';
import type { RunStore } from '../graph/run-store.svelte.ts';
import { fileUrl, firstResult, telling } from '../look/shown-value.ts';
import { viewsOf } from '../look/viewers.ts';

/** pixels: more than a card that is painted is wide */
const WIDTH = 160;

/** Small pictures of what nodes made, for cards that are painted; loaded when they are first asked for. */
export class Pictures {
  readonly #runs: RunStore;
  readonly #asked = new Set<string>();
  readonly #loaded = new SvelteMap<string, HTMLImageElement>();

  constructor(runs: RunStore) {
    this.#runs = runs;
  }

  /** What a node made first, where it can be seen; none while it is not here. */
  of(node: string): HTMLImageElement | undefined {
    const result = firstResult(this.#runs, node);
    const value = result && telling(result)?.value;
    if (value?.preview.file === undefined || !viewsOf(value.preview).pictured) return undefined;
    const url = fileUrl(value.artifact, value.preview.file, WIDTH);
    const loaded = this.#loaded.get(url);
    if (loaded === undefined && !this.#asked.has(url)) {
      this.#asked.add(url);
      const image = new Image();
      image.onload = () => this.#loaded.set(url, image);
      image.src = url;
    }
    return loaded;
  }
}
