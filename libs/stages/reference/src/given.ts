import { resizeImage, type Image } from '@soliloquy/media';
import type { DenseHand, DensePoint, Landmarks } from '@soliloquy/ports';
import { StageError } from '@soliloquy/stage';

/** Points must be of this very picture. @throws StageError `size-mismatch` */
export function checkLandmarks(landmarks: Landmarks, image: Image): void {
  if (landmarks.width === image.width && landmarks.height === image.height) return;
  throw new StageError({
    code: 'stage.size-mismatch',
    where: 'reference.landmarks',
    expected: `points of a picture of ${image.width}x${image.height}`,
    got: `${landmarks.width}x${landmarks.height}`,
    remedy: 'give the points of this picture',
  });
}

/** The background must be of the picture's size. @throws StageError `size-mismatch` */
export function checkSize(background: Image, image: Image): void {
  if (background.width === image.width && background.height === image.height) return;
  throw new StageError({
    code: 'stage.size-mismatch',
    where: 'reference.background',
    expected: `${image.width}x${image.height}`,
    got: `${background.width}x${background.height}`,
    remedy: 'give the background of this picture',
  });
}

/**
 * Points of a picture in the same picture at another size; a different aspect is another picture's. @throws StageError
 * `size-mismatch`
 */
export function scaleLandmarks(landmarks: Landmarks, width: number, height: number): Landmarks {
  const aspect = (landmarks.width / landmarks.height) * (height / width);
  if (Math.abs(Math.log(aspect)) > 0.02) {
    throw new StageError({
      code: 'stage.size-mismatch',
      where: 'reference.landmarks',
      expected: `points of a picture with the aspect of ${width}x${height}`,
      got: `${landmarks.width}x${landmarks.height}`,
      remedy: 'give the points of this picture (EXIF rotation is applied before)',
    });
  }
  const sx = width / landmarks.width;
  const sy = height / landmarks.height;
  const points = Object.fromEntries(
    Object.entries(landmarks.points).map(([name, p]) => [name, { x: p.x * sx, y: p.y * sy, confidence: p.confidence }]),
  );
  const { mesh, hands } = landmarks;
  const scaled = ([x, y, z]: DensePoint): DensePoint => [x * sx, y * sy, z * Math.sqrt(sx * sy)];
  const hand = (of: DenseHand | undefined): DenseHand | undefined => of && { ...of, points: of.points.map(scaled) };
  return {
    width,
    height,
    points: points as unknown as Landmarks['points'],
    ...(mesh && { mesh: mesh.map(scaled) }),
    ...(hands && { hands: { left: hand(hands.left), right: hand(hands.right) } }),
  };
}

/**
 * A background of another size is brought to the picture's. @throws StageError `stage.size-mismatch` when its aspect is
 * another
 */
export async function fittedBackground(background: Image, image: Image): Promise<Image> {
  if (background.width === image.width && background.height === image.height) return background;
  if (Math.abs(Math.log((background.width / background.height) * (image.height / image.width))) > 0.02) {
    throw new StageError({
      code: 'stage.size-mismatch',
      where: 'reference.background',
      expected: `the aspect of the picture (${image.width}x${image.height})`,
      got: `${background.width}x${background.height}`,
      remedy: "give a background of the picture's aspect",
    });
  }
  return resizeImage(background, image.width, image.height);
}
