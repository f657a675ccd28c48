import { TILE } from '../layout.ts';
import type { Camera } from '../scene.ts';
import { cameraPosition } from '../spherical-harmonics.ts';
import { DEFAULT_NEAR, viewLimits } from '../view-limits.ts';
import { GpuBuffers, type BufferName, type SceneSize } from './gpu-buffers.ts';
import type { KernelName, Kernels } from './gpu-kernels.ts';
import {
  GROUP,
  NONE,
  RADIX_BITS,
  SORT_BLOCK,
  STATE_BAD,
  STATE_BYTES,
  STATE_VISIBLE,
  UNIFORM_STRIDE,
} from './gpu-layout.ts';

/** Uniform of one frame, see `FRAME_WGSL`. */
export type FrameUniform = {
  readonly camera: Camera;
  readonly background: readonly [number, number, number];
  readonly count: number;
  readonly rest: number;
  readonly capacity: number;
  /** the frame whose offsets are used */
  readonly frame?: number;
  readonly flags: number;
  /** pixels before this view's among the targets, weights and backgrounds */
  readonly firstPixel?: number;
  /** tiles before this view's among the sums */
  readonly firstTile?: number;
  readonly loss?: readonly [number, number, number, number];
};

/** Names of the parts of a frame, in which a profile is told. */
export const STAGES = ['projection', 'sort', 'rasterise', 'loss', 'backward', 'adam'] as const;

/** One of `STAGES`. */
export type Stage = (typeof STAGES)[number];

/** Uniform blocks before the first frame's: passes of the depth sort, then of the tile sort. */
const DEPTH_PASSES = 32 / RADIX_BITS;
const MOST_TILE_PASSES = 3;
export const FIRST_FRAME = DEPTH_PASSES + MOST_TILE_PASSES;

/** A scene that nothing is fitted in and nothing is differentiated in. */
export const PLAIN_SIZE = {
  frames: 0,
  allPixels: 0,
  stepTiles: 0,
  uniforms: FIRST_FRAME + 1,
  backward: false,
  adam: false,
  bounded: false,
} as const;

/** Tiles of a view. */
export const tilesOf = ({ width, height }: { width: number; height: number }): [number, number] => [
  Math.ceil(width / TILE),
  Math.ceil(height / TILE),
];

/** Passes that sort the numbers 0 … tiles. */
const tilePasses = (tiles: number): number => Math.ceil(Math.max(1, 32 - Math.clz32(tiles)) / RADIX_BITS);

/** Workgroups of GROUP threads in a grid, for more than one dimension takes. */
export function gridOf(items: number): [number, number] {
  const groups = Math.ceil(items / GROUP);
  return [Math.min(groups, 65535), Math.ceil(groups / 65535)];
}

/** Hears each dispatch; ends a stage. */
export type Recorder = {
  /** the pass that the stage's dispatches go into */
  begin(stage: Stage): GPUComputePassEncoder;
  end(): void;
};

/** The buffers of one scene and the dispatches over them. Encodes; submits nothing. */
export class GpuScene {
  readonly device: GPUDevice;
  readonly buffers: GpuBuffers;
  /** dispatches encoded so far */
  dispatches = 0;
  readonly kernels: Kernels;
  readonly #groups = new Map<string, GPUBindGroup>();
  readonly #blocks = new DataView(new ArrayBuffer(UNIFORM_STRIDE));

  constructor(device: GPUDevice, kernels: Kernels) {
    this.device = device;
    this.kernels = kernels;
    this.buffers = new GpuBuffers(device);
  }

  /** Makes room; what the buffers hold is lost if they grow. */
  async reserve(size: SceneSize): Promise<void> {
    await this.buffers.reserve(size);
    this.#groups.clear();
    for (let pass = 0; pass < FIRST_FRAME; pass++) {
      const ofTiles = pass >= DEPTH_PASSES;
      const index = ofTiles ? pass - DEPTH_PASSES : pass;
      this.writeUniform(pass, Uint32Array.of(index * RADIX_BITS, size.count, ofTiles ? 1 : 0, index === 0 ? 1 : 0));
    }
  }

  writeUniform(block: number, data: Uint32Array<ArrayBuffer> | DataView<ArrayBuffer>): void {
    this.device.queue.writeBuffer(
      this.buffers.get('uniforms'),
      block * UNIFORM_STRIDE,
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    );
  }

