/** One probe in a process of its own. argv: what to probe, and its name. Answers once on the channel. */
import type { Answer } from './probe.ts';
import { sumModel } from './sum-model.ts';

const [what, name] = process.argv.slice(2);

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
      return { works: true, detail: listSupportedBackends().map((backend) => backend.name).join(' ') };
    }
    case 'provider':
      return probeProvider(name);
    case 'webgpu':
      return probeWebGpu();
    default:
      return { works: false, detail: `no probe "${what}"` };
  }
}

async function probeProvider(provider: string): Promise<Answer> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const session = await InferenceSession.create(sumModel(), { executionProviders: [provider], logSeverityLevel: 4 });
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1, 2, 3, 4), [4]) });
  const got = [...((await y.getData()) as Float32Array)];
  if (got.join() !== '2,4,6,8') return { works: false, detail: `expected 2,4,6,8, got ${got.join()}` };
  return { works: true, detail: 'ran a model, right to the bit' };
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
  const module = device.createShaderModule({ code: '@group(0) @binding(0) var<storage, read_write> y: array<f32, 4>; @compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) { y[i] = f32(i) * 2.0; }' });
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] }));
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(buffer, 0, read, 0, 16);
  device.queue.submit([encoder.finish()]);
  await read.mapAsync(GPUMapMode.READ);
  const got = [...new Float32Array(read.getMappedRange())].join();
  const title = [vendor, architecture, description].filter((part) => part !== '').join(' ') || 'an adapter without a name';
  return got === '0,2,4,6' ? { works: true, detail: title } : { works: false, detail: `${title}: expected 0,2,4,6, got ${got}` };
}

/** The first line, without the source position and signature that ONNX Runtime puts before it. */
function oneLine(thrown: unknown): string {
  const [line] = (thrown instanceof Error ? thrown.message : String(thrown)).split('\n');
  return line.replace(/^\/\S+:\d+ .*?(<lambda\(\)>|\)) /, '').slice(0, 160);
}
