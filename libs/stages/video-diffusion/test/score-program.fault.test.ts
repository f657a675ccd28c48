import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { seededRandom } from '@soliloquy/random';
import { loadBackbone, type FoundCheckout, type StageContext } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { videoDiffusionStage } from '../src/index.ts';
import { endScorePrograms, scoreByProgram, type PixelScoreArgs } from '../src/teacher/score-program.ts';

const TEACHERS = fileURLToPath(new URL('../../../../tools/teachers', import.meta.url));
const FIXTURE = fileURLToPath(new URL('fixture', import.meta.url));
const NO_TORCH = 'no PyTorch here';
/** Starting a program may take long where much else runs. */
const PATIENCE_MS = 240_000;

const folder = mkdtempSync(join(tmpdir(), 'score programs '));
afterEach(endScorePrograms);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A checkout whose `score` is this command; it notes its number in `pid`. */
function checkoutOf(command: string | undefined, given: Partial<FoundCheckout> = {}): FoundCheckout {
  const own = mkdtempSync(join(folder, 'checkout-'));
  if (command !== undefined) {
    writeFileSync(join(own, 'score'), `#!/bin/sh\necho $$ > pid\nexec ${command}\n`);
    chmodSync(join(own, 'score'), 0o755);
  }
  return { name: 'video-command', folder: own, seconds: 200, silence: 30, environment: [], ...given };
}
const fake = (mode = '', given: Partial<FoundCheckout> = {}): FoundCheckout =>
  checkoutOf(`'${process.execPath}' '${join(TEACHERS, 'fake-teacher.ts')}' ${mode}`, given);
const within = (checkout: FoundCheckout, signal?: AbortSignal): StageContext =>
  stageContext({ checkout: () => Promise.resolve(checkout), ...(signal && { signal }) });

const [FRAMES, WIDTH, HEIGHT] = [3, 4, 6];
const FACE = { box: { left: 3, top: 3, width: 4, height: 4 }, width: 2, height: 2 };
const WHOLE = { box: { left: 0, top: 0, width: 16, height: 24 }, width: WIDTH, height: HEIGHT };
const picture = (level: number) => ({ width: 8, height: 12, data: new Uint8ClampedArray(8 * 12 * 4).fill(level) });
const voice = (loud: number) => ({ sampleRate: 16_000, samples: new Float32Array(1600).fill(loud) });

/** A film of one level, asked about at a noise. */
function asking(given: Partial<PixelScoreArgs> = {}): PixelScoreArgs {
  return {
    pixels: new Float32Array(FRAMES * WIDTH * HEIGHT * 3).fill(0.9),
    views: [WHOLE],
    width: 16,
    height: 24,
    fps: 25,
    image: { ...picture(102), data: picture(102).data.map((value, i) => (i % 4 === 3 ? 255 : value)) },
    background: picture(255),
    audio: voice(0.1),
    noise: 0.3,
    seed: 1,
    ...given,
  };
}
/** μ of the fake teacher for that picture and a voice of this loudness. */
const meanOf = (loud: number): number => 0.2 + (0.4 * 102) / 255 + 0.5 * loud;

