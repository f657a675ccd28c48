import { faceBox } from '@soliloquy/face';
import { laplacianVariance } from '@soliloquy/image-quality';
import { resizeImage } from '@soliloquy/media';
import { defineMeasure } from '@soliloquy/stage';
import { every } from '../every.ts';
import { evaluationInputs } from '../inputs.ts';

/** Var(∇²I) of the face in the film over that in the picture at the film's size; median over frames. */
export const sharpness = defineMeasure({
  of: evaluationInputs,
  name: 'sharpness',
  version: 1,
  better: 'higher',
  text: 'variance of the Laplacian of the face over that of the picture at film size, median over frames',
  source: 'Pech-Pacheco et al. 2000, variance of the Laplacian',
  needs: ['video', 'image', 'landmarks'],
  params: { every },
  async measure({ video, image, landmarks }, params, ctx) {
    const { width, height } = video;
    const box = faceBox(landmarks.points, width / landmarks.width);
    const picture = await resizeImage(image, width, height);
    const values: number[] = [];
    let index = 0;
    for await (const frame of video.read()) {
      if (index++ % params.every === 0) values.push(laplacianVariance(frame, width, height, box, 4));
      ctx.signal.throwIfAborted();
    }
    // The upper of the two in the middle, of an even number of frames.
    values.sort((a, b) => a - b);
    return values[Math.floor(values.length / 2)] / laplacianVariance(picture.data, width, height, box, 4);
  },
});
