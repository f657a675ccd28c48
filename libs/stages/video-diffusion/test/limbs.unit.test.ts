import { beforeAll, describe, expect, it } from 'vitest';
import { bodyLayers, drawMesh, LayerPixels, type BodyLayers } from '@soliloquy/body-layers';
import type { Image, Landmarks } from '@soliloquy/ports';
import { armsView, crossedArm, paintedPerson, WHOLE_PERSON } from '@soliloquy/testing';
import { bodyMeans, puppetRenderer, type PuppetRenderer } from '../src/puppet/index.ts';
import { armBones } from '../src/puppet/limbs/arm-bones.ts';
import { armRigs } from '../src/puppet/limbs/arm-pose.ts';
import { distance, solveArm, type ArmRig } from '../src/puppet/limbs/arm-rig.ts';
import { poseMesh, puppetMesh } from '../src/puppet/limbs/limb-pose.ts';
import { motionOf } from './channels.ts';
import { handOf } from './dense-hand.ts';

const spread = paintedPerson(armsView(384));
const hanging = paintedPerson({ ...WHOLE_PERSON, width: 384, height: 576, scale: 3 });
const crossed = crossedArm();
const crossedTaken = bodyLayers(crossed.image, crossed.landmarks);

interface Shown {
  readonly image: Image;
  readonly background: Image;
  readonly landmarks: Landmarks;
}

function rendererOf(scene: Shown, taken: BodyLayers, frames: Parameters<typeof motionOf>[0]): Promise<PuppetRenderer> {
  const { width, height } = scene.image;
  return puppetRenderer({ ...scene, taken, width, height }, motionOf(frames), { device: 'cpu', threads: 1 });
}

async function framesOf(renderer: PuppetRenderer, count: number): Promise<Uint8ClampedArray[]> {
  const frames: Uint8ClampedArray[] = [];
  for (let f = 0; f < count; f++) {
    frames.push(new Uint8ClampedArray(4 * renderer.width * renderer.height));
    await renderer.frame(f, frames[f]);
  }
  return frames;
}

/** Corners and middle of what a means says can be reached. */
function placesWithin({ inward, outward, up, down }: { inward: number; outward: number; up: number; down: number }) {
  return [
    { out: outward, up },
    { out: outward, up: -down },
    { out: -inward, up },
    { out: -inward, up: -down },
    { out: 0.4 * outward, up: 0.5 * up },
  ];
}

describe('what the arms of a picture can do', () => {
  it('is said by hands that are seen: free within reach, and their wrists come wherever the reach says', () => {
    for (const { image, landmarks } of [spread, hanging, crossed]) {
      const taken = bodyLayers(image, landmarks);
      const means = bodyMeans(landmarks, taken);
      expect(means.clasped).toBe(false);
      for (const rig of Object.values(armRigs(taken))) {
        const { freedom, rest, reach } = means[rig.side]!;
        expect(freedom).toBe('free');
        expect(rest.out).toBeCloseTo((rig.outward * (rig.wrist.x - taken.middle.x)) / rig.unit, 6);
        expect(reach.up).toBeGreaterThan(0.15);
        expect(reach.inward + reach.outward).toBeGreaterThan(0.2);
        for (const { out, up } of placesWithin(reach)) {
          const { wrist } = solveArm(rig, { out, up, raised: 0 });
          expect(Math.abs(wrist.x - rig.wrist.x - rig.outward * out * rig.unit)).toBeLessThan(0.005 * rig.unit);
          expect(Math.abs(wrist.y - rig.wrist.y + up * rig.unit)).toBeLessThan(0.005 * rig.unit);
        }
      }
    }
  });

  it('leaves a hand in the frame, and below the chin', () => {
    const { image, landmarks } = spread;
    const { right } = bodyMeans(landmarks, bodyLayers(image, landmarks));
    const room =
      landmarks.points.rightFingertip!.x / (landmarks.points.leftShoulder!.x - landmarks.points.rightShoulder!.x);
    expect(right!.reach.outward).toBeLessThanOrEqual(room);
    const raised = { ...landmarks, points: { ...landmarks.points } };
    for (const name of ['rightWrist', 'rightHand', 'rightFingertip', 'rightElbow'] as const)
      raised.points[name] = { ...landmarks.points[name]!, y: landmarks.points.chin.y + 4 };
    const high = bodyMeans(raised, bodyLayers(image, raised)).right;
    if (high?.freedom === 'free') expect(high.reach.up).toBe(0);
  });

  it('is the shoulder alone where no hand is seen, and nothing where there is no shoulder', () => {
    const { image, landmarks } = hanging;
    const unseen: Landmarks = { ...landmarks, hands: {} };
    expect(bodyMeans(unseen, bodyLayers(image, unseen)).left).toMatchObject({ freedom: 'shoulder', reach: { up: 0 } });
    const { leftShoulder: _, ...points } = landmarks.points;
    const none = { ...unseen, points };
    expect(bodyMeans(none, bodyLayers(image, none)).left).toBeUndefined();
  });

  it('is one for both hands where they touch', () => {
    const { image, landmarks } = crossed;
    const { leftWrist, leftHand, leftFingertip } = landmarks.points;
    const touching = {
      ...landmarks,
      points: {
        ...landmarks.points,
        rightElbow: { x: 100, y: 291, confidence: 1 },
        rightWrist: { ...leftWrist!, x: leftWrist!.x - 50 },
        rightHand: { ...leftHand!, x: leftHand!.x - 12 },
        rightFingertip: { ...leftFingertip!, x: leftFingertip!.x + 3 },
      },
    };
    expect(bodyMeans(touching, bodyLayers(image, touching)).clasped).toBe(true);
  });
});

