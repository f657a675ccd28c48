import { z } from 'zod';
import { jsonPort } from './json-port.ts';

/** A perspective pinhole camera: +x right, +y down, +z forward. */
export const cameraSchema = z.object({
  /** pixels */
  width: z.int().positive(),
  height: z.int().positive(),
  /** focal lengths, pixels */
  fx: z.number().positive(),
  fy: z.number().positive(),
  /** principal point, pixels */
  cx: z.number(),
  cy: z.number(),
  /** row-major 4x4, world to camera */
  worldToCamera: z.array(z.number()).length(16),
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
