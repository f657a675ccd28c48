import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { colorReader, filmFace, lipSeam, toPicture, type FilmFace } from '@soliloquy/face';
import {
  APPEARANCE,
  appearanceReader,
  canonicalPoints,
  createWarpDecoder,
  POINT_PARTS,
  type CanonicalPoints,
  type WarpPose,
} from '@soliloquy/latent-flow';
import { SENTENCES } from '@soliloquy/text-to-speech';
import { BODY, eyeSpan, findPerson, Networks, type BodyPoint, type WholeBody } from '@soliloquy/whole-body';
import { motionFor, paintedSubject, puppetFilm, said, stillOf, type Subject } from './fixture/puppet-films.ts';

const SIZE = { width: 512, height: 768 };
/** A shut eye, wide and narrow mouths, hands far off and near their rest. */
const FRAMES = [10, 40, 55, 100, 115];
/** Frames that networks look at: the mouth open, hands far off. */
const LOOKED_AT = [55, 115];

interface Decoded {
  readonly pose: WarpPose;
  readonly film: Uint8ClampedArray;
  readonly frame: Uint8ClampedArray;
  readonly filmMatte: Uint8ClampedArray;
  readonly matte: Uint8ClampedArray;
  readonly again: Float32Array;
}
type Box = readonly [left: number, top: number, right: number, bottom: number];

describe('a film of the puppet, decoded from where its points are', () => {
  const decoded = new Map<number, Decoded>();
  let subject: Subject;
  let points: CanonicalPoints;
  let face: FilmFace;
  let rest: Uint8ClampedArray;

  beforeAll(async () => {
    subject = await paintedSubject({}, 1005, SIZE);
    points = canonicalPoints(subject.landmarks, SIZE.width, SIZE.height);
    face = filmFace(subject.landmarks, SIZE.width, SIZE.height);
    const motion = await motionFor(subject, await said(SENTENCES.conversation[5], 'slt'), { seed: 5 });
    const { renderer, carrier } = await puppetFilm(subject, motion);
    const decoder = await createWarpDecoder({ ...subject, points }, { device: 'cpu', threads: 1 });
    const reader = await appearanceReader({ ...subject, points });
    const picture = (channels: number) => new Uint8ClampedArray(channels * SIZE.width * SIZE.height);
    rest = picture(4);
    await decoder.frame({ tracks: points.positions, appearance: new Float32Array(4) }, rest);
    for (const f of FRAMES) {
      const [film, frame, filmMatte, matte] = [picture(4), picture(4), picture(1), picture(1)];
      await renderer.frame(f, film);
      await renderer.matte(f, filmMatte);
      const tracks = new Float32Array(points.positions.length);
      carrier.carry(motion, f, points.positions, tracks);
      const pose = { tracks, appearance: reader.read(film, tracks) };
      await decoder.frame(pose, frame);
      await decoder.matte(pose, matte);
      decoded.set(f, { pose, film, frame, filmMatte, matte, again: reader.read(frame, tracks) });
    }
    await decoder.close();
  }, 180_000);

  it('is the picture where nothing moves', async () => {
    expect(psnr(rest, await stillOf(subject))).toBeGreaterThan(50);
  });

  it.each(FRAMES)('shows what the film does: frame %i', (f) => {
    const { pose, film, frame, filmMatte, matte } = decoded.get(f)!;
    expect(psnr(frame, film)).toBeGreaterThan(40);
    expect(psnr(frame, film, aroundFace(face))).toBeGreaterThan(26);
    for (const side of ['leftHand', 'rightHand'] as const)
      expect(psnr(frame, film, aroundHand(points, pose.tracks, side)), side).toBeGreaterThan(36);
    let [both, either] = [0, 0];
    matte.forEach((cover, i) => {
      both += Math.min(cover, filmMatte[i]);
      either += Math.max(cover, filmMatte[i]);
    });
    expect(both / either).toBeGreaterThan(0.99);
  });

  it('has the numbers of appearance that it was asked for: lids shut, mouths as dark and as bright', () => {
    let shut = 0;
    for (const { pose, again } of decoded.values())
      APPEARANCE.forEach((name, k) => {
        expect(Math.abs(again[k] - pose.appearance[k]), name).toBeLessThan(k < 2 ? 0.05 : 0.12);
        if (k < 2) shut = Math.max(shut, again[k]);
      });
    expect(shut).toBeGreaterThan(0.8);
  });

  it('has more between parted lips than one color: teeth, tongue and shade', () => {
    const { frame, pose } = decoded.get(55)!;
    const { image, landmarks } = subject;
    const line = lipSeam(face, colorReader(image, filmFace(landmarks, image.width, image.height)));
    const carrier = [0, 1].map((axis) => {
      const lip = [...points.parts.keys()].filter((q) => POINT_PARTS[points.parts[q]] === 'upperLip');
      return lip.reduce((sum, q) => sum + (pose.tracks[2 * q + axis] - points.positions[2 * q + axis]) / lip.length, 0);
    });
    const lumas: number[] = [];
    for (let t = -0.4; t <= 0.4; t += 0.05)
      for (let v = 0.015; v < 0.09; v += 0.015) {
        const u = line.centre + t * line.halfWidth;
        const { x, y } = toPicture(face, u, line.at(u) + v);
        const at = 4 * (Math.floor(y + carrier[1]) * SIZE.width + Math.floor(x + carrier[0]));
        lumas.push(0.2126 * frame[at] + 0.7152 * frame[at + 1] + 0.0722 * frame[at + 2]);
      }
    expect(Math.max(...lumas) - Math.min(...lumas)).toBeGreaterThan(50);
  });

  describe('as networks read it', () => {
    const networks = new Networks({ threads: 1 });
    afterAll(() => networks.dispose());

    it.each(LOOKED_AT)(
      'has its face, joints and hands where the film has them: frame %i',
      async (f) => {
        const { film, frame } = decoded.get(f)!;
        const [wanted, seen] = await Promise.all(
          [film, frame].map(async (data) => (await findPerson(networks, { ...SIZE, data })).person!),
        );
        const span = eyeSpan(wanted.face!);
        expect(rms(seen.face!.points, wanted.face!.points) / span).toBeLessThan(0.04);
        const joints = ['Shoulder', 'Elbow', 'Wrist'].flatMap((joint) => [
          BODY[`left${joint}` as 'leftWrist'],
          BODY[`right${joint}` as 'rightWrist'],
        ]);
        const of = ({ body }: WholeBody): BodyPoint[] => joints.map((joint) => body!.points[joint]);
        expect(rms(of(seen), of(wanted)) / span).toBeLessThan(0.1);
        for (const side of ['left', 'right'] as const)
          expect(rms(seen.hands[side]!.points, wanted.hands[side]!.points) / span, side).toBeLessThan(0.1);
      },
      120_000,
    );
  });
});

