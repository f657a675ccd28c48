import { afterEach, describe, expect, test } from 'vitest';
import type { PersonFrame } from '@soliloquy/motion-stream';
import { Listener } from '../src/mind/listener.ts';

const RATE = 16_000;
const BLOCK = new Float32Array(RATE / 2);
const ports: MessagePort[] = [];
afterEach(() => ports.splice(0).forEach((port) => port.close()));

/** A listener, and what it told; its person answers when `answer` is called. */
function listening() {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const [heard, told]: [number[], string[]] = [[], []];
  const answers: { resolve: (frames: PersonFrame[]) => void; reject: (why: Error) => void }[] = [];
  const person = {
    hear(samples: Float32Array) {
      heard.push(samples.length / RATE);
      return new Promise<PersonFrame[]>((resolve, reject) => answers.push({ resolve, reject }));
    },
  };
  const listener = new Listener({ port: port1, sampleRate: RATE }, person, {
    made: (frames) => told.push(`made ${frames.length}`),
    behind: () => told.push('behind'),
    failed: (thrown) => told.push(`failed ${(thrown as Error).message}`),
  });
  const say = async (blocks: number): Promise<void> => {
    for (let i = 0; i < blocks; i++) port2.postMessage({ type: 'sound', samples: BLOCK });
    await new Promise((resolve) => setTimeout(resolve, 30));
  };
  return { listener, heard, told, answers, say };
}
const FRAMES = [{}, {}] as PersonFrame[];

describe('sound that comes while a listener is busy', () => {
  test('waits, and is heard as one when it is not', async () => {
    const { heard, told, answers, say } = listening();
    await say(1);
    await expect.poll(() => heard).toEqual([0.5]);
    await say(3);
    expect(heard).toEqual([0.5]);
    answers[0].resolve(FRAMES);
    await say(0);
    expect(heard).toEqual([0.5, 1.5]);
    expect(told).toEqual(['made 2']);
  });

  test('is heard at once where the person answers before the next message can be', async () => {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    const heard: number[] = [];
    const person = {
      hear: async (samples: Float32Array): Promise<PersonFrame[]> => {
        heard.push(samples.length / RATE);
        return [];
      },
    };
    const news = { made: () => undefined, behind: () => undefined, failed: () => undefined };
    new Listener({ port: port1, sampleRate: RATE }, person, news);
    for (let i = 0; i < 8; i++) port2.postMessage({ type: 'sound', samples: BLOCK });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard.reduce((sum, seconds) => sum + seconds)).toBe(4);
    expect(heard.length).toBeLessThan(4);
  });

  test('is given up where more than ten seconds of it wait, which is told once', async () => {
    const { heard, told, answers, say } = listening();
    await say(1);
    await expect.poll(() => heard).toEqual([0.5]);
    await say(20);
    expect(told).toEqual([]);
    await say(3);
    expect(told).toEqual(['behind']);
    answers[0].resolve(FRAMES);
    await say(2);
    expect(heard).toEqual([0.5]);
    expect(told).toEqual(['behind']);
  });

  test('is heard by nobody after a failure, which is told once, or after the end', async () => {
    const { told, answers, say } = listening();
    await say(1);
    await expect.poll(() => answers).toHaveLength(1);
    answers[0].reject(new Error('no memory'));
    await say(2);
    expect(told).toEqual(['failed no memory']);
    const other = listening();
    await other.say(1);
    await expect.poll(() => other.answers).toHaveLength(1);
    other.listener.end();
    other.answers[0].resolve(FRAMES);
    await other.say(2);
    expect(other.told).toEqual([]);
  });
});
