import type { FaceFrame, Point } from './face-frame.ts';
import type { PuppetMotion } from './motion.ts';
import { smoothstep } from './signal.ts';

/** How far an arm's hand travels when raised by 1, in units of the face. */
const HAND_TRAVEL = 0.5;

/**
 * The smooth part of the puppet's motion, sampled on a grid over the film: head (a textured ellipsoid turned in depth),
 * breath and sway of the upper body, arms. A node moves by the sum of what its regions do, each weighted by a C1
 * falloff, so nothing tears.
 */
export interface BodyField {
  /** film pixels between two nodes */
  readonly step: number;
  /** nodes across and down, one beyond the film's last pixel */
  readonly columns: number;
  readonly rows: number;
  /**
   * How far anything near a place travels in a whole motion, film pixels; an upper bound.
   */
  travel(motion: PuppetMotion): (x: number, y: number) => number;
  /**
   * Where the pixels of a frame come from.
   *
   * @param sourceXs f32 [rows, columns], written: film pixels
   * @param sourceYs f32 [rows, columns], written
   */
  backward(motion: PuppetMotion, frame: number, sourceXs: Float32Array, sourceYs: Float32Array): void;
}

interface Arm {
  readonly channel: 'leftArm' | 'rightArm';
  readonly pivot: Point;
  readonly wrist: Point;
  /**
   * f64 [2] what raises the hand by 1: radians about the pivot, and about the wrist, added for the hand. Not two
   * numbers of this object: with those, one film of some hundred came out with the right arm's angle on the left arm
   * too, though nothing here writes it; objects of one literal had shared the box that V8 keeps a fractional field in.
   */
  readonly turns: Float64Array;
  /** f32 [nodes] 0 … 1 */
  readonly weights: Float32Array;
  readonly handWeights: Float32Array;
}

