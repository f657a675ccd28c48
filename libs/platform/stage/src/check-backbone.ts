import { Fault } from '@soliloquy/fault';
import type { Need } from './need.ts';

/** Names of stages and backbones, as graphs spell them. */
export const KEBAB_CASE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Of installed backbones also with a version of what they run: `wan2.1-i2v`. */
const BACKBONE_NAME = /^[a-z][a-z0-9]*(\.[0-9]+)?(-[a-z0-9]+(\.[0-9]+)?)*$/;

/** What a declaration is checked against: the ports and shared params of its stage. */
interface Contract {
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly params: { readonly shape: Readonly<Record<string, unknown>> };
  readonly outputs: Readonly<
    Record<string, { readonly optional?: boolean; readonly type: { readonly parts?: readonly string[] } }>
  >;
}

/** What a declaration says of itself that can contradict its stage. */
interface Declared {
  readonly params: { readonly shape: Readonly<Record<string, unknown>> };
  readonly omits?: readonly string[];
  readonly lacks?: Readonly<Record<string, readonly string[]>>;
  readonly requires?: readonly (string | readonly string[])[];
  readonly needs?: readonly Need[];
}

/**
 * @throws Fault when its name is not kebab-case, or a backbone's params repeat a name of the stage's, or it requires,
 *     omits or lacks what is not there, or needs what none of its params names
 */
export function checkBackbone(stage: Contract, name: string, backbone: Declared): void {
  const where = `${stage.id}.backbones.${name}`;
  if (!BACKBONE_NAME.test(name)) throw contradiction(where, 'a name in kebab-case', `"${name}"`, 'rename it');
  const unknown = (backbone.requires ?? []).flat().filter((port) => !Object.hasOwn(stage.inputs, port));
  if (unknown.length > 0)
    throw contradiction(`${where}.requires`, 'inputs of the stage', unknown.join(', '), 'correct the names');
  const unmade = (backbone.omits ?? []).filter((port) => stage.outputs[port]?.optional !== true);
  if (unmade.length > 0)
    throw contradiction(
      `${where}.omits`,
      'optional outputs of the stage',
      unmade.join(', '),
      'mark them optional or correct the names',
    );
  const unheard = Object.entries(backbone.lacks ?? {}).flatMap(([port, parts]) =>
    parts.filter((part) => stage.outputs[port]?.type.parts?.includes(part) !== true).map((part) => `${port}: ${part}`),
  );
  if (unheard.length > 0)
    throw contradiction(
      `${where}.lacks`,
      'outputs of the stage and parts of their types',
      unheard.join(', '),
      'correct the names',
    );
  const unnamed = (backbone.needs ?? []).filter(
    (need) => 'param' in need && !Object.hasOwn(backbone.params.shape, need.param),
  );
  if (unnamed.length > 0)
    throw contradiction(
      `${where}.needs`,
      'params of the backbone',
      unnamed.map((need) => ('param' in need ? need.param : '')).join(', '),
      'correct the names',
    );
  const twice = Object.keys(backbone.params.shape).filter((key) => Object.hasOwn(stage.params.shape, key));
  if (twice.length > 0) throw contradiction(where, 'params that the stage has not', twice.join(', '), 'rename them');
}

function contradiction(where: string, expected: string, got: string, remedy: string): Fault {
  return new Fault({ code: 'stage.argument', where, expected, got, remedy, phase: 'before-run' });
}
