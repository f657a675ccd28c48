import { kernelFile } from '@soliloquy/splat/kernel-file';
import { ASSETS, type Assets } from './assets.ts';
import { reasonOf } from './fault.ts';
import type { FromMind, FromPainter, ToMind, ToPainter } from './messages.ts';

/** What two workers are started with. */
export interface WorkersStart {
  readonly assets: Assets;
  /** of the rasterizer */
  readonly device: 'auto' | 'cpu' | 'webgpu';
  /** bytes of a `.avatar` */
  readonly avatar: ArrayBuffer;
  readonly seed: number;
}

/** What they tell. */
export interface WorkersNews {
  readonly mind: (told: Exclude<FromMind, { type: 'needs-phones' }>) => void;
  readonly painter: (told: FromPainter) => void;
  /** a worker ended */
  readonly crashed: (message: string) => void;
}

const MOST_THREADS = 4;

/** The worker that hears and moves, and the worker that draws, joined. */
export class PlayerWorkers {
  readonly #mind: Worker;
  readonly #painter: Worker;

  private constructor(mind: Worker, painter: Worker) {
    this.#mind = mind;
    this.#painter = painter;
  }

  /** @throws Error where a file of the player is not there */
  static async start({ assets, device, avatar, seed }: WorkersStart, news: WorkersNews): Promise<PlayerWorkers> {
    const { thinking, drawing } = threadsOf(assets);
    const [mindUrl, painterUrl, engineModule, engine, kernel] = await Promise.all([
      assets.url(ASSETS.mind),
      assets.url(ASSETS.painter),
      thinking > 1 ? assets.url(ASSETS.engineModule) : undefined,
      assets.bytes(ASSETS.engine),
      assets.bytes(kernelFile() === 'splat.wasm' ? ASSETS.kernel : ASSETS.plainKernel),
    ]);
    const mind = new Worker(mindUrl, { type: 'module', name: 'soliloquy-mind' });
    const painter = new Worker(painterUrl, { type: 'module', name: 'soliloquy-painter' });
    const workers = new PlayerWorkers(mind, painter);
    mind.addEventListener('message', ({ data }: MessageEvent<FromMind>) => {
      if (data.type !== 'needs-phones') news.mind(data);
      else workers.#sendPhones(assets).catch((thrown) => news.mind({ type: 'failed', message: reasonOf(thrown) }));
    });
    painter.addEventListener('message', ({ data }: MessageEvent<FromPainter>) => news.painter(data));
    for (const worker of [mind, painter])
      worker.addEventListener('error', ({ message }) => news.crashed(message || 'a part of the player ended'));
    const { port1, port2 } = new MessageChannel();
    workers.toPainter({ type: 'open', device, kernel, threads: drawing }, [kernel]);
    workers.toPainter({ type: 'mind', port: port2 }, [port2]);
    workers.toMind({ type: 'painter', port: port1 }, [port1]);
    const copy = avatar.slice(0);
    workers.toMind({ type: 'open', avatar: copy, engine, engineModule, threads: thinking, seed }, [copy, engine]);
    return workers;
  }

  toMind(message: ToMind, transfer: Transferable[] = []): void {
    this.#mind.postMessage(message, transfer);
  }

  toPainter(message: ToPainter, transfer: Transferable[] = []): void {
    this.#painter.postMessage(message, transfer);
  }

  end(): void {
    this.#mind.terminate();
    this.#painter.terminate();
  }

  async #sendPhones(assets: Assets): Promise<void> {
    const [network, card] = await Promise.all([assets.bytes(ASSETS.phones), assets.bytes(ASSETS.phonesCard)]);
    this.toMind({ type: 'phones', network, card: new TextDecoder().decode(card) }, [network]);
  }
}

/** Threads of the engine and of the rasterizer: one each where there are no more than two cores. */
function threadsOf({ hasThreads }: Assets): { readonly thinking: number; readonly drawing: number } {
  const cores = hasThreads && crossOriginIsolated ? Math.min(2 * MOST_THREADS, navigator.hardwareConcurrency) : 1;
  const half = Math.max(1, Math.floor(cores / 2));
  return { thinking: Math.min(half, 2), drawing: Math.min(Math.max(1, cores - half), MOST_THREADS) };
}
