import { keptNetwork, networkFolder } from '@soliloquy/network-import';
import { loadOnnx, type OnnxProgram } from '@soliloquy/tensor';
import { convertNetwork, sourceOf, type NetworkName } from './network-table.ts';

/** How networks are opened. */
export interface NetworkOptions {
  /** Threads of ONNX Runtime; in a stage `ctx.threads`. Results are the same with any number. Default 1. */
  readonly threads?: number;
  /** Where converted networks are kept. Default: the person's own, `networkFolder()`. */
  readonly folder?: string;
}

/** Arrays of a network's outputs by name. */
export type NetworkOutputs = Readonly<Record<string, Float32Array>>;

/**
 * The networks, each converted from its package when it is first used on this machine, and loaded when it is first
 * asked for. `run` occupies the calling thread.
 */
export class Networks {
  private readonly threads: number;
  private readonly folder: string;
  private readonly loaded = new Map<NetworkName, Promise<OnnxProgram>>();

  constructor({ threads = 1, folder = networkFolder() }: NetworkOptions = {}) {
    this.threads = threads;
    this.folder = folder;
  }

  /**
   * Runs a network on its one input.
   *
   * @param input f32, of the size of the network's input
   * @throws ImportError where its package is missing, altered or of another version
   */
  async run(name: NetworkName, input: Float32Array): Promise<NetworkOutputs> {
    const program = await this.program(name);
    const [{ name: port, shape }] = program.inputs;
    const results = await program.run({ [port]: { shape, data: input } });
    return Object.fromEntries(Object.entries(results).map(([key, { data }]) => [key, data as Float32Array]));
  }

  /** Which points of the face the networks for lips and eyes refine: lips, the picture's left eye, its right eye. */
  async refinedPoints(): Promise<readonly (readonly number[])[]> {
    const { metadata } = await this.program('face-landmarks');
    return JSON.parse(metadata.refined) as number[][];
  }

  /** Gives the memory back. */
  async dispose(): Promise<void> {
    const programs = await Promise.allSettled(this.loaded.values());
    this.loaded.clear();
    for (const program of programs) if (program.status === 'fulfilled') await program.value.dispose();
  }

  private program(name: NetworkName): Promise<OnnxProgram> {
    const known = this.loaded.get(name);
    if (known !== undefined) return known;
    const program = this.load(name);
    this.loaded.set(name, program);
    // One that failed is tried again the next time.
    program.catch(() => this.loaded.delete(name));
    return program;
  }

  private async load(name: NetworkName): Promise<OnnxProgram> {
    const bytes = await keptNetwork({
      name,
      source: sourceOf(name),
      folder: this.folder,
      convert: () => convertNetwork(name),
    });
    return loadOnnx(bytes, { threads: this.threads, name });
  }
}
