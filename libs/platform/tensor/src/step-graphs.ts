import { createExecutable, type Compilation } from './execute/create-executable.ts';
import type { Executable, ExecutionOptions } from './execute/executable.ts';
import { Session } from './execute/session.ts';
import type { TensorFlow } from './execute/tensorflow-operators.ts';
import { loadTensorFlow, TensorFlowProgram } from './execute/tensorflow.ts';
import type { LoweredProgram } from './lower/lower.ts';
import { repeatGraph } from './lower/repeat.ts';
import { encodeOnnx } from './onnx-proto.ts';
import { NEXT, STATE } from './train-step.ts';

type StepGraphOptions = ExecutionOptions & { readonly tensorflow?: TensorFlow };

/** The graphs of a training step in their engine: one for each number of steps that are taken in one run. */
export class StepGraphs {
  readonly #where: string;
  readonly #compilation: Compilation;
  readonly #options: StepGraphOptions;
  /** names of the state's vectors */
  readonly #vectors: readonly string[];
  /** Graphs of several steps, by their number. jax-js takes them one by one. */
  readonly #several = new Map<number, Executable>();
  /** The graph of one step. */
  readonly single: Executable;
  readonly lowered: () => LoweredProgram;

  private constructor(
    { where, compilation, vectors, options }: StepGraphParts,
    { executable, lowered }: { readonly executable: Executable; readonly lowered: () => LoweredProgram },
  ) {
    this.#where = where;
    this.#compilation = compilation;
    this.#vectors = vectors;
    this.#options = options;
    this.single = executable;
    this.lowered = lowered;
  }

  static async create(parts: StepGraphParts): Promise<StepGraphs> {
    return new StepGraphs(parts, await createExecutable(parts.where, parts.compilation, parts.options));
  }

  /** Names of the vectors that a run leaves on the device. */
  get kept(): string[] {
    return this.#vectors.map((name) => NEXT + STATE + name);
  }

  /** The graph of so many steps, built when it is first asked for. */
  async of(count: number): Promise<Executable> {
    const known = count === 1 ? this.single : this.#several.get(count);
    if (known !== undefined) return known;
    const made = await this.#repeated(count);
    this.#several.set(count, made);
    return made;
  }

  async dispose(): Promise<void> {
    for (const one of this.#several.values()) await one.dispose();
    await this.single.dispose();
  }

  async #repeated(count: number): Promise<Executable> {
    const options = this.#options;
    const graph = repeatGraph(
      this.lowered().graph,
      { inputs: this.#vectors.map((name) => STATE + name), outputs: this.kept },
      count,
      options.device === 'webgpu' ? 'unroll' : 'scan',
    );
    if (options.executor === 'tensorflow')
      return new TensorFlowProgram(
        this.#where,
        options.tensorflow ?? (await loadTensorFlow(this.#where, options.device ?? 'cpu')),
        graph,
      );
    const { memory } = this.#compilation;
    return Session.create(this.#where, encodeOnnx(graph), { ...options, memory, resident: this.kept });
  }
}

interface StepGraphParts {
  readonly where: string;
  readonly compilation: Compilation;
  readonly vectors: readonly string[];
  readonly options: StepGraphOptions;
}
