import { chooseDevice, DEVICE_CHOICES, type DeviceChoice } from '@soliloquy/device';
import type { GraphDocument, StageRegistry } from '@soliloquy/graph';
import type { Device } from '@soliloquy/stage';
import type { ParsedOptions } from './parse-options.ts';
import { UsageError } from './usage-error.ts';

/** `--device`, `auto` where it is not given. @throws UsageError */
function deviceChoice(options: ParsedOptions): DeviceChoice {
  const text = options.text('device') ?? 'auto';
  const choice = DEVICE_CHOICES.find((name) => name === text);
  if (choice === undefined)
    throw new UsageError({
      code: 'usage.call',
      where: '--device',
      expected: `one of ${DEVICE_CHOICES.join(', ')}`,
      got: `"${text}"`,
      remedy: 'leave it out for auto',
    });
  return choice;
}

/** What this machine computes on. @throws UsageError, DeviceError where WebGPU is asked for and there is none */
export function machineDevice(options: ParsedOptions): Promise<Device> {
  return chooseDevice(deviceChoice(options));
}

/**
 * What a run computes on. Over a cluster the workers have the GPUs, and nobody asks this machine; here nobody looks for
 * a GPU that no node would use.
 *
 * @param cluster where the run goes, if it goes to one
 * @throws UsageError, DeviceError as `machineDevice`
 */
export async function runDevice(
  options: ParsedOptions,
  document: GraphDocument,
  registry: StageRegistry,
  cluster?: object,
): Promise<Device> {
  const choice = deviceChoice(options);
  if (cluster !== undefined) return choice === 'webgpu' ? 'webgpu' : 'cpu';
  // Whether stage and backbone exist is checked where the graph is.
  const useful = Object.values(document.nodes).some((node) => {
    const stage = registry.get(node.stage.split('@')[0]);
    return stage?.backbones[node.backbone ?? stage.defaultBackbone]?.onWebGpu === true;
  });
  return choice === 'auto' && !useful ? 'cpu' : chooseDevice(choice);
}
