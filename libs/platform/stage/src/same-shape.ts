import { StageError } from './stage-error.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * @param where input whose size is looked at, e.g. `video-diffusion.landmarks`
 * @throws StageError `stage.landmarks-size` for what belongs to a picture of another shape
 */
export function requireSameShape(where: string, picture: Size, { width, height }: Size): void {
  const ratio = (width / height) * (picture.height / picture.width);
  if (ratio >= 0.98 && ratio <= 1.02) return;
  throw new StageError({
    code: 'stage.landmarks-size',
    where,
    expected: `what belongs to a ${picture.width}x${picture.height} picture`,
    got: `${width}x${height}`,
    remedy: 'connect what was made of this picture',
  });
}
