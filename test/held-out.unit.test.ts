import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HELD_OUT_FROM, SENTENCES, TRAINING_VOICES } from '@soliloquy/text-to-speech';
import { ROOT } from './fixture/command.ts';

interface Node {
  stage: string;
  backbone?: string;
  params?: Record<string, unknown>;
}

interface Preset {
  nodes: Record<string, Node>;
  edges: string[];
  sizes: Record<string, Record<string, unknown>>;
}

/** Stages that learn, and those whose results are only learned from. */
const LEARNS = /^(alignment|motion-training|phone-encoder-training|latent-flow-training|score-distillation)@/;

const presets = readdirSync(join(ROOT, 'graphs')).filter((name) => name.endsWith('.json'));

test.each(presets)(
  '%s learns from conversation and training voices only, and from nothing that is held out',
  (name) => {
    const preset = JSON.parse(readFileSync(join(ROOT, 'graphs', name), 'utf8')) as Preset;
    const learned = upstreamOf(preset, LEARNS);
    for (const [size, given] of Object.entries(preset.sizes)) {
      for (const id of learned) {
        const { stage, params } = preset.nodes[id];
        const param = (key: string): unknown => given[`${id}.${key}`] ?? params?.[key];
        const where = `${id} at ${size}`;
        if (stage.startsWith('corpus@')) {
          expect(param('style'), where).toBe('conversation');
          expect(Number(param('from') ?? 0) + Number(param('count')), where).toBeLessThanOrEqual(HELD_OUT_FROM);
        }
        if (stage.startsWith('text-to-speech@') && preset.nodes[id].backbone === 'flite')
          expect([...TRAINING_VOICES, 'several', 'like'], where).toContain(param('voice'));
        if (stage.startsWith('phone-corpus@')) expect(TRAINING_VOICES, where).toContain(param('voice'));
      }
    }
  },
);

test('there are sentences to judge by', () => {
  expect(SENTENCES.conversation.length - HELD_OUT_FROM).toBeGreaterThanOrEqual(10);
});

/** Nodes that a node of such a stage hangs on. */
function upstreamOf({ nodes, edges }: Preset, stage: RegExp): Set<string> {
  const from = (edge: string): string[] => edge.split(' -> ').map((end) => end.split('.')[0]);
  const found = new Set(Object.keys(nodes).filter((id) => stage.test(nodes[id].stage)));
  for (const id of found)
    for (const [source, target] of edges.map(from)) if (target === id && source in nodes) found.add(source);
  return found;
}
