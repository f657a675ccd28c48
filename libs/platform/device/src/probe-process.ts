/** One probe in a process of its own. argv: what to probe, and its name. Answers once on the channel. */
import type { Answer } from './probe.ts';
import { productModel } from './product-model.ts';

const [what, name, device] = process.argv.slice(2);
/** Squared: 7, 10, 15, 22. */
const FACTOR = Float32Array.of(1, 2, 3, 4);

try {
  answer(await probe());
} catch (thrown) {
  answer({ works: false, detail: oneLine(thrown) });
}

function answer(value: Answer): void {
  process.send?.(value);
}

async function probe(): Promise<Answer> {
  switch (what) {
    case 'list-providers': {
      const { listSupportedBackends } = await import('onnxruntime-node');
      return {
        works: true,
        detail: listSupportedBackends()
          .map((backend) => backend.name)
          .join(' '),
      };
    }
    case 'provider':
      return probeProvider(name);
    case 'executor':
      return probeExecutor(name, device);
    case 'webgpu':
      return probeWebGpu();
    default:
      return { works: false, detail: `no probe "${what}"` };
  }
}

async function probeProvider(provider: string): Promise<Answer> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const session = await InferenceSession.create(productModel(), {
    executionProviders: [provider],
    logSeverityLevel: 4,
  });
  const { y } = await session.run({ x: new Tensor('float32', FACTOR, [2, 2]) });
  return judge((await y.getData()) as Float32Array);
}

/** argv `jax webgpu`: the executor and the device. */
async function probeExecutor(executor: string, device: string): Promise<Answer> {
  if (device === 'webgpu') {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    Object.defineProperty(navigator, 'gpu', { value: create([]), configurable: true });
  }
  const { compile } = await import('@soliloquy/tensor');
  const { numpy } = await import('@jax-js/jax');
  const x = { shape: [2, 2], data: FACTOR };
  const program = await compile((a, b) => numpy.matmul(a, b), [x, x], {
    executor: executor as 'jax',
    device: device as 'cpu',
  });
  return judge((await program.run(x, x)).data);
}

function judge(product: ArrayLike<number>): Answer {
  const got = Array.from(product).join();
  return got === '7,10,15,22'
    ? { works: true, detail: 'multiplied two by two, right to the bit' }
    : { works: false, detail: `expected 7,10,15,22, got ${got}` };
}

async function probeWebGpu(): Promise<Answer> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const adapter = await create([]).requestAdapter();
  if (adapter === null) return { works: false, detail: 'no adapter' };
  const device = await adapter.requestDevice();
  const { vendor, architecture, description } = adapter.info;
  const buffer = device.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const read = device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const module = device.createShaderModule({
    code:
      '@group(0) @binding(0) var<storage, read_write> y: array<f32, 4>; @compute @workgroup_size(4) fn ' +
      'main(@builtin(local_invocation_index) i: u32) { y[i] = f32(i) * 2.0; }',
  });
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(
    0,
    device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] }),
  );
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(buffer, 0, read, 0, 16);
  device.queue.submit([encoder.finish()]);
  await read.mapAsync(GPUMapMode.READ);
  const got = [...new Float32Array(read.getMappedRange())].join();
  const title =
    [vendor, architecture, description].filter((part) => part !== '').join(' ') || 'an adapter without a name';
  return got === '0,2,4,6'
    ? { works: true, detail: title }
    : { works: false, detail: `${title}: expected 0,2,4,6, got ${got}` };
}

/** The first line, without the source position and signature that ONNX Runtime puts before it. */
function oneLine(thrown: unknown): string {
  const [line] = (thrown instanceof Error ? thrown.message : String(thrown)).split('\n');
  return line.replace(/^\/\S+:\d+ .*?(<lambda\(\)>|\)) /, '').slice(0, 160);
}
