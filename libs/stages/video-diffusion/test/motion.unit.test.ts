import { describe, expect, it } from 'vitest';
import { speechEnvelope } from '@soliloquy/speech-features';
import { MOTION_CHANNELS, puppetMotion, type MotionChannel, type PuppetFilm } from '../src/puppet/index.ts';
import { babble, correlation, silence } from './babble.ts';
import { FREE_ARMS } from './free-arms.ts';

const film = { fps: 25, frames: 125, seed: 7 };
const made = (audio = babble(5), what: PuppetFilm = film) => puppetMotion(audio, what, FREE_ARMS);
const motion = made();

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
    const quiet = made(silence(5)).channels;
    expect(Math.max(...quiet.jawOpen, ...quiet.lipPart)).toBe(0);
    expect(Math.max(...motion.channels.jawOpen)).toBeGreaterThan(0.6);
  });

  it('moves jaw and lips the same whatever the seed, and all else otherwise', () => {
    const other = made(babble(5), { ...film, seed: 8 }).channels;
    for (const name of ['jawOpen', 'lipWidth', 'lipPart'] as const) expect(other[name]).toEqual(motion.channels[name]);
    for (const name of ['yaw', 'gazeX', 'lean', 'leftHandUp', 'rightHandOut'] as const)
      expect(other[name]).not.toEqual(motion.channels[name]);
    expect(made()).toEqual(motion);
  });

  it('opens the mouth as the sound near a frame says, not the rest of the utterance', () => {
    const longer = made(babble(8), { ...film, frames: 200 }).channels.jawOpen;
    for (let f = 0; f < 110; f++) expect(Math.abs(longer[f] - motion.channels.jawOpen[f])).toBeLessThan(0.1);
  });

  it('blinks at least every five seconds, each time shut and for less than half a second', () => {
    for (const seed of [1, 2]) {
      for (const audio of [silence(20), babble(20)]) {
        const { blink } = made(audio, { fps: 25, frames: 500, seed }).channels;
        const starts = [...blink.keys()].filter((f) => blink[f] > 0 && !(blink[f - 1] > 0));
        expect(starts[0]).toBeLessThan(2.1 * 25);
        for (let i = 1; i < starts.length; i++) {
          expect(starts[i] - starts[i - 1]).toBeLessThan(5.2 * 25);
          expect(starts[i] - starts[i - 1]).toBeGreaterThan(1.5 * 25);
        }
        for (const start of starts.slice(0, -1)) {
          const shut = blink.slice(start, start + 12);
          expect(Math.max(...shut)).toBeGreaterThan(0.7);
          expect(shut[11]).toBe(0);
        }
      }
    }
  });

  it('never jumps: no channel changes by more in a frame than its limb can', () => {
    const hand = { Shrug: 0.2, HandOut: 0.09, HandUp: 0.09, HandTurn: 0.12, HandSpread: 0.22 };
    const limits: Record<MotionChannel, number> = {
      jawOpen: 0.65,
      lipWidth: 0.4,
      lipPart: 0.7,
      blink: 0.8,
      browRaise: 0.25,
      gazeX: 1,
      gazeY: 1,
      yaw: 0.025,
      pitch: 0.03,
      roll: 0.012,
      headX: 0.01,
      headY: 0.015,
      breath: 0.1,
      sway: 0.12,
      lean: 0.003,
      shift: 0.12,
      leftShrug: hand.Shrug,
      rightShrug: hand.Shrug,
      leftHandOut: hand.HandOut,
      rightHandOut: hand.HandOut,
      leftHandUp: hand.HandUp,
      rightHandUp: hand.HandUp,
      leftHandTurn: hand.HandTurn,
      rightHandTurn: hand.HandTurn,
      leftHandSpread: hand.HandSpread,
      rightHandSpread: hand.HandSpread,
    };
    for (const name of Object.keys(MOTION_CHANNELS) as MotionChannel[]) {
      const values = motion.channels[name];
      expect(Math.max(...values.slice(1).map((value, f) => Math.abs(value - values[f]))), name).toBeLessThan(
        limits[name],
      );
      if (name !== 'lipPart' && name !== 'shift')
        expect(Math.max(...values) - Math.min(...values), name).toBeGreaterThan(0);
    }
  });

  it('is C1: of a film that shows ten times as many moments no step differs much from the one before', () => {
    const fine = made(babble(5), { ...film, fps: 250, frames: 1250 }).channels;
    for (const name of ['yaw', 'lean', 'leftHandOut', 'leftHandUp', 'rightHandTurn', 'rightShrug', 'gazeX'] as const) {
      const steps = [...fine[name].slice(1)].map((value, f) => value - fine[name][f]);
      const most = Math.max(...steps.map(Math.abs));
      const change = Math.max(...steps.slice(1).map((step, f) => Math.abs(step - steps[f])));
      // A saccade is over in 12 of these steps; in one of them it gains a third of its speed.
      expect(change / most, name).toBeLessThan(name === 'gazeX' ? 0.45 : 0.2);
    }
  });

  it('shows the same gestures at another frame rate', () => {
    const at50 = made(babble(5), { ...film, fps: 50, frames: 250 }).channels;
    for (const name of ['leftHandOut', 'rightHandUp', 'lean', 'leftShrug'] as const)
      for (let f = 0; f < 125; f++)
        expect(Math.abs((at50[name][2 * f] + at50[name][2 * f + 1]) / 2 - motion.channels[name][f]), name).toBeLessThan(
          0.01,
        );
  });

  it('beats on stressed syllables: the head nods more around loud syllables than elsewhere', () => {
    const envelope = speechEnvelope(babble(5), 25, 125);
    const quiet = made(silence(5)).channels.pitch;
    const nod = motion.channels.pitch.map((value, f) => value - quiet[f]);
    expect(correlation(nod, envelope)).toBeGreaterThan(0.2);
  });

  it('holds still where expressiveness is 0, but for mouth, lids and breath', () => {
    const calm = made(babble(5), { ...film, expressiveness: 0 }).channels;
    const moving = ['jawOpen', 'lipWidth', 'lipPart', 'blink', 'breath'];
    for (const name of Object.keys(MOTION_CHANNELS) as MotionChannel[])
      if (!moving.includes(name)) expect(Math.max(...calm[name].map(Math.abs)), name).toBe(0);
    expect(calm.jawOpen).toEqual(motion.channels.jawOpen);
  });
});
