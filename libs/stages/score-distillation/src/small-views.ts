import { filmView } from '@soliloquy/latent-flow';
import { personViews, type PersonView } from '@soliloquy/latent-flow/motion';
import { resizeImage } from '@soliloquy/media';
import { scaleCamera, type Camera, type Image, type Landmarks } from '@soliloquy/ports';

/** A small picture of the avatar. */
export interface SmallView {
  readonly view: PersonView;
  readonly camera: Camera;
  /** f32 [height, width, 3] sRGB 0 … 1, what is behind the person there */
  readonly background: Float32Array;
}

/**
 * The film and the face in it as two small pictures, each with the camera that sees it: the film's, cut and scaled.
 *
 * @param film  pixels of the film, of the aspect of the camera
 * @param width of each picture, pixels; heights follow from what it shows
 */
export async function smallViews(
  scene: { readonly camera: Camera; readonly landmarks: Landmarks; readonly background: Image },
  film: { readonly width: number; readonly height: number },
  width: number,
): Promise<SmallView[]> {
  const behind = await resizeImage(scene.background, film.width, film.height);
  const base = scaleCamera(scene.camera, film.width, film.height);
  return personViews({ landmarks: scene.landmarks, ...film }).map(({ box }) => {
    const height = Math.max(2, Math.round((width * box.height) / box.width));
    const [sx, sy] = [width / box.width, height / box.height];
    const camera = {
      ...base,
      width,
      height,
      fx: base.fx * sx,
      fy: base.fy * sy,
      cx: (base.cx - box.left) * sx,
      cy: (base.cy - box.top) * sy,
    };
    const background = new Float32Array(width * height * 3);
    filmView(film, box, { width, height }).take(behind.data, background);
    return { view: { box, width, height }, camera, background };
  });
}

/** f32 numbers of all views, one after the other. */
export function pixelsOf(views: readonly SmallView[]): number {
  return views.reduce((sum, { background }) => sum + background.length, 0);
}
