import { smoothstep } from '@soliloquy/signal';
import { toPicture } from './face-frame.ts';
import type { FilmFace } from './mouth-frames.ts';
import type { FacePoint, Point } from './point.ts';

/** A head as a solid, and where it ends. */
export interface HeadShape {
  readonly chin: FacePoint;
  /** the line of the shoulders, where the head's motion ends */
  readonly shoulders: { readonly v: number; readonly film: Point };
  /** 0 … 1 how much of a place's motion is the head's: all above the chin, nothing below the shoulders */
  weightAt(u: number, v: number): number;
  /** how far the surface stands before the axis that the head turns about, units of the face */
  depthAt(u: number, v: number): number;
}

/** An ellipsoid with a nose. */
export function headShape(face: FilmFace): HeadShape {
  const chin = face.local('chin') ?? { u: 0, v: 0.65 };
  const shoulders = shoulderHeight(face, chin.v);
  const top = face.local('headTop') ?? { u: 0, v: -2.2 };
  const middle = (chin.v + top.v) / 2;
  const reach = { u: 0.5 * Math.max(1.6, chin.v - top.v) * 0.8, v: 0.5 * Math.max(1.6, chin.v - top.v) };
  const nose = face.local('noseTip') ?? { u: 0, v: -0.4 };
  return {
    chin,
    shoulders,
    weightAt: (u, v) =>
      (1 - smoothstep(chin.v - 0.05, shoulders.v, v)) * (1 - smoothstep(1.5 * reach.u, 3 * reach.u, Math.abs(u))),
    depthAt(u, v) {
      const rho2 = (u / reach.u) ** 2 + ((v - middle) / reach.v) ** 2;
      return 0.95 * Math.exp(-1.1 * rho2) + 0.2 * Math.exp(-((u - nose.u) ** 2 + (v - nose.v) ** 2) / 0.05);
    },
  };
}

/** Without shoulders in the picture, a neck's length below the chin. */
function shoulderHeight(face: FilmFace, chin: number): { v: number; film: Point } {
  const [left, right] = [face.local('leftShoulder'), face.local('rightShoulder')];
  const v = left && right ? Math.max(chin + 0.5, (left.v + right.v) / 2) : chin + 1.1;
  return { v, film: toPicture(face, 0, v) };
}
