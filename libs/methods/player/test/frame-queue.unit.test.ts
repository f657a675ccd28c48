import { describe, expect, test } from 'vitest';
import type { PersonFrame } from '@soliloquy/motion-stream';
import { FrameQueue } from '../src/painter/frame-queue.ts';
import { SizeChoice } from '../src/painter/size-choice.ts';

const frames = (from: number, to: number): PersonFrame[] =>
  Array.from({ length: to - from }, (_, i) => ({ frame: from + i, isSpoken: false, pose: {} as PersonFrame['pose'] }));

/** At 25 fps frame 0 is due at 1000 ms; drawing takes 20 ms. */
function queueOf(added: PersonFrame[]): FrameQueue {
  const queue = new FrameQueue();
  queue.add(added);
  queue.clock = { frame: 0, time: 1000, fps: 25 };
  return queue;
}

describe('frames that are to be drawn', () => {
  test('come in their order while there is time, and no more than six before theirs', () => {
    const queue = queueOf(frames(0, 20));
    const drawn: number[] = [];
    let next = queue.next(1000);
    for (; typeof next === 'object'; next = queue.next(1000)) drawn.push(next.frame);
    expect(drawn).toEqual([0, 1, 2, 3, 4, 5, 6]);
    // Frame 7 may be drawn when frame 1 is due.
    expect(next).toBeCloseTo(40, 6);
    expect(queue.next(1040)).toMatchObject({ frame: 7 });
  });

  test('are left out where they cannot be ready in their own time', () => {
    // 1070 + 20 ms: frame 2 is due from 1080 to 1120.
    expect(queueOf(frames(0, 20)).next(1070)).toMatchObject({ frame: 2 });
    expect(queueOf(frames(0, 20)).next(1055)).toMatchObject({ frame: 1 });
  });

  test('are drawn all the same where all are late: the last of them', () => {
    const queue = queueOf(frames(0, 5));
    queue.clock = { frame: 200, time: 9000, fps: 25 };
    expect(queue.next(9000)).toMatchObject({ frame: 4 });
    expect(queue.next(9000)).toBeUndefined();
  });

  test('wait where nobody set the clock for a second: the page sleeps', () => {
    const queue = queueOf(frames(0, 5));
    expect(queue.next(2001)).toBe(40);
    expect(queue.next(1999)).toMatchObject({ frame: 4 });
  });

  test('are forgotten where another stretch of sound begins, and where a hundred newer ones wait', () => {
    const queue = queueOf(frames(0, 20));
    queue.add(frames(0, 3), 1);
    expect(queue.next(1900)).toMatchObject({ frame: 2 });
    expect(queue.next(1900)).toBeUndefined();
    queue.add(frames(3, 150), 1);
    queue.clock = { frame: 0, time: 2000, fps: 25 };
    expect(queue.next(2000)).toBe(((150 - 100 - 6) * 1000) / 25);
  });

  test('are left out sooner where drawing is slow', () => {
    const queue = queueOf(frames(0, 20));
    for (let i = 0; i < 100; i++) queue.drew(100);
    expect(queue.drawMs).toBeCloseTo(100, 0);
    expect(queue.next(1000)).toMatchObject({ frame: 2 });
  });

  test('wait while the clock stands still', () => {
    const queue = queueOf(frames(0, 5));
    queue.clock = { frame: 0, time: 1000, fps: 0 };
    expect(queue.next(2000)).toBe(40);
  });
});

describe('how large is drawn', () => {
  test('is as large as the background, and smaller where that takes too long, to a least', () => {
    const sizes = new SizeChoice({ width: 512, height: 768 });
    for (let i = 0; i < 100; i++) sizes.drew(30);
    expect(sizes.current).toEqual({ width: 512, height: 768 });
    for (let i = 0; i < 25; i++) sizes.drew(50);
    expect(sizes.current).toEqual({ width: 384, height: 576 });
    for (let i = 0; i < 1000; i++) sizes.drew(500);
    expect(sizes.current).toEqual({ width: 162, height: 244 });
  });
});
