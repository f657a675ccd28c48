import { toFace, type PictureFrame, type Point } from '@soliloquy/face';
import { regionIndex } from '@soliloquy/gaussian-cloud';

const torso = regionIndex('torso');
const neck = regionIndex('neck');
const legs = regionIndex('legs');
const head = regionIndex('head');
const upperFace = regionIndex('upperFace');
const jaw = regionIndex('jaw');
const upperLip = regionIndex('upperLip');
const lowerLip = regionIndex('lowerLip');
const arms = [regionIndex('leftArm'), regionIndex('rightArm')];
const hands = [regionIndex('leftHand'), regionIndex('rightHand')];

/** Distance of a point to a segment, pixels. */
function toSegment(x: number, y: number, a: Point, b: Point): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const t = Math.max(0, Math.min(1, ((x - a.x) * dx + (y - a.y) * dy) / Math.max(1e-9, dx * dx + dy * dy)));
  return Math.hypot(x - a.x - t * dx, y - a.y - t * dy);
}

/**
 * The region of the person that a pixel of the film shows, from the landmarks.
 *
 * @param lipLine u -> v where the lower lip begins (`lowerLipEdge`)
 * @param armsApart sides whose arms are no part of what is looked at: layers of their own
 * @returns (x, y) in film pixels -> index into REGIONS
 */
export function regionsOfPicture(
  frame: PictureFrame,
  lipLine: (u: number) => number,
  armsApart: readonly ('left' | 'right')[] = [],
): (x: number, y: number) => number {
  const d = frame.eyeDistance;
  const eyeV = toFace(frame, frame.eyes.x, frame.eyes.y).v;
  const side = (name: 'left' | 'right'): { hand?: Point; reach: number; limbs: [Point, Point][]; radius: number } => {
    const hand = frame.point(`${name}Hand`);
    const wrist = frame.point(`${name}Wrist`);
    const elbow = frame.point(`${name}Elbow`);
    const shoulder = frame.point(`${name}Shoulder`);
    const tip = frame.point(`${name}Fingertip`);
    const limbs: [Point, Point][] = [];
    if (armsApart.includes(name)) return { reach: 0, limbs, radius: 0 };
    if (shoulder && elbow) limbs.push([shoulder, elbow]);
    if (elbow && wrist) limbs.push([elbow, wrist]);
    if (wrist && hand) limbs.push([wrist, hand]);
    const reach = hand ? Math.max(0.9 * d, tip ? 1.2 * Math.hypot(tip.x - hand.x, tip.y - hand.y) : 0) : 0;
    return { hand, reach, limbs, radius: 0.85 * d };
  };
  const sides = [side('left'), side('right')];
  const shoulders = [frame.point('leftShoulder'), frame.point('rightShoulder')].filter(
    (p): p is Point => p !== undefined,
  );
  const hips = [frame.point('leftHip'), frame.point('rightHip')].filter((p): p is Point => p !== undefined);
  const hipY = hips.length > 0 ? Math.max(...hips.map((p) => p.y)) : Infinity;
  const shoulderV =
    shoulders.length > 0 ? Math.min(...shoulders.map((p) => toFace(frame, p.x, p.y).v)) : frame.chinDistance + 0.8 * d;

  return (x, y) => {
    const { u, v } = toFace(frame, x, y);
    if (Math.abs(u) < 1.9 * d && v < Math.max(frame.chinDistance + 0.12 * d, 0)) {
      // The corners belong to the cheeks, which both jaws carry: there the lips stay together.
      const lipEdge = Math.sqrt(Math.max(0, 1 - (u / (frame.mouthHalfWidth * 0.9)) ** 2));
      const below = v > lipLine(u);
      if (!below && v >= -frame.upperLipHeight * 1.25 * lipEdge && lipEdge > 0) return upperLip;
      if (below && v <= frame.lowerLipHeight * 1.2 * lipEdge && lipEdge > 0) return lowerLip;
      const oval = (u / (1.15 * d)) ** 2 + ((v - eyeV * 0.6) / (1.75 * d)) ** 2;
      if (below && Math.abs(u) < 1.15 * d && v < frame.chinDistance + 0.12 * d) return jaw;
      if (oval < 1 && v > eyeV - 0.75 * d && !below) return upperFace;
      if (v < shoulderV || oval < 1) return head;
    }
    for (const [index, { hand, reach }] of sides.entries())
      if (hand && Math.hypot(x - hand.x, y - hand.y) < reach) return hands[index];
    for (const [index, { limbs, radius }] of sides.entries())
      if (limbs.some(([a, b]) => toSegment(x, y, a, b) < radius)) return arms[index];
    if (v < shoulderV && Math.abs(u) < 1.3 * d) return neck;
    if (y > hipY) return legs;
    return torso;
  };
}
