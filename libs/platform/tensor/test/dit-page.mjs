/** Runs /model.onnx in the page. Served to Chromium by dit.browser.test.ts. */
globalThis.runModel = async (provider, feeds) => {
  if (provider === 'webgpu' && (await navigator.gpu?.requestAdapter()) == null) return undefined;
  const ort = await import(provider === 'webgpu' ? '/ort.webgpu.min.mjs' : '/ort.wasm.min.mjs');
  const session = await ort.InferenceSession.create('/model.onnx', { executionProviders: [provider] });
  const tensors = Object.fromEntries(
    feeds.map(({ name, shape, data }) => [name, new ort.Tensor('float32', Float32Array.from(data), shape)]),
  );
  const { clean } = await session.run(tensors);
  return [...(await clean.getData())];
};