  writeFrame(block: number, frame: FrameUniform): void {
    const { camera, background, count, rest, capacity } = frame;
    const view = this.#blocks;
    let at = 0;
    const floats = (...values: number[]): void => {
      for (const value of values) view.setFloat32((at += 4) - 4, value, true);
    };
    const words = (...values: number[]): void => {
      for (const value of values) view.setUint32((at += 4) - 4, value, true);
    };
    const limits = viewLimits(camera);
    for (let i = 0; i < 12; i++) floats(camera.worldToCamera[i]);
    floats(camera.fx, camera.fy, camera.cx, camera.cy);
    floats(limits.xLow, limits.xHigh, limits.yLow, limits.yHigh);
    floats(...background, camera.near ?? DEFAULT_NEAR);
    floats(...cameraPosition(camera.worldToCamera), 0);
    words(camera.width, camera.height, ...tilesOf(camera));
    words(count, rest, capacity, (frame.frame ?? 0) * count);
    words(frame.flags, frame.firstPixel ?? 0, frame.firstTile ?? 0, 0);
    floats(...(frame.loss ?? [0, 0, 0, 0]));
    this.writeUniform(block, view);
  }

  /** The state as it is before a frame or a fit: nothing wrong yet. */
  clearState(): void {
    const state = new Uint32Array(STATE_BYTES / 4);
    state[STATE_BAD] = NONE;
    this.device.queue.writeBuffer(this.buffers.get('state'), 0, state);
  }

  /** Clears what a frame counts up. Before its passes. */
  clearFrame(encoder: GPUCommandEncoder, count: number): void {
    encoder.clearBuffer(this.buffers.get('histogram'), 0, (Math.ceil(count / SORT_BLOCK) << RADIX_BITS) * 4);
    encoder.clearBuffer(this.buffers.get('state'), STATE_VISIBLE * 4, 4);
  }

