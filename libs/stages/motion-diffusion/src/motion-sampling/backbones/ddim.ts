import { openAlignedSpace } from '@soliloquy/gaussian-codec';
import { audioCondition, cosineSchedule, ddimStep, ddimSteps } from '@soliloquy/motion-transformer';
import { speechFeatures } from '@soliloquy/speech-features';
import type { RunOf } from '@soliloquy/stage';
import { createRng, loadOnnx } from '@soliloquy/tensor';
import { decodeSafetensors } from '@soliloquy/tensor/safetensors';
import { partVariance, restoreVariance } from '../global-variance.ts';
import type { motionSamplingStage } from '../stage.ts';
import { planWindows } from '../windows.ts';

export const run: RunOf<typeof motionSamplingStage, 'ddim'> = async ({ audio, model, space }, params, ctx) => {
  const T = Number(model.card.frames);
  const wanted =
    params.frames > 0
      ? params.frames
      : Math.max(1, Math.ceil((audio.samples.length / audio.sampleRate) * params.fps - 1e-6));
  // A voice shorter than one window is heard with the silence after it, and cut again at the end.
  const frames = Math.max(T, wanted);
  const scales = decodeSafetensors(model.files['scales.safetensors']).tensors;
  const scale = (name: string): Float32Array => scales[name].data as Float32Array;
  const width = scale('motionMean').length;
  const audioWidth = scale('audioMean').length;
  const opened = await openAlignedSpace(space, ctx.threads);
  const network = await loadOnnx(model.files['transformer.onnx'], { threads: ctx.threads, name: 'motion' });
  try {
    const heard = speechFeatures(audio, { fps: params.fps, frames });
    const condition = audioCondition(heard.data, await opened.embedAudio(heard.data), frames);
    for (let i = 0; i < condition.length; i++)
      condition[i] = (condition[i] - scale('audioMean')[i % audioWidth]) / scale('audioScale')[i % audioWidth];

    const schedule = cosineSchedule(Number(model.card.noiseSteps));
    const steps = ddimSteps(schedule, params.steps);
    const windows = planWindows(frames, T, params.overlap);
    const noise = createRng(ctx.seed);
    const x = noise.fork('start').normal([frames, width]).data;
    const stream = noise.fork('steps');
    const clean = new Float32Array(frames * width);
    const total = new Float32Array(frames);
    for (const [index, tau] of steps.entries()) {
      clean.fill(0);
      total.fill(0);
      for (const { start, weights } of windows) {
        const predict = async (heard: Float32Array): Promise<Float32Array> =>
          (
            await network.run({
              x: { shape: [1, T, width], data: x.slice(start * width, (start + T) * width) },
              audio: { shape: [1, T, audioWidth], data: heard },
              tau: { shape: [1], data: Float32Array.of(tau) },
              start: { shape: [1], data: Float32Array.of(start % 1000) },
            })
          ).clean.data as Float32Array;
        const predicted = await predict(condition.slice(start * audioWidth, (start + T) * audioWidth));
        if (params.guidance !== 1) {
          const unheard = await predict(new Float32Array(T * audioWidth));
          for (let i = 0; i < predicted.length; i++)
            predicted[i] = unheard[i] + params.guidance * (predicted[i] - unheard[i]);
        }
        for (let frame = 0; frame < T; frame++) {
          total[start + frame] += weights[frame];
          for (let i = 0; i < width; i++)
            clean[(start + frame) * width + i] += weights[frame] * predicted[frame * width + i];
        }
        await new Promise(setImmediate);
        ctx.signal.throwIfAborted();
      }
      for (let i = 0; i < clean.length; i++) clean[i] /= total[Math.floor(i / width)];
      ddimStep(schedule, x, clean, tau, steps[index + 1] ?? -1, params.eta, stream.normal([frames, width]).data);
      ctx.progress(index + 1, steps.length, 'noise steps');
    }
    const latent = new Float32Array(wanted * width);
    for (let i = 0; i < latent.length; i++)
      latent[i] = x[i] * scale('motionScale')[i % width] + scale('motionMean')[i % width];
    let positions = await opened.decode(latent);
    if (params.globalVariance) {
      restoreVariance(latent, wanted, partVariance(positions, opened.rig.regions), scale('partVariance'));
      positions = await opened.decode(latent);
    }
    const P = opened.rig.particles;
    for (let i = 0; i < positions.length; i++) positions[i] += opened.rig.positions[i % (P * 3)];
    return { motion: { frames: wanted, fps: params.fps, particles: P, latent, positions } };
  } finally {
    await network.dispose();
    await opened.dispose();
  }
};
