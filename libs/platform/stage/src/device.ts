/** What a task can compute on. `webgpu` needs an adapter; every machine has `cpu`. */
export const DEVICES = ['cpu', 'webgpu'] as const;
export type Device = (typeof DEVICES)[number];
