/** What `--device` takes: `auto` is the GPU where there is one that computes, else the CPU. */
export const DEVICE_CHOICES = ['auto', 'webgpu', 'cpu'] as const;

/** One of `DEVICE_CHOICES`. */
export type DeviceChoice = (typeof DEVICE_CHOICES)[number];

/** Names of adapters that compute on the CPU: right, and slower than what is written for it. `auto` never takes one. */
export const SOFTWARE_ADAPTER = /swiftshader|llvmpipe|lavapipe|basic render/i;
