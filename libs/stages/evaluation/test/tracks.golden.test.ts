import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Tracks } from '@soliloquy/ports';
import { speechEnvelope } from '@soliloquy/speech-features';
import { FACE } from '@soliloquy/whole-body/points';
import { headPose } from '../src/evaluation/tracked/head-pose.ts';
import { PersonTracks } from '../src/evaluation/tracked/person-tracks.ts';
import { measure, tone } from './evaluate.ts';
import { labelsOf, madeTracks, moved, unseen } from './made-tracks.ts';

/** Of `golden/tracks.py`: NumPy 2.4.6, SciPy 1.17.1. */
const golden = JSON.parse(readFileSync(new URL('golden/tracks.json', import.meta.url), 'utf8')) as {
  figures: Record<string, number>;
  head: number[][][];
  poses: number[][];
};
/** The points of the head in `golden.head`, in their order. */
const RIGID = [10, 168, 6, 195, 1, 33, 133, 362, 263, 127, 356, 234, 454];

const given = madeTracks(11);
const truth = madeTracks(22);
const figuresOf = async (tracks: Tracks, more: Record<string, unknown> = {}): Promise<Record<string, number>> =>
  (await measure({ tracks, ...more }, {})).values;

describe('against NumPy and SciPy', () => {
  test('every figure of tracks', async () => {
    const values = await figuresOf(given, { truthTracks: truth });
    expect(Object.keys(values).sort()).toEqual(Object.keys(golden.figures).sort());
    for (const [name, value] of Object.entries(golden.figures)) expect(values[name], name).toBeCloseTo(value, 6);
    expect(golden.figures['blinks:mediapipe']).toBe(50);
  });

  test('the pose of a head under known rotations', () => {
    const points = 478;
    const frames = golden.head.length;
    const positions = new Float32Array(frames * points * 2);
    golden.head.forEach((frame, f) => frame.forEach((place, i) => positions.set(place, (f * points + RIGID[i]) * 2)));
    const visibility = new Float32Array(frames * points).fill(1);
    const labels = labelsOf(['face']);
    const turned: Tracks = { frames, fps: 25, points, width: 400, height: 300, positions, visibility, labels };
    const { yaw, pitch, roll } = headPose(new PersonTracks('evaluation.tracks', turned));
    golden.poses.forEach((angles, f) =>
      [yaw, pitch, roll].forEach((course, axis) => expect(course[f]).toBeCloseTo(angles[axis], 2)),
    );
  });
});

