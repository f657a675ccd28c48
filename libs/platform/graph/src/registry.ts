import { Fault } from '@soliloquy/fault';
import type { PortType } from '@soliloquy/ports';
import type { AnyStage } from '@soliloquy/stage';

/** The stages that are installed, by id. A map, so that a graph naming a stage `constructor` finds nothing. */
export type StageRegistry = ReadonlyMap<string, AnyStage>;

/** @throws when two stages have one id */
export function createRegistry(stages: Iterable<AnyStage>): StageRegistry {
  const registry = new Map<string, AnyStage>();
  for (const stage of stages) {
    if (registry.has(stage.id))
      throw new Fault({
        code: 'graph.argument',
        where: `stages.${stage.id}`,
        expected: 'one stage of this id',
        got: `two ("${registry.get(stage.id)?.title}", "${stage.title}")`,
        remedy: 'rename one',
        audience: 'author',
      });
    registry.set(stage.id, stage);
  }
  return registry;
}

/** `splat-renderer@1` -> id and version. */
export function parseStageReference(reference: string): { id: string; version: number } {
  const at = reference.lastIndexOf('@');
  return { id: reference.slice(0, at), version: Number(reference.slice(at + 1)) };
}

/** By registry, which changes no more: every edge of a graph asks. */
const typesOf = new WeakMap<StageRegistry, ReadonlyMap<string, PortType>>();

/** Every port type that a stage of the registry takes or gives, by id. */
export function portTypes(registry: StageRegistry): ReadonlyMap<string, PortType> {
  const known = typesOf.get(registry);
  if (known !== undefined) return known;
  const types = new Map<string, PortType>();
  for (const stage of registry.values()) {
    for (const port of [...Object.values(stage.inputs), ...Object.values(stage.outputs)])
      types.set(port.type.id, port.type);
  }
  typesOf.set(registry, types);
  return types;
}
