import type { CheckoutNeed, Terms } from '@soliloquy/stage';

/** A program of others that a person has checked out, as its public repository describes it. Declared once. */
export interface SystemFacts {
  /** kebab-case: what graphs call the backbone, and `checkouts` of a configuration its folder. */
  readonly name: string;
  readonly title: string;
  /** Where its makers publish it. */
  readonly source: string;
  /** The commit whose documentation these facts are of. */
  readonly commit: string;
  readonly terms: Terms;
  /** Of the card that it wants for itself; absent where it needs none. MiB */
  readonly gpuMiB?: number;
  /** What must be in the checkout, as its documentation lays it out. */
  readonly files: readonly string[];
  /** Its folder of weights, where its command names that and it may lie elsewhere. */
  readonly weights?: string;
  /** That its command calls. */
  readonly programs: readonly string[];
}

/** A system, with what a backbone says of itself because of it. */
export interface ForeignSystem extends SystemFacts {
  /** What a backbone that runs it declares: spread it. */
  readonly backbone: {
    readonly foreign: true;
    readonly terms: Terms;
    readonly gpuMiB?: number;
    readonly needs: readonly [CheckoutNeed];
  };
}

/** Declares a foreign system: what its backbones need, cost and may be used for comes from its facts. */
export function foreignSystem(facts: SystemFacts): ForeignSystem {
  const { name, title, source, commit, terms, gpuMiB, files, weights, programs } = facts;
  const memory = gpuMiB === undefined ? [] : [`${Math.round((gpuMiB * 2 ** 20) / 1e9)} GB of GPU memory`];
  const need: CheckoutNeed = {
    kind: 'checkout',
    what: [`a checkout of ${title} (${terms.licence.name}`, ...memory].join(', ').concat(')'),
    system: name,
    files,
    ...(weights !== undefined && { weights }),
    programs,
    commit,
    terms,
    remedy:
      `check out ${source} at ${commit.slice(0, 10)}, follow its README for programs and weights, and name its ` +
      `folder as checkouts.${name} in your own configuration`,
  };
  return {
    ...facts,
    backbone: { foreign: true, terms, needs: [need], ...(gpuMiB !== undefined && { gpuMiB }) },
  };
}

/** Memory of a card as documentation says it, decimal gigabytes, in MiB. */
export function gigabytes(count: number): number {
  return Math.floor((count * 1e9) / 2 ** 20);
}

/**
 * A program of a person's own as a system: an executable `run` in the folder that `checkouts` names.
 *
 * @param name  e.g. `speech-command`
 * @param makes what it makes, e.g. `speech`
 */
export function ownProgram(name: string, makes: string): ForeignSystem {
  const system = foreignSystem({
    name,
    title: `a ${makes} program of your own`,
    source: 'your own folder',
    commit: '',
    terms: { licence: { name: 'its own licence', url: 'its own documentation' } },
    files: ['run'],
    programs: [],
  });
  const [need] = system.backbone.needs;
  const remedy = `put an executable named run into a folder, and name that as checkouts.${name} in your configuration`;
  return { ...system, backbone: { ...system.backbone, needs: [{ ...need, what: system.title, remedy }] } };
}