/** Descends along the score, asking again where `ask` fails; the mean of the last half is where it ends. */
async function distilled(
  ask: (args: PixelScoreArgs, step: number) => Promise<Float32Array>,
  { steps = 150, rate = 0.2, loud = 0.1 } = {},
): Promise<Float32Array> {
  const { pixels } = asking();
  const mean = new Float32Array(pixels.length);
  for (let step = 0; step < steps; step++) {
    const noise = 0.02 + 0.58 * (1 - step / steps);
    const gradient = await ask(asking({ pixels, noise, seed: step, audio: voice(loud) }), step);
    gradient.forEach((g, i) => (pixels[i] -= rate * pixels.length * g));
    if (step >= steps / 2) pixels.forEach((x, i) => (mean[i] += x / Math.ceil(steps / 2)));
  }
  return mean;
}
const centre = (values: Float32Array): number => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('a teacher of closed form', () => {
  test(
    'is reached by descent, where its voice says; up the gradient it is left',
    async () => {
      const ctx = within(fake());
      const ask = async (args: PixelScoreArgs) => (await scoreByProgram(args, {}, ctx)).gradient;
      const found = await distilled(ask);
      expect(Math.abs(centre(found) - meanOf(0.1))).toBeLessThan(0.01);
      expect(Math.max(...found.map((x) => Math.abs(x - meanOf(0.1))))).toBeLessThan(0.06);
      const louder = await distilled(ask, { loud: 0.4 });
      expect(Math.abs(centre(louder) - meanOf(0.4))).toBeLessThan(0.01);
      const away = await distilled(ask, { rate: -0.2, steps: 20 });
      expect(Math.abs(centre(away) - meanOf(0.1))).toBeGreaterThan(0.9 - meanOf(0.1));
    },
    PATIENCE_MS,
  );

  test(
    'that is killed at random moments comes to the same bytes, asked again and started again',
    async () => {
      const undisturbed = await distilled(async (args) => (await scoreByProgram(args, {}, within(first))).gradient, {
        steps: 24,
      });
      const checkout = fake();
      const random = seededRandom(18);
      let kills = 0;
      const kill = (): void => {
        if (!existsSync(join(checkout.folder, 'pid'))) return;
        try {
          process.kill(Number(readFileSync(join(checkout.folder, 'pid'), 'utf8')), 'SIGKILL');
          kills++;
        } catch {
          // It is gone already.
        }
      };
      const disturbed = await distilled(
        async (args) => {
          for (let attempt = 0; ; attempt++)
            try {
              const isKilled = attempt === 0 && random() < 0.25;
              const when = isKilled ? setTimeout(4 * random()).then(kill) : Promise.resolve();
              const [score] = await Promise.all([scoreByProgram(args, {}, within(checkout)), when]);
              return score.gradient;
            } catch (cause) {
              expect(cause).toMatchObject({
                code: 'task.command-ended',
                message: expect.stringContaining('its end by SIGKILL') as string,
              });
              if (attempt === 3) throw cause;
            }
        },
        { steps: 24 },
      );
      expect(kills).toBeGreaterThan(2);
      expect(disturbed).toEqual(undisturbed);
    },
    PATIENCE_MS,
  );
  const first = fake();

  test(
    'is offered by the backbone command, and pulls on the view of the whole film alone',
    async () => {
      const { operations } = await loadBackbone('video-diffusion', videoDiffusionStage.backbones.command);
      const [views, size] = [[FACE, WHOLE], FACE.width * FACE.height * 3];
      const pixels = new Float32Array(FRAMES * (size + WIDTH * HEIGHT * 3)).fill(0.9);
      const args = asking({ views, pixels });
      const { gradient, distance } = (await operations!.score(args as never, {} as never, within(first))) as {
        gradient: Float32Array;
        distance: number;
      };
      const alone = await scoreByProgram(asking(), {}, within(first));
      const frame = gradient.subarray(0, gradient.length / FRAMES);
      expect(frame.subarray(0, size).every((value) => value === 0)).toBe(true);
      expect(frame.subarray(size)).toEqual(alone.gradient.subarray(0, WIDTH * HEIGHT * 3));
      expect(distance).toBe(alone.distance);
    },
    PATIENCE_MS,
  );
});