describe('two bones', () => {
  const rig = armRigs(crossedTaken).left!;

  it('carry the elbow a fifth to a third of the way of the wrist, and keep lengths that a turn explains', () => {
    for (const [out, up] of [
      [0.1, 0.05],
      [-0.1, 0.1],
      [0.05, 0.2],
      [0.9, 0.9],
      [-2, 0.3],
    ]) {
      const { shoulder, elbow, wrist } = solveArm(rig, { out, up, raised: 0 });
      const forearm = distance(elbow, wrist) / distance(rig.elbow, rig.wrist);
      const upper = distance(shoulder, elbow) / distance(rig.shoulder, rig.elbow);
      expect(forearm).toBeGreaterThan(0.599);
      expect(forearm).toBeLessThan(1.301);
      expect(upper).toBeGreaterThan(0.61);
      expect(upper).toBeLessThan(1.16);
      if (Math.hypot(out, up) > 0.25) continue;
      const share = distance(elbow, rig.elbow) / distance(wrist, rig.wrist);
      expect(share).toBeGreaterThan(0.19);
      expect(share).toBeLessThan(0.34);
    }
  });

  it('meet at the joints, and turn the hand outward', () => {
    const pose = { out: 0.15, up: 0.2, turn: 0.3, spread: 0, raised: 5 };
    const joints = solveArm(rig, pose);
    const bones = armBones(rig, pose);
    const ends = [
      [bones.upperArm, rig.shoulder, joints.shoulder],
      [bones.upperArm, rig.elbow, joints.elbow],
      [bones.forearm, rig.elbow, joints.elbow],
      [bones.forearm, rig.wrist, joints.wrist],
      [bones.hand, rig.wrist, joints.wrist],
    ] as const;
    for (const [map, from, to] of ends) {
      const at = { x: 0, y: 0 };
      map(from.x, from.y, at);
      expect(distance(at, to)).toBeLessThan(1e-9);
    }
    const tip = (turn: number): { x: number; y: number } => {
      const at = { x: 0, y: 0 };
      const hanging: ArmRig = armRigs(bodyLayers(spread.image, spread.landmarks)).left!;
      const below = { ...hanging, clockwise: -1 as const };
      armBones(below, { ...pose, out: 0, up: 0, raised: 0, turn }).hand(below.wrist.x, below.wrist.y + 20, at);
      return at;
    };
    expect(tip(0.3).x).toBeGreaterThan(tip(0).x + 5);
  });
});

