/** Files that a player is made of, beside its own script: names as its build leaves them. */
export const ASSETS = {
  /** worker that hears and moves */
  mind: 'mind.js',
  /** worker that draws */
  painter: 'painter.js',
  /** audio worklet that takes the sound */
  worklet: 'worklet.js',
  /** ONNX Runtime's engine, and the module that its threads start from */
  engine: 'ort-wasm-simd-threaded.wasm',
  engineModule: 'ort-wasm-simd-threaded.mjs',
  /** the rasterizer's kernel, with and without relaxed SIMD */
  kernel: 'splat.wasm',
  plainKernel: 'splat-plain.wasm',
  /** the phone encoder and its card */
  phones: 'phone-encoder.onnx',
  phonesCard: 'phone-encoder.json',
} as const;

export type AssetName = (typeof ASSETS)[keyof typeof ASSETS];

/** Where a player finds its files: beside its script, or in the page itself. */
export interface Assets {
  /** An address that a worker or a worklet starts from. */
  url(name: AssetName): Promise<string>;
  bytes(name: AssetName): Promise<ArrayBuffer>;
  /** Whether threads of the rasterizer and of the engine find their scripts. */
  readonly hasThreads: boolean;
}

/** Files in a folder of the page's own origin. @param base its address */
export function assetsAt(base: string): Assets {
  const url = (name: AssetName): string => new URL(name, base).href;
  return {
    hasThreads: true,
    url: async (name) => url(name),
    async bytes(name) {
      const response = await fetch(url(name));
      if (!response.ok) throw new Error(`${name}: status ${response.status}`);
      return response.arrayBuffer();
    },
  };
}

/** Elements of a page that hold a file each, gzip in base64, by the attribute `data-asset`. */
export function assetsInPage(page: Document): Assets {
  const bytes = async (name: AssetName): Promise<ArrayBuffer> => {
    const text = page.querySelector(`script[data-asset="${name}"]`)?.textContent;
    if (text === undefined || text === null) throw new Error(`${name}: not in this page`);
    return inflated(text);
  };
  return {
    hasThreads: false,
    bytes,
    // On disk a page has no origin of its own, and its modules start from data, not from blobs.
    url: async (name) => `data:text/javascript;base64,${base64Of(new Uint8Array(await bytes(name)))}`,
  };
}

function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** @param text gzip in base64 */
export async function inflated(text: string): Promise<ArrayBuffer> {
  const packed = Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
}
