import {
  EXTRA_GROUPS,
  PARAMETER_GROUPS,
  type Background,
  type GaussianGradients,
  type GradientGroup,
  type ParameterGroup,
} from './scene.ts';
import { SplatError } from './splat-error.ts';
import { checkFloats } from './validate.ts';

/** Numbers a Gaussian of each group. */
export const GROUP_WIDTHS = {
  means: 3,
  quats: 4,
  logScales: 3,
  opacityLogits: 1,
  colors: 3,
  means2d: 2,
} as const satisfies Record<ParameterGroup, number>;

const KNOWN: readonly GradientGroup[] = [...PARAMETER_GROUPS, ...EXTRA_GROUPS];

/** The groups asked for; none named means `PARAMETER_GROUPS`. */
export function wantedGroups(groups: readonly GradientGroup[] | undefined): ReadonlySet<GradientGroup> {
  const wanted = new Set<GradientGroup>(groups ?? PARAMETER_GROUPS);
  for (const group of wanted) {
    if (!KNOWN.includes(group))
      throw new SplatError({
        code: 'splat.input',
        where: 'backward.groups',
        expected: KNOWN.join(', '),
        got: String(group),
        remedy: 'name one of them',
      });
  }
  return wanted;
}

/** Arrays for the gradients: the caller's own where it gave them, of length 0 where nothing was asked for. */
export function allocateGradients(
  count: number,
  rest: number,
  background: Background,
  wanted: ReadonlySet<GradientGroup>,
  into: GaussianGradients | undefined,
): GaussianGradients {
  const array = (group: GradientGroup, width: number): Float32Array => {
    const length = wanted.has(group) ? width : 0;
    if (into !== undefined && length > 0) checkFloats(`backward.into.${group}`, into[group], length, `[${length}]`);
    return into?.[group] ?? new Float32Array(length);
  };
  const result = Object.fromEntries(
    PARAMETER_GROUPS.map((group) => [group, array(group, count * GROUP_WIDTHS[group])]),
  ) as Record<ParameterGroup, Float32Array>;
  return {
    ...result,
    ...(wanted.has('shRest') ? { shRest: array('shRest', count * rest * 3) } : {}),
    ...(wanted.has('background') ? { background: array('background', background.length) } : {}),
  };
}