  /** Projection, sort, rasterisation: 19 dispatches up to 255 tiles, 22 up to 65535, 25 above. */
  forward(recorder: Recorder, block: number, count: number, camera: Camera): void {
    const [tilesX, tilesY] = tilesOf(camera);
    const groups = Math.ceil(count / GROUP);
    const blocks = Math.ceil(count / SORT_BLOCK);
    let pass = recorder.begin('projection');
    this.#run(
      pass,
      'project',
      block,
      ['params', 'offsets', 'records', 'counts', 'keysA', 'state', 'histogram'],
      groups,
    );
    recorder.end();
    pass = recorder.begin('sort');
    for (let i = 0; i < DEPTH_PASSES; i++)
      this.#sortPass(
        pass,
        i,
        i % 2 === 0 ? ['keysA', 'orderA', 'keysB', 'orderB'] : ['keysB', 'orderB', 'keysA', 'orderA'],
        blocks,
        i > 0,
      );
    this.#run(pass, 'entrySums', block, ['orderA', 'counts', 'blockSums'], groups);
    this.#run(pass, 'entryScan', block, ['blockSums', 'state', 'work', 'ranges'], 1);
    this.#run(
      pass,
      'listTiles',
      block,
      ['orderA', 'counts', 'records', 'blockSums', 'tilesA', 'entryGaussians', 'firstEntries'],
      groups,
    );
    for (let i = 0; i < tilePasses(tilesX * tilesY); i++) {
      this.#sortPass(
        pass,
        DEPTH_PASSES + i,
        i % 2 === 0 ? ['tilesA', 'entriesA', 'tilesB', 'entriesB'] : ['tilesB', 'entriesB', 'tilesA', 'entriesA'],
        'work',
      );
    }
    recorder.end();
    pass = recorder.begin('rasterise');
    this.#run(
      pass,
      'forward',
      block,
      [
        'ranges',
        this.#sorted(camera, 'entries'),
        'entryGaussians',
        'records',
        'background',
        'image',
        'depthEnds',
        this.#sorted(camera, 'tiles'),
      ],
      tilesX,
      tilesY,
    );
    recorder.end();
  }

  /** Loss of the rendered image and its gradient. */
  loss(recorder: Recorder, block: number, camera: Camera): void {
    const pass = recorder.begin('loss');
    this.#run(pass, 'lossMap', block, ['image', 'goals', 'weights', 'partials', 'sums'], ...tilesOf(camera));
    this.#run(
      pass,
      'lossGradient',
      block,
      ['image', 'goals', 'weights', 'partials', 'imageGradients'],
      ...tilesOf(camera),
    );
    recorder.end();
  }

  /** Gradient of the parameters from that of the image. */
  backward(recorder: Recorder, block: number, count: number, camera: Camera): void {
    const pass = recorder.begin('backward');
    this.#run(
      pass,
      'pixels',
      block,
      ['image', 'depthEnds', 'background', 'imageGradients', 'depthGradients', 'pixelStates'],
      ...gridOf(camera.width * camera.height),
    );
    this.#run(
      pass,
      'backward',
      block,
      ['ranges', this.#sorted(camera, 'entries'), 'entryGaussians', 'records', 'pixelStates', 'moments'],
      ...tilesOf(camera),
    );
    this.#run(
      pass,
      'gather',
      block,
      ['params', 'offsets', 'counts', 'firstEntries', 'moments', 'gradients', 'offsetGradients'],
      Math.ceil(count / GROUP),
    );
    recorder.end();
  }

  /** Concludes a step, then one update for each of the given blocks. */
  optimise(
    recorder: Recorder,
    stepBlock: number,
    updates: readonly { block: number; numbers: number; of: 'params' | 'offsets' }[],
  ): void {
    const pass = recorder.begin('adam');
    this.#run(pass, 'conclude', stepBlock, ['sums', 'state'], 1);
    for (const { block, numbers, of } of updates) {
      const [values, gradients, memory] =
        of === 'params'
          ? (['params', 'gradients', 'adamMemory'] as const)
          : (['offsets', 'offsetGradients', 'offsetMemory'] as const);
      this.#run(pass, 'adam', block, [values, gradients, memory, 'state', 'bounds'], ...gridOf(numbers));
    }
    recorder.end();
  }

  /** Which of its two buffers the sorted tiles or entries are in. */
  #sorted(camera: Camera, of: 'tiles' | 'entries'): BufferName {
    const [x, y] = tilesOf(camera);
    return tilePasses(x * y) % 2 === 1 ? `${of}B` : `${of}A`;
  }

  #sortPass(
    pass: GPUComputePassEncoder,
    block: number,
    [keys, values, keysOut, valuesOut]: readonly [BufferName, BufferName, BufferName, BufferName],
    blocks: number | 'work',
    count = true,
  ): void {
    if (count) this.#run(pass, 'sortCount', block, [keys, 'state', 'histogram'], blocks);
    this.#run(pass, 'sortScan', block, ['state', 'histogram', 'totals'], 1 << RADIX_BITS);
    this.#run(pass, 'sortScatter', block, [keys, values, keysOut, valuesOut, 'histogram', 'totals', 'state'], blocks);
  }

  #run(
    pass: GPUComputePassEncoder,
    name: KernelName,
    block: number,
    names: readonly BufferName[],
    x: number | 'work',
    y = 1,
  ): void {
    const kernel = this.kernels.get(name);
    const key = `${name} ${names.join()}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      const uniform = { binding: 0, resource: { buffer: this.buffers.get('uniforms'), size: UNIFORM_STRIDE } };
      group = this.device.createBindGroup({
        label: name,
        layout: kernel.layout,
        entries: [
          uniform,
          ...names.map((buffer, i) => ({ binding: i + 1, resource: { buffer: this.buffers.get(buffer) } })),
        ],
      });
      this.#groups.set(key, group);
    }
    pass.setPipeline(kernel.pipeline);
    pass.setBindGroup(0, group, [block * UNIFORM_STRIDE]);
    if (x === 'work') pass.dispatchWorkgroupsIndirect(this.buffers.get('work'), 0);
    else pass.dispatchWorkgroups(x, y);
    this.dispatches++;
  }
}

/** Records a frame into one pass for all stages. */
export function onePass(encoder: GPUCommandEncoder): Recorder & { finish(): void } {
  let pass: GPUComputePassEncoder | undefined;
  return {
    begin: () => (pass ??= encoder.beginComputePass()),
    end: () => undefined,
    finish() {
      pass?.end();
      pass = undefined;
    },
  };
}
