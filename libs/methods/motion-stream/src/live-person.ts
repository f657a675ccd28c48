import { completeMotion } from '@soliloquy/gaussian-cloud/complete-motion';
import type { ParticlePose } from '@soliloquy/gaussian-cloud/evaluate-deformation';
import { particleNeighbours, type ParticleNeighbours } from '@soliloquy/gaussian-cloud/particle-neighbours';
import type { AlignedSpace } from '@soliloquy/gaussian-codec';
import type { MotionModel } from '@soliloquy/motion-transformer';
import type { StreamEars } from '@soliloquy/speech-features/stream-ears';
import { createRng } from '@soliloquy/tensor/random';
import { BlinkStream } from './blinks.ts';
import { MotionStream, type StreamSampling } from './motion-stream.ts';
import { streamNetworks } from './stream-networks.ts';

/** What a person is made of, opened on whatever engine there is. */
export interface PersonParts {
  readonly ears: StreamEars;
  readonly motion: MotionModel;
  readonly space: AlignedSpace;
  /** frames a second */
  readonly fps: number;
}

/** How a person moves. */
export interface PersonSampling extends Omit<StreamSampling, 'lookAhead'> {
  /** ms of sound behind the middle of a frame before the frame is fixed */
  readonly lookAhead: number;
  /** frames that are made at a time, at least */
  readonly piece: number;
  readonly blinks: boolean;
}

/** One frame of a person who listens or talks. */
export interface PersonFrame {
  /** its number: it shows what is heard from frame / fps to (frame + 1) / fps */
  readonly frame: number;
  /** of the particles */
  readonly pose: ParticlePose;
  /** whether a voice was heard there */
  readonly isSpoken: boolean;
}

/** A person who moves to what is heard: sound goes in, poses of the particles come out, some frames later. */
export class LivePerson {
  readonly #parts: PersonParts;
  readonly #stream: MotionStream;
  readonly #piece: number;
  readonly #neighbours: ParticleNeighbours;
  readonly #blinks: BlinkStream | undefined;

  constructor(parts: PersonParts, { lookAhead, piece, blinks, ...sampling }: PersonSampling) {
    const { ears, motion, space, fps } = parts;
    this.#parts = parts;
    this.#stream = new MotionStream(streamNetworks(motion, space), {
      ...sampling,
      // A frame is heard when there is sound so far beyond its middle.
      lookAhead: Math.max(0, Math.round((lookAhead * fps) / 1000 - ears.reach * fps)),
    });
    this.#piece = piece;
    this.#neighbours = particleNeighbours(space.rig);
    if (blinks && motion.blinks !== undefined) {
      const { regions } = space.rig;
      this.#blinks = new BlinkStream(motion.blinks, { regions, fps }, createRng(sampling.seed).fork('blinks'));
    }
  }

  /** Frames that are made. */
  get frames(): number {
    return this.#stream.frames;
  }

  /** @param samples f32 -1 … 1, what follows; a piece after the other @returns the frames that are new */
  async hear(samples: Float32Array): Promise<PersonFrame[]> {
    const { ears, motion, space } = this.#parts;
    await ears.push(samples);
    if (ears.frames - this.#stream.lookAhead < this.#stream.frames + this.#piece) return [];
    const first = this.#stream.frames;
    const x = await this.#stream.advance(ears);
    const frames = this.#stream.frames - first;
    if (frames === 0) return [];
    const spoken = Array.from({ length: frames }, (_, i) => ears.isSpoken(first + i));
    ears.forget(this.#stream.needs);
    const translations = await space.decode(motion.restoreLatent(x));
    this.#blinks?.add(translations);
    return spoken.map((isSpoken, i) => ({ frame: first + i, isSpoken, pose: this.#poseOf(translations, i) }));
  }

  #poseOf(translations: Float32Array, frame: number): ParticlePose {
    const { particles, positions } = this.#parts.space.rig;
    const pose: ParticlePose = {
      translations: translations.slice(frame * particles * 3, (frame + 1) * particles * 3),
      rotations: new Float32Array(particles * 4),
      logScaleOffsets: new Float32Array(particles * 3),
    };
    completeMotion(positions, this.#neighbours, pose.translations, pose.rotations, pose.logScaleOffsets);
    return pose;
  }
}
