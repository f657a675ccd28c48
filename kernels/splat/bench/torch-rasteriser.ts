import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Camera, GaussianArrays } from '../src/index.ts';

/** What is loaded if it is there: Debian's python3-torch. */
const PYTHON = '/usr/bin/python3';

/** PyTorch in a process of its own, that draws when it is asked. */
export class TorchRasteriser {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;
  readonly #folder: string;
  #scene: string | undefined;

  private constructor(process: ChildProcessByStdio<Writable, Readable, null>, folder: string) {
    this.#process = process;
    this.#answers = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
    this.#folder = folder;
  }

  /** `undefined` where there is no PyTorch. */
  static async open(): Promise<TorchRasteriser | undefined> {
    const has = await new Promise<boolean>((resolve) => {
      const probe = spawn(PYTHON, ['-c', 'import torch'], { stdio: 'ignore' });
      probe.on('error', () => resolve(false));
      probe.on('exit', (code) => resolve(code === 0));
    });
    if (!has) return undefined;
    const child = spawn(PYTHON, [fileURLToPath(new URL('./torch_rasteriser.py', import.meta.url))], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return new TorchRasteriser(child, await mkdtemp(join(tmpdir(), 'splat-torch-')));
  }

  /** Takes a scene, before a white background; its first picture, f32 [H, W, 3]. */
  async take(
    { means, quats, logScales, opacityLogits, colors }: GaussianArrays,
    { width, height, fx, cx, cy }: Camera,
    threads: number,
  ): Promise<Float32Array> {
    this.#scene = join(this.#folder, 'scene');
    await writeFile(
      this.#scene,
      Buffer.concat(
        [
          Float32Array.of(opacityLogits.length, width, height, fx, cx, cy),
          means,
          quats,
          logScales,
          opacityLogits,
          colors,
        ].map((values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
      ),
    );
    await this.#ask({ path: this.#scene, threads });
    const bytes = await readFile(`${this.#scene}.out`);
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }

  /** Milliseconds of a picture and of its gradient. */
  draw(): Promise<{ forward: number; backward: number }> {
    return this.#ask({});
  }

  async close(): Promise<void> {
    this.#process.stdin.end();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #ask(request: object): Promise<{ forward: number; backward: number }> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error('torch-rasteriser: expected an answer, got none; see what it wrote');
    return JSON.parse(value) as { forward: number; backward: number };
  }
}