function rms(seen: readonly BodyPoint[], wanted: readonly BodyPoint[]): number {
  return Math.sqrt(
    seen.reduce((sum, { x, y }, i) => sum + ((x - wanted[i].x) ** 2 + (y - wanted[i].y) ** 2) / seen.length, 0),
  );
}

function psnr(a: Uint8ClampedArray, b: Uint8ClampedArray, box: Box = [0, 0, SIZE.width, SIZE.height]): number {
  const [left, top, right, bottom] = box.map(Math.round);
  let [sum, count] = [0, 0];
  for (let y = Math.max(0, top); y < Math.min(SIZE.height, bottom); y++)
    for (let x = Math.max(0, left); x < Math.min(SIZE.width, right); x++)
      for (let c = 0; c < 3; c++, count++) {
        const i = 4 * (y * SIZE.width + x) + c;
        sum += (a[i] - b[i]) ** 2;
      }
  return 10 * Math.log10(255 ** 2 / (sum / count));
}

function aroundFace({ origin: { x, y }, unit }: FilmFace): Box {
  return [x - 1.3 * unit, y - 2 * unit, x + 1.3 * unit, y + 1.1 * unit];
}

function aroundHand({ parts, unit }: CanonicalPoints, tracks: Float32Array, part: 'leftHand' | 'rightHand'): Box {
  const own = [...parts.keys()].filter((q) => POINT_PARTS[parts[q]] === part);
  const [xs, ys] = [0, 1].map((axis) => own.map((q) => tracks[2 * q + axis]));
  const beside = 0.5 * unit;
  return [Math.min(...xs) - beside, Math.min(...ys) - beside, Math.max(...xs) + beside, Math.max(...ys) + beside];
}
