import type { AnyStage, StageMigration } from '@soliloquy/stage';
import type { GraphDocument, GraphNode, Json } from './document.ts';
import { parseEdge, parsePortReference, sourceText } from './edges.ts';
import { graphFault, InvalidGraph, type GraphError } from './graph-error.ts';
import { parseStageReference, type StageRegistry } from './registry.ts';

/**
 * Brings every node to the version of its stage that is installed: params, size overrides, backbone, and the edges,
 * outputs and cells that name a renamed port. A document that needs nothing comes back as it is. Unknown stages are
 * left to `validateGraph`.
 *
 * @returns the document, and one note for each step that was taken
 * @throws InvalidGraph naming each node that cannot be brought over: from a newer version, or no migration for a step
 */
export function migrateGraph(doc: GraphDocument, registry: StageRegistry): { doc: GraphDocument; notes: string[] } {
  const notes: string[] = [];
  const errors: GraphError[] = [];
  let migrated = doc;
  for (const [name, node] of Object.entries(doc.nodes)) {
    const { id, version } = parseStageReference(node.stage);
    const stage = registry.get(id);
    if (stage === undefined || version === stage.version) continue;
    const path = migrationPath(stage, version);
    if (path.kind === 'none') {
      errors.push(
        graphFault({
          code: 'graph.migration',
          node: name,
          where: `${name}.stage`,
          expected: path.expected,
          got: node.stage,
          remedy: path.remedy,
        }),
      );
      continue;
    }
    for (const step of path.steps) {
      try {
        migrated = takeStep(migrated, name, stage, step);
      } catch (cause) {
        errors.push(
          graphFault({
            code: 'graph.migration',
            node: name,
            where: name,
            expected: `to migrate ${id}@${step.from} to @${step.from + 1}`,
            got: `the error "${(cause as Error).message}"`,
            remedy: 'change the node by hand',
          }),
        );
        break;
      }
      notes.push(`${name}: ${id}@${step.from} -> ${id}@${step.from + 1}: ${step.says}`);
    }
  }
  if (errors.length > 0) throw new InvalidGraph(errors);
  return { doc: migrated, notes };
}

type Path = { kind: 'steps'; steps: StageMigration[] } | { kind: 'none'; expected: string; remedy: string };

function migrationPath(stage: AnyStage, version: number): Path {
  if (version > stage.version)
    return {
      kind: 'none',
      expected: `${stage.id}@${stage.version} or older`,
      remedy: 'the file is from a newer version: update soliloquy',
    };
  const steps: StageMigration[] = [];
  for (let from = version; from < stage.version; from += 1) {
    const step = stage.migrations?.find((migration) => migration.from === from);
    if (step === undefined)
      return {
        kind: 'none',
        expected: `a version that can be brought to ${stage.id}@${stage.version}`,
        remedy: `there is no migration from @${from} to @${from + 1}: write the node anew`,
      };
    steps.push(step);
  }
  return { kind: 'steps', steps };
}

type Params = Record<string, Json>;

function takeStep(doc: GraphDocument, name: string, stage: AnyStage, step: StageMigration): GraphDocument {
  const node = doc.nodes[name] as GraphNode;
  const backbone = node.backbone ?? stage.defaultBackbone;
  const migrate = (params: Params): { backbone: string; params: Params } =>
    step.migrate({ backbone, params: structuredClone(params) }) as { backbone: string; params: Params };
  const base = migrate(node.params ?? {});
  const next: GraphNode = { ...node, stage: `${stage.id}@${step.from + 1}`, params: base.params };
  if (node.backbone !== undefined || base.backbone !== backbone) next.backbone = base.backbone;

  const sizes = Object.fromEntries(
    Object.entries(doc.sizes).map(([size, overrides]) => {
      const own = Object.entries(overrides).filter(([key]) => parsePortReference(key).node === name);
      if (own.length === 0) return [size, overrides];
      const others = Object.entries(overrides).filter(([key]) => parsePortReference(key).node !== name);
      const merged = migrate({
        ...node.params,
        ...Object.fromEntries(own.map(([key, value]) => [parsePortReference(key).port, value])),
      });
      if (merged.backbone !== base.backbone) throw new Error(`size "${size}" would need backbone "${merged.backbone}"`);
      // Which new params an override became shows in what changes when it is given another value or none.
      const without = migrate(
        Object.fromEntries(
          Object.entries(node.params ?? {}).filter(([param]) => !own.some(([key]) => key === `${name}.${param}`)),
        ),
      );
      const changed = Object.entries(merged.params).filter(([param, value]) =>
        [base, without].some(({ params }) => JSON.stringify(value) !== JSON.stringify(params[param])),
      );
      return [size, Object.fromEntries([...others, ...changed.map(([param, value]) => [`${name}.${param}`, value])])];
    }),
  ) as GraphDocument['sizes'];

  const output = (reference: string): string => renamed(reference, name, step.renamedOutputs);
  return {
    ...doc,
    nodes: { ...doc.nodes, [name]: next },
    sizes,
    edges: doc.edges.map((text) => {
      const edge = parseEdge(text);
      return (
        `${output(sourceText(edge.from))} -> ` +
        `${renamed(`${edge.to.node}.${edge.to.port}`, name, step.renamedInputs)}`
      );
    }),
    outputs: Object.fromEntries(Object.entries(doc.outputs).map(([file, reference]) => [file, output(reference)])),
    cells: doc.cells.map((cell) => ('show' in cell ? { show: output(cell.show) } : cell)),
  };
}

function renamed(reference: string, node: string, names: Readonly<Record<string, string>> | undefined): string {
  const at = parsePortReference(reference);
  return reference.includes('.') && at.node === node && names !== undefined && Object.hasOwn(names, at.port)
    ? `${node}.${names[at.port]}`
    : reference;
}
