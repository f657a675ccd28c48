import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunSummary } from '@soliloquy/runner';
import { freshFolder, ROOT } from './fixture/command.ts';
import { runWith } from './fixture/run-graph.ts';

const registryModule = new URL('fixture/two-video-backbones.ts', import.meta.url).href;
const PATIENCE_MS = 240_000;

interface Loose {
  nodes: Record<string, { stage: string; backbone?: string; skip?: string }>;
  edges: string[];
  sizes: Record<string, Record<string, unknown>>;
  size: string;
}

/** Of the quickstart what trains, at its tiny size, with the clips of a second video backbone beside the first's. */
function document(skip?: 'mute'): object {
  const doc = JSON.parse(readFileSync(join(ROOT, 'graphs/quickstart.json'), 'utf8')) as Loose;
  const kept = [
    'subject',
    'picture',
    'reference',
    'lines',
    'speech',
    'clips',
    'avatar',
    'fit',
    'alignment',
    'training',
  ];
  const tiny = Object.entries(doc.sizes.tiny);
  const twice = tiny.flatMap(([key, value]) =>
    /^(clips|fit)\./.test(key) ? [[key.replace('.', '-calm.'), value] as const] : [],
  );
  const of = (edge: string): string[] => edge.split(/\.| -> /);
  return {
    format: 1,
    name: 'two-video-backbones',
    seed: 7,
    size: 'tiny',
    nodes: {
      ...Object.fromEntries(Object.entries(doc.nodes).filter(([name]) => kept.includes(name))),
      'clips-calm': { ...doc.nodes.clips, backbone: 'calm', ...(skip && { skip }) },
      'fit-calm': doc.nodes.fit,
    },
    edges: [
      ...doc.edges.filter((edge) => kept.includes(of(edge)[0]) && kept.includes(of(edge)[2])),
      ...doc.edges
        .filter((edge) => ['clips', 'fit'].includes(of(edge)[2]))
        .map((edge) => edge.replace(/(clips|fit)\./g, '$1-calm.')),
      'fit-calm.deformation -> alignment.deformation',
      'speech.audio -> alignment.audio',
      'fit-calm.deformation -> training.deformation',
      'speech.audio -> training.audio',
    ],
    sizes: {
      tiny: Object.fromEntries([...tiny.filter(([key]) => kept.includes(key.split('.')[0])), ...twice]),
    },
  };
}

const executed = ({ tasks }: RunSummary): string[] => [
  ...new Set(tasks.filter(({ cached }) => !cached).map(({ id }) => id.node)),
];

test(
  'clips of two video backbones feed one training, and leaving one out runs again only what it touched',
  async () => {
    const folder = freshFolder();
    const both = await runWith(registryModule, folder, document());
    expect(both.failures).toEqual([]);
    expect(executed(both)).toHaveLength(12);
    const one = await runWith(registryModule, folder, document('mute'));
    expect(one.failures).toEqual([]);
    expect(executed(one)).toEqual(['alignment', 'training']);
    const again = await runWith(registryModule, folder, document());
    expect(executed(again)).toEqual([]);
  },
  PATIENCE_MS,
);
