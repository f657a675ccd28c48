/** How the terms of a distillation change over its steps. */
export interface Curriculum {
  readonly steps: number;
  /** steps in which the weights of L_vsd and L_traj rise */
  readonly ramp: number;
  readonly tauMin: number;
  readonly tauFirst: number;
  readonly tauMax: number;
}

/** 0 … 1 of the weights of L_vsd and L_traj in a step, counted from 0: they rise linearly. */
export function rampAt({ ramp }: Pick<Curriculum, 'ramp'>, step: number): number {
  return ramp === 0 ? 1 : Math.min(1, (step + 1) / ramp);
}

/**
 * The range of noise that the teacher is asked at in a step, shares of its noise steps: its upper end falls linearly,
 * since much noise asks for the large structure (HiFA, Zhu et al. 2024).
 */
export function noiseRange(
  { steps, tauMin, tauFirst, tauMax }: Omit<Curriculum, 'ramp'>,
  step: number,
): readonly [number, number] {
  const share = steps > 1 ? Math.min(1, step / (steps - 1)) : 1;
  return [tauMin, Math.max(tauMin, tauFirst + share * (tauMax - tauFirst))];
}