describe('each figure can fall', () => {
  const still = moved(given, 'face', (frame, x, y, name) => [200 + Number(name) * 0.2, 100 + (Number(name) % 7)]);

  test('an eye that never shuts does not blink', async () => {
    const values = await figuresOf(still);
    expect(values['blinks:mediapipe']).toBe(0);
    expect(values['lid-gap:mediapipe']).toBeCloseTo(1, 6);
  });

  test('a face that stands still moves neither lips nor head', async () => {
    const values = await figuresOf(still, { truthTracks: truth });
    expect(values['lip-motion:mediapipe']).toBeCloseTo(0, 6);
    expect(values['lip-likeness:mediapipe']).toBe(0);
    for (const axis of ['yaw', 'pitch', 'roll']) expect(values[`head-${axis}:mediapipe`]).toBeCloseTo(0, 6);
  });

  test("lips that follow another voice, or this one late, are not this voice's", async () => {
    const voice = tone(5, given.frames / given.fps);
    const speaking = (late: number): Tracks => {
      const envelope = speechEnvelope(voice, given.fps, given.frames);
      return moved(still, 'face', (frame, x, y, name) => {
        if (name === String(FACE.upperLipBottom)) return [200, 150];
        return name === String(FACE.lowerLipTop) ? [200, 150 + 20 * envelope[Math.max(0, frame - late)]] : [x, y];
      });
    };
    const own = await figuresOf(speaking(0), { audio: voice, voices: [tone(99, 2.4)] });
    expect(own['sync:mediapipe']).toBeCloseTo(1, 4);
    expect(own['sync:mediapipe-lag']).toBe(0);
    expect(own['sync:mediapipe/other']).toBeLessThan(0.9);
    expect((await figuresOf(speaking(4), { audio: voice }))['sync:mediapipe-lag']).toBe(4);
    const other = await figuresOf(speaking(0), { audio: tone(99, 2.4) });
    expect(other['sync:mediapipe']).toBeCloseTo(own['sync:mediapipe/other'], 6);
  });

  test('arms that hang still do not move; moving as one they go together', async () => {
    const hanging = await figuresOf(moved(given, 'body', (_, x, y, name) => [name.length * 9, 100]));
    expect(hanging['wrist-reach:mediapipe']).toBeCloseTo(0, 6);
    expect(hanging['elbow-reach:mediapipe']).toBeCloseTo(0, 6);
    expect(hanging['wrist-moving:mediapipe']).toBe(0);
    const waving = await figuresOf(
      moved(given, 'body', (frame, x, y, name) => [name.length * 9, 100 + (name.endsWith('Wrist') ? frame ** 2 : 0)]),
    );
    expect(waving['wrist-together:mediapipe']).toBeCloseTo(1, 5);
    expect(waving['wrist-moving:mediapipe']).toBe(1);
  });

  test('fingers twice as long are told, and so are some that change', async () => {
    const values = await figuresOf(given);
    const stretched = await figuresOf(
      moved(given, 'leftHand', (frame, x, y, name) => (name === 'middleTip' ? [x + 500 * (frame % 2), y] : [x, y])),
    );
    expect(stretched['finger-length:mediapipe']).toBeGreaterThan(values['finger-length:mediapipe']);
    expect(stretched['finger-change:mediapipe']).toBeGreaterThan(values['finger-change:mediapipe']);
  });

  test('the true motion has no acceleration error, and standing still has its own', async () => {
    const values = await figuresOf(truth, { truthTracks: truth });
    for (const part of ['body', 'face', 'hand']) {
      expect(values[`acc-err:mediapipe:${part}`]).toBe(0);
      expect(values[`acc-err:mediapipe:${part}/still`]).toBeGreaterThan(1);
    }
  });

  test('hands out of sight have no presence, and nothing is said of their fingers', async () => {
    const values = await figuresOf(unseen(unseen(given, 'leftHand'), 'rightHand'));
    expect(values['hand-presence:mediapipe']).toBe(0);
    expect(values).not.toHaveProperty('finger-length:mediapipe');
  });

  test('frames before the face is seen are as the first in which it is', async () => {
    const late = unseen(still, 'face', 10);
    const values = await figuresOf(moved(late, 'face', (frame, x, y) => (frame < 10 ? [0, 0] : [x, y])));
    expect(values['lid-gap:mediapipe']).toBeCloseTo(1, 6);
    expect(values['lip-motion:mediapipe']).toBeCloseTo(0, 6);
  });

  test('of a face out of sight nothing is said', async () => {
    const values = await figuresOf(unseen(given, 'face'), { audio: tone(5, 2.4) });
    for (const name of ['sync:mediapipe', 'lip-motion:mediapipe', 'blinks:mediapipe', 'head-yaw:mediapipe'])
      expect(values).not.toHaveProperty(name);
    expect(values).toHaveProperty('wrist-reach:mediapipe');
  });
});

describe('tracks that are none of a person', () => {
  test('are refused by name', async () => {
    const { labels: _, ...unnamed } = given;
    await expect(figuresOf(unnamed)).rejects.toMatchObject({ code: 'stage.tracks-unnamed' });
  });

  test('of another size than those of the true clip are refused', async () => {
    await expect(figuresOf(given, { truthTracks: { ...truth, width: 481 } })).rejects.toMatchObject({
      code: 'stage.size-mismatch',
      where: 'evaluation.truthTracks',
    });
  });
});