describe('limbs on pixels', () => {
  const { width, height } = crossed.image;
  const mark = crossed.landmarks.points.leftWrist!;
  const marked: Image = { ...crossed.image, data: crossed.image.data.slice() };
  for (let i = 0; i < width * height; i++)
    if (Math.hypot((i % width) + 0.5 - mark.x, Math.floor(i / width) + 0.5 - mark.y) < 4)
      marked.data.set([0, 255, 0], 4 * i);
  const means = bodyMeans(crossed.landmarks, crossedTaken).left!;
  const places = [{ out: 0, up: 0 }, ...placesWithin(means.reach)];
  const background: Image = { width, height, data: new Uint8ClampedArray(4 * width * height).fill(255) };
  const scene: Shown = { image: marked, background, landmarks: crossed.landmarks };
  let renderer: PuppetRenderer;
  let frames: Uint8ClampedArray[];
  beforeAll(async () => {
    renderer = await rendererOf(
      scene,
      bodyLayers(marked, crossed.landmarks),
      places.map(({ out, up }) => ({ leftHandOut: out, leftHandUp: up })),
    );
    frames = await framesOf(renderer, places.length);
  });

  it('the mark at the wrist is where the channels say, well within a hundredth of the shoulders', () => {
    const found = frames.map((frame) => {
      let [x, y, sum] = [0, 0, 0];
      for (let i = 0; i < width * height; i++) {
        const green = Math.max(0, frame[4 * i + 1] - Math.max(frame[4 * i], frame[4 * i + 2]) - 40);
        [x, y, sum] = [x + green * ((i % width) + 0.5), y + green * (Math.floor(i / width) + 0.5), sum + green];
      }
      return { x: x / sum, y: y / sum };
    });
    const unit = crossedTaken.shoulderWidth;
    expect(Math.min(means.reach.inward, means.reach.outward, means.reach.up)).toBeGreaterThan(0.1);
    places.forEach(({ out, up }, f) => {
      expect(Math.abs(found[f].x - found[0].x - out * unit)).toBeLessThan(0.006 * unit);
      expect(Math.abs(found[f].y - found[0].y + up * unit)).toBeLessThan(0.006 * unit);
    });
  });

  it('where the hand was there is cloth, like that around it', () => {
    const up = places.findIndex((place) => place.up === means.reach.up && place.out > 0);
    let [difference, worst, count] = [0, 0, 0];
    for (let i = 0; i < width * height; i++) {
      // The hand, but for what it still covers.
      if (!crossed.isHiddenCloth(i) || !crossed.isHand(i) || Math.floor(i / width) < 305) continue;
      count++;
      for (let c = 0; c < 3; c++) {
        const off = Math.abs(frames[up][4 * i + c] - crossed.without.data[4 * i + c]);
        difference += off / 3;
        worst = Math.max(worst, off);
      }
    }
    expect(count).toBeGreaterThan(300);
    expect(difference / count).toBeLessThan(13);
    expect(worst).toBeLessThan(70);
  });

  it('nothing tears: the person covers the whole length of the arm in every pose, and joints are closed', async () => {
    const rig = armRigs(crossedTaken).left!;
    const coverage = new Uint8ClampedArray(width * height);
    for (const [f, { out, up }] of places.entries()) {
      await renderer.matte(f, coverage);
      const { shoulder, elbow, wrist } = solveArm(rig, { out, up, raised: 0 });
      for (const [from, to] of [
        [shoulder, elbow],
        [elbow, wrist],
      ])
        for (let t = 0; t <= 1; t += 0.02) {
          const [x, y] = [from.x + t * (to.x - from.x), from.y + t * (to.y - from.y)];
          expect(coverage[Math.floor(y) * width + Math.floor(x)], `pose ${f}, ${t}`).toBeGreaterThan(250);
        }
    }
  });

  it('at rest the frame is that of the picture moved whole, to the last bit', async () => {
    // In the other frame everything moves, so that both films take the same pixels for moving ones.
    const other = { lean: 0.08, shift: 1, sway: 1, headX: 0.2 };
    const films = await Promise.all([
      rendererOf(scene, bodyLayers(marked, crossed.landmarks, []), [{}, other]),
      rendererOf(scene, bodyLayers(marked, crossed.landmarks), [{}, { ...other, leftHandUp: 0.2 }]),
    ]);
    const [whole, rest] = (await Promise.all(films.map((film) => framesOf(film, 1)))).map(([frame]) => frame);
    expect(Buffer.from(rest).equals(Buffer.from(whole))).toBe(true);
  });

  it('a hand leaves its rest without a jump', async () => {
    const ways = Array.from({ length: 9 }, (_, k) => ({ leftHandUp: 0.005 * k }));
    const steps = await framesOf(await rendererOf(scene, bodyLayers(marked, crossed.landmarks), ways), ways.length);
    const change = (from: number, to: number): number => {
      let difference = 0;
      for (let i = 0; i < steps[to].length; i++) difference += Math.abs(steps[to][i] - steps[from][i]);
      return difference / steps[to].length;
    };
    // Were the layers simply switched on, nearly half of it would happen in one step.
    const all = change(0, ways.length - 1);
    expect(all).toBeGreaterThan(0.1);
    for (let k = 1; k < ways.length; k++) expect(change(k - 1, k)).toBeLessThan(0.35 * all);
  });

  it('frames are the same again, in any order', async () => {
    const again = new Uint8ClampedArray(4 * width * height);
    for (const f of [3, 1, 3]) {
      await renderer.frame(f, again);
      expect(Buffer.from(again).equals(Buffer.from(frames[f]))).toBe(true);
    }
  });
});

