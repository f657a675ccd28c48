import { createHash } from 'node:crypto';
import { FLOW_PARTS, POINT_SET } from '@soliloquy/latent-flow';
import type { FlowClip } from '@soliloquy/latent-flow/clip-port';
import { StageError } from '@soliloquy/stage';

/** Share of a part's points that must have been followed. */
const FOLLOWED = 0.9;
/** Share of the clips that must be of use, or something is wrong with all of them. */
const USABLE = 0.5;

/**
 * The clips to learn from: those of which every part was followed. Others are logged by their number and left out.
 *
 * @param T frames that are made at once
 * @throws StageError `stage.other-points` for flows of another set of points, `stage.clip-mismatch` for clips that were
 *   heard or timed differently, `stage.clip-short`, `stage.not-followed` where most clips are of no use
 */
export function usableClips(clips: readonly FlowClip[], T: number, log: (line: string) => void): FlowClip[] {
  clips.forEach((clip, index) => checkClip(clip, { index, first: clips[0], T }));
  const usable = clips.filter((clip, index) => {
    const lost = FLOW_PARTS.flatMap((part, p) =>
      clip.followed[p] < FOLLOWED ? [`${part} ${(100 * clip.followed[p]).toFixed(0)}%`] : [],
    );
    if (lost.length > 0) log(`latent-flow-training.flow[${index}]: left out, followed only: ${lost.join(', ')}`);
    return lost.length === 0;
  });
  if (usable.length === 0 || usable.length < USABLE * clips.length)
    throw new StageError({
      code: 'stage.not-followed',
      where: 'latent-flow-training.flow',
      expected: `at least half of ${clips.length} clips whose points were followed`,
      got: String(usable.length),
      remedy: 'look at the tracks; track with the guesses of the networks',
    });
  return usable;
}

function checkClip(
  clip: FlowClip,
  { index, first, T }: { readonly index: number; readonly first: FlowClip; readonly T: number },
): void {
  const where = `latent-flow-training.flow[${index}]`;
  if (clip.points !== POINT_SET)
    throw new StageError({
      code: 'stage.other-points',
      where,
      expected: `a flow of the points ${POINT_SET}`,
      got: clip.points,
      remedy: 'read the film again',
    });
  const said = ({ fps, phoneEncoder, tokens, heard, frames }: FlowClip): string =>
    `${fps} frames/s, ${tokens.length / frames} tokens, ${heard.length / frames} numbers by the phone encoder ` +
    phoneEncoder.slice(0, 12);
  if (said(clip) !== said(first))
    throw new StageError({
      code: 'stage.clip-mismatch',
      where,
      expected: `${said(first)}, as the first clip`,
      got: said(clip),
      remedy: 'read all films with the same params and the same version',
    });
  if (clip.frames < T)
    throw new StageError({
      code: 'stage.clip-short',
      where,
      expected: `at least T = ${T} frames`,
      got: String(clip.frames),
      remedy: 'lower params.frames or make longer clips',
    });
}

/** sha256 over the tokens and the voices of all clips, in their order. */
export function corpusDigest(clips: readonly FlowClip[]): string {
  const hash = createHash('sha256');
  for (const { tokens, appearance, heard } of clips)
    for (const { buffer, byteOffset, byteLength } of [tokens, appearance, heard])
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}
