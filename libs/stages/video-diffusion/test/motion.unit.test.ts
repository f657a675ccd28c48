import { describe, expect, it } from 'vitest';
import { speechEnvelope } from '@soliloquy/speech-features';
import { MOTION_CHANNELS, puppetMotion, type MotionChannel } from '../src/puppet/index.ts';
import { babble, correlation, silence } from './babble.ts';

const film = { fps: 25, frames: 125, seed: 7 };
const motion = puppetMotion(babble(5), film);

describe('puppet motion', () => {
  it(
    'opens the mouth with the voice: correlation with the envelope above 0.8, greatest within a frame of ' + 'zero lag',
    () => {
      const envelope = speechEnvelope(babble(5), 25, 125);
      const byLag = [-4, -3, -2, -1, 0, 1, 2, 3, 4].map((lag) => ({
        lag,
        r: correlation(motion.channels.jawOpen, envelope, lag),
      }));
      expect(byLag.find(({ lag }) => lag === 0)?.r).toBeGreaterThan(0.8);
      expect(Math.abs(byLag.reduce((best, one) => (one.r > best.r ? one : best)).lag)).toBeLessThanOrEqual(1);
    },
  );

  it('closes the mouth in a pause and keeps it closed in silence', () => {
    for (const f of [53, 55, 57, 59]) expect(motion.channels.jawOpen[f]).toBeLessThan(0.02);
    const quiet = puppetMotion(silence(5), film).channels;
    expect(Math.max(...quiet.jawOpen, ...quiet.lipPart)).toBe(0);
    expect(Math.max(...motion.channels.jawOpen)).toBeGreaterThan(0.6);
  });

  it('moves jaw and lips the same whatever the seed, and idles otherwise', () => {
    const other = puppetMotion(babble(5), { ...film, seed: 8 }).channels;
    for (const name of ['jawOpen', 'lipWidth', 'lipPart'] as const) expect(other[name]).toEqual(motion.channels[name]);
    expect(other.yaw).not.toEqual(motion.channels.yaw);
    expect(puppetMotion(babble(5), film)).toEqual(motion);
  });

  it('opens the mouth as the sound near a frame says, not the rest of the utterance', () => {
    const longer = puppetMotion(babble(8), { ...film, frames: 200 }).channels.jawOpen;
    for (let f = 0; f < 110; f++) expect(Math.abs(longer[f] - motion.channels.jawOpen[f])).toBeLessThan(0.1);
  });

  it('blinks at least every five seconds, each time shut and for less than half a second', () => {
    for (const seed of [1, 2]) {
      const { blink } = puppetMotion(silence(20), { fps: 25, frames: 500, seed }).channels;
      const starts = [...blink.keys()].filter((f) => blink[f] > 0 && !(blink[f - 1] > 0));
      expect(starts[0]).toBeLessThan(2.1 * 25);
      for (let i = 1; i < starts.length; i++) expect(starts[i] - starts[i - 1]).toBeLessThan(5.2 * 25);
      for (const start of starts.slice(0, -1)) {
        const shut = blink.slice(start, start + 12);
        expect(Math.max(...shut)).toBeGreaterThan(0.7);
        expect(shut[11]).toBe(0);
      }
    }
  });

  it('never jumps: no channel changes by more in a frame than its limb can', () => {
    const limits: Record<MotionChannel, number> = {
      jawOpen: 0.65,
      lipWidth: 0.4,
      lipPart: 0.7,
      blink: 0.8,
      browRaise: 0.25,
      yaw: 0.02,
      pitch: 0.03,
      roll: 0.012,
      headX: 0.01,
      headY: 0.015,
      breath: 0.1,
      sway: 0.12,
      leftArm: 0.25,
      rightArm: 0.25,
    };
    for (const name of Object.keys(MOTION_CHANNELS) as MotionChannel[]) {
      const values = motion.channels[name];
      expect(Math.max(...values.slice(1).map((value, f) => Math.abs(value - values[f]))), name).toBeLessThan(
        limits[name],
      );
      if (name !== 'lipPart') expect(Math.max(...values) - Math.min(...values), name).toBeGreaterThan(0);
    }
  });

  it('beats on stressed syllables: the head nods more around loud syllables than elsewhere', () => {
    const envelope = speechEnvelope(babble(5), 25, 125);
    const quiet = puppetMotion(silence(5), film).channels.pitch;
    const nod = motion.channels.pitch.map((value, f) => value - quiet[f]);
    expect(correlation(nod, envelope)).toBeGreaterThan(0.2);
  });

  it('holds still where expressiveness is 0, but for mouth, lids and breath', () => {
    const calm = puppetMotion(babble(5), { ...film, expressiveness: 0 }).channels;
    for (const name of ['yaw', 'pitch', 'roll', 'headX', 'headY', 'sway', 'leftArm', 'rightArm', 'browRaise'] as const)
      expect(Math.max(...calm[name].map(Math.abs))).toBe(0);
    expect(calm.jawOpen).toEqual(motion.channels.jawOpen);
  });
});
