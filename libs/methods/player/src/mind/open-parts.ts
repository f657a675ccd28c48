import type { Avatar } from '@soliloquy/avatar-file';
import type { AlignedSpace } from '@soliloquy/gaussian-codec';
import { openSpace } from '@soliloquy/gaussian-codec/opened-space';
import type { PackedAlignedSpace } from '@soliloquy/gaussian-codec/port';
import type { MotionModel } from '@soliloquy/motion-transformer';
import { fewerFrames } from '@soliloquy/motion-transformer/fewer-frames';
import { openMotion } from '@soliloquy/motion-transformer/opened-motion';
import type { PackedMotionModel } from '@soliloquy/motion-transformer/port';
import type { LoadNetwork } from '@soliloquy/tensor';
import { LIVE_FRAMES } from '../sampling.ts';

const TRANSFORMER = 'transformer.onnx';

/**
 * The networks of an avatar that `readAvatar` took, the transformer cut to what a live person needs where it can be.
 *
 * @throws whatever `load` throws
 */
export async function openParts(
  { manifest, files }: Avatar,
  load: LoadNetwork,
): Promise<{ readonly motion: MotionModel; readonly space: AlignedSpace }> {
  const inFolder = (folder: string): Record<string, Uint8Array> =>
    Object.fromEntries(
      Object.entries(files).flatMap(([name, bytes]) =>
        name.startsWith(`${folder}/`) ? [[name.slice(folder.length + 1), bytes]] : [],
      ),
    );
  // What the ports of both kinds check, `readAvatar` and the stage that exported them did.
  const space = { files: inFolder('space'), card: manifest.cards.space } as unknown as PackedAlignedSpace;
  const motion = { files: inFolder('motion'), card: manifest.cards.motion } as unknown as PackedMotionModel;
  return { space: openSpace(space, load), motion: await openMotion(cut(motion), load) };
}

/** @returns the model for fewer frames at once; as it is where it has few, or its sizes cannot be told apart */
function cut(model: PackedMotionModel): PackedMotionModel {
  const { frames } = model.card;
  if (frames <= LIVE_FRAMES) return model;
  const transformer = fewerFrames(model.files[TRANSFORMER], { from: frames, to: LIVE_FRAMES });
  if (transformer === undefined) return model;
  return {
    ...model,
    card: { ...model.card, frames: LIVE_FRAMES },
    files: { ...model.files, [TRANSFORMER]: transformer as Uint8Array<ArrayBuffer> },
  };
}
