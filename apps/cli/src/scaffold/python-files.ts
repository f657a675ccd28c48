import { readFileSync } from 'node:fs';
import { contentsOf, exampleCard, type ModelFiles, type PortType } from '@soliloquy/ports';
import type { AnyStage, AxisName } from '@soliloquy/stage';
import type { ScaffoldName } from './scaffold-name.ts';
import type { ScaffoldFiles, StageSource } from './typescript-files.ts';

/** Windows' installer calls it so; others have `python` for an older one, or not at all. */
const PYTHON = process.platform === 'win32' ? 'python' : 'python3';

/** Reads and writes the files of port types: the standard library and numpy. */
const portFiles = (): string => readFileSync(new URL('./port_files.py', import.meta.url), 'utf8');

/** Of which types `port_files.py` knows the files. */
export const PYTHON_TYPES = [
  'attributes',
  'audio',
  'backbone',
  'camera',
  'deformation',
  'file',
  'gaussians',
  'image',
  'landmarks',
  'metrics',
  'motion',
  'report',
  'text',
  'timings',
  'tracks',
  'video',
];

/**
 * A PyTorch program as a backbone of a stage, in a folder of its own: the function, the reader and writer of its ports'
 * files, and a test in which a fake stands for the network.
 */
export function pythonFiles({ kebab, title }: ScaffoldName, stage: AnyStage, source: StageSource): ScaffoldFiles {
  const module = kebab.replaceAll('-', '_');
  return {
    [`backbones/${kebab}/${module}.py`]: program(title, stage, module),
    [`backbones/${kebab}/${module}_fake.py`]: fake(module),
    [`backbones/${kebab}/port_files.py`]: portFiles(),
    [`backbones/${kebab}/${kebab}.test.ts`]: pythonTest(kebab, module, {
      ...source,
      from: source.from.replace(/^\.\.\//, '../../'),
    }),
  };
}

/** What the configuration says of it. */
export function pythonEntry({ kebab, title }: ScaffoldName): readonly string[] {
  return [
    'version: 1,',
    `title: '${title}',`,
    'command: [',
    `  '${PYTHON}',`,
    '  // Compiled files beside the program are not read: only what was shown runs.',
    "  '-X',",
    "  'pycache_prefix=pycache',",
    `  './backbones/${kebab}/${kebab.replaceAll('-', '_')}.py',`,
    "  '{inputs}',",
    "  '{outputs}',",
    "  '{task}',",
    '],',
    "environment: ['PATH', 'HOME', 'CUDA_VISIBLE_DEVICES'],",
  ];
}

/** What a kind of models declares, as plain values: `card` is an example of it. */
export interface DeclaredModel {
  readonly card: Readonly<Record<string, unknown>>;
  readonly files: ModelFiles;
}

/**
 * What the models among port types hold, by type; kinds that declare nothing are left out.
 *
 * @throws Fault `ports.argument` for a card of which no example can be found
 */
export function declaredModels(types: readonly PortType[]): Readonly<Record<string, DeclaredModel>> {
  return Object.fromEntries(
    types.flatMap((type) => {
      const contents = contentsOf(type);
      if (contents === undefined) return [];
      return [[type.id, { card: exampleCard(contents, type.id), files: contents.files }]];
    }),
  );
}

/** A value that JSON can hold, as Python writes it. */
function pythonLiteral(value: unknown, indent = ''): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const parts = (inner: string): string[] =>
    Array.isArray(value)
      ? value.map((each) => pythonLiteral(each, inner))
      : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${pythonLiteral(each, inner)}`);
  const line = `${open}${parts(indent).join(', ')}${close}`;
  if (!line.includes('\n') && indent.length + line.length <= 80) return line;
  const inner = `${indent}    `;
  return `${open}\n${parts(inner)
    .map((part) => `${inner}${part},\n`)
    .join('')}${indent}${close}`;
}

function program(title: string, stage: AnyStage, module: string): string {
  const inputs = Object.entries(stage.inputs).map(([name, { type, gathers }]) => portLine(name, type.id, gathers));
  const outputs = Object.entries(stage.outputs).map(([name, { type, makes }]) => portLine(name, type.id, makes));
  const params = Object.keys(stage.params.shape).join(', ') || 'none';
  const models = declaredModels(
    [...Object.values(stage.inputs), ...Object.values(stage.outputs)].map(({ type }) => type),
  );
  return `"""${title}, a backbone of ${stage.id}: a PyTorch program.

Soliloquy calls it for each task: ${PYTHON} ${module}.py INPUTS OUTPUTS TASK. Count "version" in soliloquy.config.ts up
whenever the same inputs and params give other results.
"""

import sys
from pathlib import Path

import port_files

# (type, axis along which it is a list, or None) by port
INPUTS = {
${inputs.join('\n')}
}
OUTPUTS = {
${outputs.join('\n')}
}
# What models hold that a port takes or gives, by type: an example of the card; files with a network's inputs and
# outputs, or with dtype and rank (number of axes) of tensors. More is welcome, less is refused.
MODELS = ${pythonLiteral(models)}


def load_model(task):
    """Your network, ready to be called as run does. PyTorch is imported here: the test runs without it."""
    import torch

    torch.manual_seed(task["seed"])
    torch.set_num_threads(task["threads"])
    raise NotImplementedError("${module}.load_model: expected your network, got the template; load it there")


def run(model, inputs, params, progress):
    """
    One task: values by port in, values by port out (see port_files.py for what each type is).

    params: ${params}
    progress(done, total, note): how far it is
    """
    progress(0, 1, "computing")
    outputs = model(inputs, params)
    progress(1, 1, "done")
    return outputs


def say(done, total, note):
    print(f"progress {done}/{total} {note}", flush=True)


def main(arguments, load=load_model):
    inputs, outputs, task = (Path(each) for each in arguments)
    settings = port_files.read_json(task)
    values = run(load(settings), port_files.read_ports(INPUTS, inputs), settings["params"], say)
    port_files.write_ports(OUTPUTS, outputs, values)


if __name__ == "__main__":
    main(sys.argv[1:])
`;
}

function portLine(name: string, type: string, named: AxisName | undefined): string {
  // Whether there is one is what matters here.
  const axis = typeof named === 'object' ? `the one that param ${named.param} names` : named;
  return `    "${name}": ("${type}", ${axis === undefined ? 'None' : `"${axis}"`}),`;
}

function fake(module: string): string {
  return `"""For the test: samples as inputs, and a fake in place of the network, which checks what it gets."""

import sys

import ${module}
import port_files


def samples(ports):
    return {
        name: sample(kind) if axis is None else [sample(kind), sample(kind)] for name, (kind, axis) in ports.items()
    }


def sample(kind):
    return port_files.sample(kind, ${module}.MODELS.get(kind))


def load_fake(task):
    def model(inputs, params):
        missing = [name for name in ${module}.INPUTS if inputs[name] is None]
        assert not missing, f"inputs that did not arrive: {missing}"
        assert params == task["params"]
        return samples(${module}.OUTPUTS)

    return model


if __name__ == "__main__":
    if sys.argv[1] == "inputs":
        port_files.write_ports(${module}.INPUTS, sys.argv[2], samples(${module}.INPUTS))
    else:
        ${module}.main(sys.argv[1:], load_fake)
`;
}

function pythonTest(kebab: string, module: string, { name, from }: StageSource): string {
  return `import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { PortType } from '@soliloquy/ports';
import { ${name} } from '${from}';

const FAKE = fileURLToPath(new URL('./${module}_fake.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), '${kebab}-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Ports = Record<string, { readonly type: PortType; readonly gathers?: string; readonly makes?: string }>;

function python(...args: string[]): void {
  execFileSync('${PYTHON}', [FAKE, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

function read(at: string): Record<string, Uint8Array> {
  return Object.fromEntries(readdirSync(at).map((name) => [name, new Uint8Array(readFileSync(join(at, name)))]));
}

/** Every value below a folder as its port type reads it; \`again\` writes it back as the port type does. */
async function check(ports: Ports, below: string, again: boolean): Promise<void> {
  for (const [port, { type, gathers, makes }] of Object.entries(ports)) {
    const at = join(below, port);
    for (const each of (gathers ?? makes) === undefined ? [at] : readdirSync(at).map((index) => join(at, index))) {
      const value = await type.decode(read(each));
      expect(type.schema.safeParse(value).error, port).toBeUndefined();
      if (!again) continue;
      rmSync(each, { recursive: true });
      mkdirSync(each);
      for (const [name, bytes] of Object.entries(await type.encode(value))) writeFileSync(join(each, name), bytes);
    }
  }
}

test('${kebab} reads the inputs of ${name} and leaves its outputs, as their port types have them', async () => {
  const [inputs, outputs, task] = [join(folder, 'inputs'), join(folder, 'outputs'), join(folder, 'task.json')];
  python('inputs', inputs);
  await check(${name}.inputs as unknown as Ports, inputs, true);
  writeFileSync(task, JSON.stringify({ params: ${name}.params.parse({}), seed: 1, threads: 1 }));
  python(inputs, outputs, task);
  await check(${name}.outputs as unknown as Ports, outputs, false);
}, 60_000);
`;
}
