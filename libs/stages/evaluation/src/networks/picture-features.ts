import type { OpenNetwork } from './open-network.ts';
import { planesOf, resizeBilinear, type Pixels, type PlaneSet } from './sample-pixels.ts';

/** numbers of a picture that FID compares, and from how many pictures on their covariance has full rank */
export const POOL3 = 2048;
const SIDE = 299;

/** A picture as pytorch-fid shows it to Inception: 299² by bilinear samples, RGB −1 … 1. */
export function inceptionInput(picture: Pixels): Float32Array {
  return scaled(resizeBilinear(planesOf(picture), SIDE, SIDE)).data;
}

/** @returns f64 [2048], pool3 */
export async function pool3(network: OpenNetwork, picture: Pixels): Promise<Float64Array> {
  const [features] = await network.run({ shape: [1, 3, SIDE, SIDE], data: inceptionInput(picture) });
  return Float64Array.from(features);
}

/** LPIPS of two pictures of one size, by the network that has both inputs. */
export async function lpipsOf(network: OpenNetwork, picture: Pixels, reference: Pixels): Promise<number> {
  const { width, height } = picture;
  const [a, b] = [picture, reference].map((each) => ({
    shape: [1, 3, height, width],
    data: scaled(planesOf(each)).data,
  }));
  const [[distance]] = await network.run(a, b);
  return distance;
}

/** 0 … 255 to −1 … 1, in place. */
export function scaled(planes: PlaneSet): PlaneSet {
  for (let i = 0; i < planes.data.length; i++) planes.data[i] = planes.data[i] / 127.5 - 1;
  return planes;
}
