import * as ort from 'onnxruntime-web/wasm';
import type { LoadNetwork, Tensor, TensorData } from '@soliloquy/tensor';

/** How ONNX Runtime's engine starts in this worker. */
export interface EngineStart {
  readonly engine: ArrayBuffer;
  readonly engineModule: string | undefined;
  readonly threads: number;
}

/** ONNX Runtime Web on WebAssembly SIMD; with threads where their module is given. */
export function networkLoader({ engine, engineModule, threads }: EngineStart): LoadNetwork {
  ort.env.wasm.wasmBinary = engine;
  ort.env.wasm.numThreads = engineModule === undefined ? 1 : threads;
  ort.env.wasm.proxy = false;
  if (engineModule !== undefined && threads > 1) ort.env.wasm.wasmPaths = { mjs: engineModule };
  ort.env.logLevel = 'error';
  return async (bytes, name) => {
    const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'], logId: name });
    return {
      async run(feeds) {
        const given = Object.entries(feeds).map(([port, { shape, data }]) => [port, tensorOf(shape, data)] as const);
        const results = await session.run(Object.fromEntries(given));
        return Object.fromEntries(
          Object.entries(results).map(([port, { dims, data }]): [string, Tensor<TensorData>] => [
            port,
            { shape: dims, data: data as TensorData },
          ]),
        );
      },
      dispose: () => session.release(),
    };
  };
}

function tensorOf(shape: readonly number[], data: TensorData): ort.Tensor {
  if (!(data instanceof Float32Array)) throw new TypeError('player.network: expected f32 inputs, got others');
  return new ort.Tensor('float32', data, [...shape]);
}
