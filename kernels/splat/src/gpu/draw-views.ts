import type { FrameView, RenderOutput } from '../scene.ts';
import { FLAG_BACKGROUND_IMAGE, FLAG_OFFSETS, STATE_BYTES } from './gpu-layout.ts';
import { FIRST_FRAME, onePass, type GpuScene } from './gpu-scene.ts';
import type { frameOf } from './gpu-upload.ts';

/** A view with the numbers that its kernels read, and where its picture goes. */
export interface DrawnView {
  readonly view: FrameView;
  readonly frame: ReturnType<typeof frameOf>;
  readonly output: RenderOutput;
}

const bytesOf = ({ width, height, depth }: RenderOutput): number => width * height * (depth === undefined ? 16 : 24);

/** What `recordViews` copies out for pictures like these: bytes. */
export function stagingBytes(outputs: readonly RenderOutput[]): number {
  return outputs.reduce((sum, output) => sum + bytesOf(output), STATE_BYTES);
}

/**
 * Records the drawing of views one after another. An image is overwritten by the next view's: what is read of it is
 * copied out between the passes, behind the state.
 */
export function recordViews(
  scene: GpuScene,
  encoder: GPUCommandEncoder,
  staging: GPUBuffer,
  views: readonly DrawnView[],
  count: number,
): void {
  const recorder = onePass(encoder);
  let firstPixel = 0;
  let at = STATE_BYTES;
  for (const [v, { view, frame, output }] of views.entries()) {
    const pixels = view.camera.width * view.camera.height;
    const moved = view.frame === undefined ? 0 : FLAG_OFFSETS;
    scene.writeFrame(FIRST_FRAME + v, { ...frame, flags: frame.flags | moved, frame: view.frame, firstPixel });
    if ((frame.flags & FLAG_BACKGROUND_IMAGE) !== 0) {
      const background = view.background as Float32Array<ArrayBuffer>;
      scene.device.queue.writeBuffer(scene.buffers.get('background'), firstPixel * 12, background);
      firstPixel += pixels;
    }
    scene.clearFrame(encoder, count);
    scene.forward(recorder, FIRST_FRAME + v, count, view.camera);
    recorder.finish();
    encoder.copyBufferToBuffer(scene.buffers.get('image'), 0, staging, at, pixels * 16);
    if (output.depth !== undefined)
      encoder.copyBufferToBuffer(scene.buffers.get('depthEnds'), 0, staging, at + pixels * 16, pixels * 8);
    at += bytesOf(output);
  }
  encoder.copyBufferToBuffer(scene.buffers.get('state'), 0, staging, 0, STATE_BYTES);
}

/** Takes the pictures out of what `recordViews` copied. */
export function readOutputs(bytes: ArrayBuffer, outputs: readonly RenderOutput[]): void {
  let at = STATE_BYTES;
  for (const output of outputs) {
    const pixels = output.width * output.height;
    const image = new Float32Array(bytes, at, pixels * 4);
    for (let i = 0; i < pixels; i++) {
      output.color[3 * i] = image[4 * i];
      output.color[3 * i + 1] = image[4 * i + 1];
      output.color[3 * i + 2] = image[4 * i + 2];
      output.transmittance[i] = image[4 * i + 3];
    }
    if (output.depth !== undefined) {
      const depthEnds = new Float32Array(bytes, at + pixels * 16, pixels * 2);
      for (let i = 0; i < pixels; i++) output.depth[i] = depthEnds[2 * i];
    }
    at += bytesOf(output);
  }
}