describe('a teacher that misbehaves', () => {
  test.each([
    ['gives no number', 'nan', { code: 'stage.bad-answer', got: 'NaN at 3' }],
    ['gives another shape', 'shape', { code: 'stage.bad-answer', expected: 'gradient f32 or f16 [3, 6, 4, 3]' }],
    ['writes other things to its standard output', 'noise', { code: 'stage.bad-answer' }],
    ['dies', 'dies', { code: 'task.command-ended', got: 'its end by 1 ("RuntimeError: CUDA out of memory")' }],
  ])(
    'and %s is told by name',
    async (_, mode, fault) => {
      const failing = scoreByProgram(asking(), {}, within(fake(mode)));
      await expect(failing).rejects.toMatchObject({ where: 'video-diffusion.command.score', ...fault });
    },
    PATIENCE_MS,
  );

  test('and takes an hour is ended when its time is over', async () => {
    const slow = checkoutOf('sleep 3600', { seconds: 0.5 });
    await expect(scoreByProgram(asking(), {}, within(slow))).rejects.toMatchObject({
      code: 'task.command-timeout',
      expected: expect.stringMatching(/score to answer within 0.5 s$/) as string,
    });
    const pid = Number(readFileSync(join(slow.folder, 'pid'), 'utf8'));
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  test('is ended when the task is cancelled', async () => {
    const abort = new AbortController();
    const slow = checkoutOf('sleep 3600');
    const asked = scoreByProgram(asking(), {}, within(slow, abort.signal));
    await expect.poll(() => existsSync(join(slow.folder, 'pid')), { timeout: 20_000 }).toBe(true);
    abort.abort(new Error('cancelled'));
    await expect(asked).rejects.toThrow('cancelled');
    const pid = Number(readFileSync(join(slow.folder, 'pid'), 'utf8'));
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  test(
    'and refuses is quoted; it goes on',
    async () => {
      const ctx = within(fake());
      await expect(scoreByProgram(asking({ guidance: -1 }), {}, ctx)).rejects.toMatchObject({
        code: 'stage.teacher-refused',
        got: '"guidance -1 is below 0"',
      });
      expect((await scoreByProgram(asking(), {}, ctx)).distance).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );

  test('is not there, or is asked for what it is not told, is refused before it is started', async () => {
    await expect(scoreByProgram(asking(), {}, within(checkoutOf(undefined)))).rejects.toMatchObject({
      code: 'task.command-missing',
    });
    for (const wrong of [{ views: [FACE] }, { pixels: new Float32Array(100) }])
      await expect(scoreByProgram(asking(wrong), {}, within(checkoutOf(undefined)))).rejects.toMatchObject({
        code: 'stage.bad-call',
      });
  });
});

describe('the score program in PyTorch', () => {
  const run = promisify(execFile);

  /** A Python that has PyTorch. */
  async function python(): Promise<string | undefined> {
    for (const each of ['python3', '/usr/bin/python3'])
      if (
        await run(each, ['-c', 'import torch']).then(
          () => true,
          () => false,
        )
      )
        return each;
    return undefined;
  }

  test(
    'pulls the score back through encoder and enlargement as their matrix does',
    async ({ skip }) => {
      const program = await python();
      skip(program === undefined, NO_TORCH);
      const { stdout } = await run(program!, ['-B', join(FIXTURE, 'linear_reference.py'), TEACHERS]);
      const errors = JSON.parse(stdout) as Record<'adjoint' | 'gradient' | 'outside' | 'frames', number>;
      expect(errors.adjoint).toBeLessThan(1e-6);
      expect(errors.gradient).toBeLessThan(1e-5);
      expect([errors.outside, errors.frames]).toEqual([0, 9]);
    },
    PATIENCE_MS,
  );

  test(
    'speaks the protocol: the same twice, in a window of 4n + 1 frames, of its picture and voice',
    async ({ skip }) => {
      const program = await python();
      skip(program === undefined, NO_TORCH);
      const server = (more = ''): FoundCheckout =>
        checkoutOf(
          `'${program}' -B '${join(TEACHERS, 'score_server.py')}' '${join(FIXTURE, 'linear_teacher.py')}' ${more}`,
        );
      const ctx = within(server());
      const pixels = new Float32Array(14 * WIDTH * HEIGHT * 3).fill(0.5);
      const ask = (given: Partial<PixelScoreArgs> = {}) => scoreByProgram(asking({ pixels, ...given }), {}, ctx);
      const { gradient, distance } = await ask();
      const moved = Array.from({ length: 14 }, (_, f) =>
        gradient.subarray(f * WIDTH * HEIGHT * 3, (f + 1) * WIDTH * HEIGHT * 3).some((value) => value !== 0),
      );
      expect(moved.filter((is) => is)).toHaveLength(9);
      expect(moved.lastIndexOf(true) - moved.indexOf(true)).toBe(8);
      endScorePrograms();
      expect((await ask()).gradient).toEqual(gradient);
      expect((await ask({ audio: voice(0.6) })).distance).not.toBe(distance);
      await expect(ask({ fps: 16 })).rejects.toMatchObject({
        code: 'stage.teacher-refused',
        got: '"linear knows films of 25.0 frames a second, got 16.0"',
      });
      await expect(scoreByProgram(asking(), {}, within(server('HunyuanVideo-Avatar')))).rejects.toMatchObject({
        code: 'task.command-ended',
        got: expect.stringContaining('its licence forbids to train on what it makes') as string,
      });
    },
    PATIENCE_MS,
  );
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