/** @param covered whether the person covers a film pixel: an arm that is guessed to be where nobody is does not move */
export function bodyField(
  face: FaceFrame,
  width: number,
  height: number,
  covered: (x: number, y: number) => boolean,
): BodyField {
  const step = Math.max(2, Math.min(8, Math.round(face.unit / 8)));
  const columns = Math.ceil(width / step) + 2;
  const rows = Math.ceil(height / step) + 2;
  const nodes = rows * columns;
  const chin = face.local('chin') ?? { a: 0, b: 0.65 };
  const top = face.local('headTop') ?? { a: 0, b: -2.2 };
  const shoulders = shoulderHeight(face, chin.b);
  const neck = face.toFilm(chin.a * 0.5, chin.b + 0.45 * (shoulders.b - chin.b));
  const middle = (chin.b + top.b) / 2;
  const reach = { a: 0.5 * Math.max(1.6, chin.b - top.b) * 0.8, b: 0.5 * Math.max(1.6, chin.b - top.b) };
  const nose = face.local('noseTip') ?? { a: 0, b: -0.4 };
  const hips = Math.min(height, face.film('leftHip')?.y ?? shoulders.film.y + 3.4 * face.unit);

  const headWeights = new Float32Array(nodes);
  const depths = new Float32Array(nodes);
  const breathWeights = new Float32Array(nodes);
  const swayWeights = new Float32Array(nodes);
  for (let i = 0; i < nodes; i++) {
    const { x, y } = node(i);
    const { a, b } = face.toLocal(x, y);
    headWeights[i] =
      (1 - smoothstep(chin.b - 0.05, shoulders.b, b)) * (1 - smoothstep(1.5 * reach.a, 3 * reach.a, Math.abs(a)));
    const rho2 = (a / reach.a) ** 2 + ((b - middle) / reach.b) ** 2;
    depths[i] =
      face.unit * (0.95 * Math.exp(-1.1 * rho2) + 0.2 * Math.exp(-((a - nose.a) ** 2 + (b - nose.b) ** 2) / 0.05));
    breathWeights[i] = 1 - smoothstep(shoulders.film.y - 0.2 * face.unit, hips, y);
    swayWeights[i] = 1 - smoothstep(shoulders.film.y - 0.5 * face.unit, hips, y);
  }
  const arms = (['left', 'right'] as const)
    .map((side) => arm(side))
    .filter((found): found is Arm => found !== undefined);
  const dxs = new Float32Array(nodes);
  const dys = new Float32Array(nodes);

  function node(i: number): Point {
    return { x: (i % columns) * step, y: Math.floor(i / columns) * step };
  }

  function arm(side: 'left' | 'right'): Arm | undefined {
    const [elbow, wrist] = [face.film(`${side}Elbow`), face.film(`${side}Wrist`)];
    if (!elbow || !wrist || Math.min(elbow.confidence, wrist.confidence) < 0.25) return undefined;
    const tip = face.film(`${side}Fingertip`) ??
      face.film(`${side}Hand`) ?? { x: wrist.x + 0.4 * (wrist.x - elbow.x), y: wrist.y + 0.4 * (wrist.y - elbow.y) };
    const hand = { x: (wrist.x + tip.x) / 2, y: (wrist.y + tip.y) / 2 };
    if (!covered(wrist.x, wrist.y) && !covered(hand.x, hand.y)) return undefined;
    const outward = side === 'left' ? 1 : -1;
    const along = { x: tip.x - elbow.x, y: tip.y - elbow.y };
    const length = Math.max(1, Math.hypot(along.x, along.y));
    // A forearm that points at the viewer has its elbow behind the hand: it turns about a point as far away as the
    // elbow really is.
    const radius = Math.max(length, 1.5 * face.unit);
    const pivot = { x: hand.x - (along.x / length) * radius, y: hand.y - (along.y / length) * radius };
    // The hand goes up, or outward where the arm hangs.
    const clockwise = { x: -along.y / length, y: along.x / length };
    const sign = -clockwise.y + 0.4 * outward * clockwise.x >= 0 ? 1 : -1;
    // Where hand and body are side by side, the body would be dragged along: the more of it is near, the less the arm
    // moves.
    let [near, crowded] = [0, 0];
    for (let i = 0; i < 96; i++) {
      const [angle, distance] = [(2 * Math.PI * (i % 24)) / 24, (0.75 + 0.2 * Math.floor(i / 24)) * face.unit];
      const [x, y] = [hand.x + distance * Math.cos(angle), hand.y + distance * Math.sin(angle)];
      if ((x - hand.x) * along.x + (y - hand.y) * along.y < -0.5 * length * distance) continue;
      near++;
      if (covered(x, y)) crowded++;
    }
    const freedom = 1 - 0.75 * smoothstep(0.1, 0.5, crowded / Math.max(1, near));
    const weights = new Float32Array(nodes);
    const handWeights = new Float32Array(nodes);
    for (let i = 0; i < nodes; i++) {
      const { x, y } = node(i);
      const t = ((x - elbow.x) * along.x + (y - elbow.y) * along.y) / length;
      const on = Math.min(length, Math.max(0, t));
      const distance =
        Math.hypot(x - elbow.x - (along.x / length) * on, y - elbow.y - (along.y / length) * on) / face.unit;
      const lateral = 1 - smoothstep(0.45, 1.4, distance);
      weights[i] = lateral * smoothstep(-0.1 * length, 0.75 * length, t);
      handWeights[i] = 1 - smoothstep(0.4, 1.25, Math.hypot(x - hand.x, y - hand.y) / face.unit);
    }
    return {
      channel: `${side}Arm`,
      pivot,
      wrist,
      turns: Float64Array.of((sign * freedom * HAND_TRAVEL * face.unit) / radius, sign * freedom * 0.09),
      weights,
      handWeights,
    };
  }

  function forward(motion: PuppetMotion, frame: number): void {
    const of = (name: keyof PuppetMotion['channels']): number => motion.channels[name][frame];
    const { unit, across, down } = face;
    const [sinYaw, cosYaw, sinPitch, sinRoll, cosRoll] = [
      Math.sin(of('yaw')),
      Math.cos(of('yaw')),
      Math.sin(of('pitch')),
      Math.sin(of('roll')),
      Math.cos(of('roll')),
    ];
    const [headX, headY, breath, sway] = [of('headX') * unit, of('headY') * unit, of('breath'), of('sway')];
    const turned = arms.map((one) => one.turns.map((turn) => turn * of(one.channel)));
    for (let i = 0; i < nodes; i++) {
      const x = (i % columns) * step;
      const y = Math.floor(i / columns) * step;
      let dx = 0.045 * unit * sway * swayWeights[i];
      let dy = -0.018 * unit * breath * breathWeights[i];
      const head = headWeights[i];
      if (head > 0) {
        const rx = x - neck.x;
        const ry = y - neck.y;
        const turn = depths[i] * sinYaw + (rx * across.x + ry * across.y) * (cosYaw - 1);
        const nodded = depths[i] * sinPitch;
        dx += head * (headX + turn * across.x + nodded * down.x + rx * (cosRoll - 1) - ry * sinRoll);
        dy += head * (headY + turn * across.y + nodded * down.y + rx * sinRoll + ry * (cosRoll - 1));
      }
      for (let a = 0; a < arms.length; a++) {
        const { weights, handWeights, pivot, wrist } = arms[a];
        const weight = weights[i];
        if (weight > 0) {
          const [sin, cos] = [Math.sin(turned[a][0]), Math.cos(turned[a][0])];
          dx += weight * ((x - pivot.x) * (cos - 1) - (y - pivot.y) * sin);
          dy += weight * ((x - pivot.x) * sin + (y - pivot.y) * (cos - 1));
        }
        const hand = handWeights[i];
        if (hand > 0) {
          const sin = Math.sin(turned[a][1]);
          dx -= hand * (y - wrist.y) * sin;
          dy += hand * (x - wrist.x) * sin;
        }
      }
      dxs[i] = dx;
      dys[i] = dy;
    }
  }

  return {
    step,
    columns,
    rows,
    travel(motion) {
      const most = Object.fromEntries(
        Object.entries(motion.channels).map(([name, values]) => [
          name,
          values.reduce((a, b) => Math.max(a, Math.abs(b)), 0),
        ]),
      ) as Record<keyof PuppetMotion['channels'], number>;
      const bounds = Float32Array.from({ length: nodes }, (_, i) => {
        const { x, y } = node(i);
        const about = (point: Point): number => Math.abs(x - point.x) + Math.abs(y - point.y);
        let bound = face.unit * (0.045 * most.sway * swayWeights[i] + 0.018 * most.breath * breathWeights[i]);
        bound +=
          headWeights[i] *
          (face.unit * (most.headX + most.headY) +
            depths[i] * (most.yaw + most.pitch) +
            about(neck) * (most.roll + most.yaw ** 2 / 2));
        for (const one of arms)
          bound +=
            most[one.channel] *
            (one.weights[i] * Math.abs(one.turns[0]) * about(one.pivot) +
              one.handWeights[i] * Math.abs(one.turns[1]) * about(one.wrist));
        // A little more for the second-order terms of the rotations.
        return 1.05 * bound;
      });
      // What is seen at a place may come from some way off, where things travel further.
      return (x, y) => {
        const [column, row] = [Math.round(x / step), Math.round(y / step)];
        let most = 0;
        for (let r = Math.max(0, row - 2); r <= Math.min(rows - 1, row + 2); r++)
          for (let c = Math.max(0, column - 2); c <= Math.min(columns - 1, column + 2); c++)
            most = Math.max(most, bounds[r * columns + c]);
        return most;
      };
    },
    backward(motion, frame, sourceXs, sourceYs) {
      forward(motion, frame);
      for (let i = 0; i < nodes; i++) {
        const qx = (i % columns) * step;
        const qy = Math.floor(i / columns) * step;
        let [x, y] = [qx, qy];
        // p = q − d(p): a contraction, since the falloffs keep |∂d| below a half; four rounds leave less than a tenth
        // of a pixel.
        for (let round = 0; round < 4; round++) {
          const gx = Math.min(columns - 1.001, Math.max(0, x / step));
          const gy = Math.min(rows - 1.001, Math.max(0, y / step));
          const at = Math.floor(gy) * columns + Math.floor(gx);
          const u = gx - Math.floor(gx);
          const v = gy - Math.floor(gy);
          const [w00, w01, w10, w11] = [(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v];
          x = qx - (w00 * dxs[at] + w01 * dxs[at + 1] + w10 * dxs[at + columns] + w11 * dxs[at + columns + 1]);
          y = qy - (w00 * dys[at] + w01 * dys[at + 1] + w10 * dys[at + columns] + w11 * dys[at + columns + 1]);
        }
        sourceXs[i] = x;
        sourceYs[i] = y;
      }
    },
  };
}

/**
 * Height of the shoulders' line: where the head's motion ends. Without shoulders in the picture, a neck's length below
 * the chin.
 */
function shoulderHeight(face: FaceFrame, chin: number): { b: number; film: Point } {
  const [left, right] = [face.local('leftShoulder'), face.local('rightShoulder')];
  const b = left && right ? Math.max(chin + 0.5, (left.b + right.b) / 2) : chin + 1.1;
  return { b, film: face.toFilm(0, b) };
}
