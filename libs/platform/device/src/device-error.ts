/**
 * What this library throws: `device.none` (no such device here). The message reads `where.what: expected …, got …;
 * remedy`.
 */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
  readonly code: 'device.none';

  constructor(code: DeviceError['code'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
