import type { Device } from '@soliloquy/stage';
import { SOFTWARE_ADAPTER, type DeviceChoice } from './device-choice.ts';
import { DeviceError } from './device-error.ts';
import { probeWebGpu } from './probe.ts';

/**
 * What a run computes on. `auto` is WebGPU where this machine has an adapter in hardware that computes; `webgpu` takes
 * any adapter, a driver in software too.
 *
 * @param probe looks for the adapter, in a process of its own: a driver that crashes is a finding
 * @throws DeviceError `device.none` where `webgpu` is asked for and nothing computes with it
 */
export async function chooseDevice(choice: DeviceChoice, probe: typeof probeWebGpu = probeWebGpu): Promise<Device> {
  if (choice === 'cpu') return 'cpu';
  const { works, detail } = await probe();
  if (choice === 'auto') return works && !SOFTWARE_ADAPTER.test(detail) ? 'webgpu' : 'cpu';
  if (works) return 'webgpu';
  throw new DeviceError({
    code: 'device.none',
    where: '--device',
    expected: 'a WebGPU adapter that computes',
    got: `none (${detail})`,
    remedy: 'install a Vulkan driver (soliloquy doctor says what is found), or use --device cpu',
  });
}
