/** What `--device` takes: `auto` is the GPU where there is one that computes, else the CPU. */
export const DEVICE_CHOICES = ['auto', 'webgpu', 'cpu'] as const;

/** One of `DEVICE_CHOICES`. */
export type DeviceChoice = (typeof DEVICE_CHOICES)[number];
