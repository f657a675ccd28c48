import { Fault } from '@soliloquy/fault';
/**
 * What this library throws: `device.none` (no such device here).
 */
export class DeviceError extends Fault<'device.none'> {
  static override readonly phase = 'before-run';
  override readonly name = 'DeviceError';
}