describe('meshes of limbs', () => {
  const rig = armRigs(crossedTaken).left!;
  const arm = crossedTaken.arms.left!;
  const layer = crossedTaken.layers.find(({ part, side }) => part === 'hand' && side === 'left')!;

  it('at rest show every pixel of the layer at its own place', () => {
    const mesh = puppetMesh(layer, arm, rig);
    const moved = { xs: new Float32Array(mesh.nodes.length), ys: new Float32Array(mesh.nodes.length) };
    const pose = { out: 0, up: 0, turn: 0, spread: 0, raised: 0 };
    poseMesh(mesh, armBones(rig, pose), pose, moved);
    const { width, height, data } = layer.image;
    const canvas = { width, height, places: new Int32Array(width * height).fill(-1) };
    const pixels = new LayerPixels();
    drawMesh(mesh, moved, { canvas, source: { scale: 2, left: 0, top: 0 } }, pixels);
    const drawn = new Set(pixels.indices.subarray(0, pixels.count));
    expect(drawn.size).toBe(pixels.count);
    for (let i = 0; i < width * height; i++) if (data[4 * i + 3] > 0) expect(drawn.has(i)).toBe(true);
    for (let k = 0; k < pixels.count; k++) {
      const [x, y] = [pixels.indices[k] % width, Math.floor(pixels.indices[k] / width)];
      expect(Math.abs(pixels.xs[k] - 2 * (x + 0.5))).toBeLessThan(0.01);
      expect(Math.abs(pixels.ys[k] - 2 * (y + 0.5))).toBeLessThan(0.01);
    }
  });

  it('spread and close the fingers where they are known, and leave the palm', () => {
    const dense = { ...arm, fingers: handOf(arm) };
    const mesh = puppetMesh(layer, dense, rig);
    const gap = (spread: number): number => {
      const pose = { out: 0, up: 0, turn: 0, spread, raised: 0 };
      const moved = { xs: new Float32Array(mesh.nodes.length), ys: new Float32Array(mesh.nodes.length) };
      poseMesh(mesh, armBones(rig, pose), pose, moved);
      const at = (finger: number) => {
        const tip = dense.fingers[finger].joints[3];
        const distances = mesh.nodes.map((node) => distance(node, tip));
        const nearest = distances.indexOf(Math.min(...distances));
        return { x: moved.xs[nearest], y: moved.ys[nearest] };
      };
      return distance(at(1), at(4));
    };
    expect(gap(1)).toBeGreaterThan(gap(0) + 0.5);
    expect(gap(-1)).toBeLessThan(gap(0) - 0.5);
  });
});
