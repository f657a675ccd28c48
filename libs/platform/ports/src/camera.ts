import { z } from 'zod';
import { jsonPort } from './json-port.ts';

/** A perspective pinhole camera: +x right, +y down, +z forward. */
export const cameraSchema = z.object({
  width: z.int().positive().describe('of the picture, pixels'),
  height: z.int().positive().describe('of the picture, pixels'),
  fx: z.number().positive().describe('focal length, pixels'),
  fy: z.number().positive().describe('focal length, pixels'),
  cx: z.number().describe('principal point, pixels'),
  cy: z.number().describe('principal point, pixels'),
  worldToCamera: z.array(z.number()).length(16).describe('16 numbers, row-major 4x4; +x right, +y down, +z forward'),
});
export type Camera = z.infer<typeof cameraSchema>;

/**
 * From where the avatar is seen. The same camera serves every image size: `scaleCamera` keeps the view and changes the
 * pixels.
 */
export const camera = jsonPort<Camera>({
  id: 'camera',
  title: 'Camera',
  hue: 225,
  schema: cameraSchema,
  file: 'camera.json',
  summary: (value) => `${value.width}x${value.height}, focal length ${value.fx.toFixed(0)} px`,
});

/** The same view on another number of pixels. */
export function scaleCamera(value: Camera, width: number, height: number): Camera {
  const sx = width / value.width;
  const sy = height / value.height;
  return { ...value, width, height, fx: value.fx * sx, fy: value.fy * sy, cx: value.cx * sx, cy: value.cy * sy };
}
