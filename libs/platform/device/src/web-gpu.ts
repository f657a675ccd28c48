import { DeviceError } from './device-error.ts';

export { SOFTWARE_ADAPTER } from './device-choice.ts';
export type { DeviceChoice } from './device-choice.ts';

/** A WebGPU device that can be used now, with all that its adapter allows. */
export interface WebGpu {
  readonly device: GPUDevice;
  /** vendor, architecture and description of the adapter */
  readonly name: string;
  /** Threads of the smallest subgroup; `undefined` where there are none. */
  readonly subgroupSize: number | undefined;
  /** Whether passes can be timed on the device itself. */
  readonly timestamps: boolean;
}

/** What is asked of the adapter beyond the defaults: all it has of these. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
] as const;

/** Dawn's instance: collected, it would take its devices with it. */
let instance: GPU | undefined;

async function entry(): Promise<GPU | undefined> {
  if (typeof navigator !== 'undefined' && navigator.gpu !== undefined) return navigator.gpu;
  if (instance !== undefined) return instance;
  try {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    instance = create([]);
  } catch {
    return undefined;
  }
  return instance;
}

/**
 * Opens the WebGPU adapter of this machine, the browser's own or Dawn's in Node, with its largest limits, subgroups and
 * timestamps where it has them.
 *
 * @throws DeviceError `device.none` where there is none
 */
export async function openWebGpu(): Promise<WebGpu> {
  const adapter = await (await entry())?.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null || adapter === undefined) {
    throw new DeviceError({
      code: 'device.none',
      where: 'webgpu.adapter',
      expected: 'a WebGPU adapter',
      got: 'none',
      remedy: 'install a Vulkan driver, or use --device cpu',
    });
  }
  const requiredFeatures = (['subgroups', 'timestamp-query'] as const).filter((feature) =>
    adapter.features.has(feature),
  );
  const device = await adapter.requestDevice({
    requiredFeatures,
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  const { vendor, architecture, description, subgroupMinSize } = adapter.info;
  return {
    device,
    name: [vendor, architecture, description].filter((part) => part !== '').join(' ') || 'an adapter without a name',
    subgroupSize: requiredFeatures.includes('subgroups') ? subgroupMinSize : undefined,
    timestamps: requiredFeatures.includes('timestamp-query'),
  };
}
