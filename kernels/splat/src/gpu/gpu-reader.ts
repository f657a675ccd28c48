/** Copies from the device. One staging buffer, grown as needed. */
export class GpuReader {
  readonly #device: GPUDevice;
  #staging: GPUBuffer | undefined;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** A buffer of `bytes` at least to copy into, for `finish`. */
  reserve(bytes: number): GPUBuffer {
    if (this.#staging === undefined || this.#staging.size < bytes) {
      this.#staging?.destroy();
      this.#staging = this.#device.createBuffer({
        label: 'staging',
        size: Math.ceil(bytes / 256) * 256,
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      });
    }
    return this.#staging;
  }

  /** Submits and waits; the first `bytes` of the staging buffer, copied. */
  async finish(encoder: GPUCommandEncoder, bytes: number): Promise<ArrayBuffer> {
    const staging = this.reserve(bytes);
    this.#device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ, 0, bytes);
    const copy = staging.getMappedRange(0, bytes).slice(0);
    staging.unmap();
    return copy;
  }

  /** Submits what was encoded with copies of parts of buffers behind it, and waits for them. */
  async read(
    encoder: GPUCommandEncoder,
    parts: readonly (readonly [GPUBuffer, number, number])[],
  ): Promise<ArrayBuffer[]> {
    const starts: number[] = [];
    let at = 0;
    for (const [, , bytes] of parts) {
      starts.push(at);
      at += Math.ceil(bytes / 8) * 8;
    }
    const staging = this.reserve(Math.max(8, at));
    for (const [i, [buffer, from, bytes]] of parts.entries())
      if (bytes > 0) encoder.copyBufferToBuffer(buffer, from, staging, starts[i], bytes);
    const all = await this.finish(encoder, Math.max(8, at));
    return parts.map(([, , bytes], i) => all.slice(starts[i], starts[i] + bytes));
  }
}
