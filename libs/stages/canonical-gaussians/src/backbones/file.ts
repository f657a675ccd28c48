import { decodePly, decodeSplat, decodeSpz, SplatError } from '@soliloquy/splat';
import { StageError, type RunOf } from '@soliloquy/stage';
import type { Splats } from '../place-splats.ts';
import { showSplats } from '../show-splats.ts';
import type { canonicalGaussiansStage } from '../stage.ts';

/** Files of more Gaussians cannot be moved in any reasonable time. */
const MOST = 1_000_000;

const DECODERS = { ply: decodePly, spz: decodeSpz, splat: decodeSplat } as const;

/** @throws StageError `stage.missing-input`, `stage.bad-file` for what holds no Gaussians */
export const run: RunOf<typeof canonicalGaussiansStage, 'file'> = async ({ file, ...person }, params, ctx) => {
  if (file === undefined)
    throw new StageError({
      code: 'stage.missing-input',
      where: 'canonical-gaussians.file',
      expected: 'a .ply, .spz or .splat',
      got: 'nothing',
      remedy: 'connect a file',
    });
  return showSplats(await decode(file.name, file.bytes, (message) => ctx.log(message)), person, params, ctx);
};

/**
 * @param name whose ending says how it is written
 * @throws StageError `stage.bad-file`
 */
export async function decode(name: string, bytes: Uint8Array, notice: (message: string) => void): Promise<Splats> {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  const bad = (expected: string, got: string, cause?: unknown): StageError =>
    new StageError(
      { code: 'stage.bad-file', where: `canonical-gaussians.file ${name}`, expected, got, remedy: 'give another file' },
      { cause },
    );
  if (!Object.hasOwn(DECODERS, ending)) throw bad('a .ply, .spz or .splat', `.${ending}`);
  try {
    const splats = await DECODERS[ending as keyof typeof DECODERS](bytes, { notice });
    const count = splats.opacityLogits.length;
    if (count < 1 || count > MOST) throw bad(`1 to ${MOST} Gaussians`, String(count));
    return splats;
  } catch (thrown) {
    if (!(thrown instanceof SplatError)) throw thrown;
    throw bad(thrown.expected, thrown.got, thrown);
  }
}
