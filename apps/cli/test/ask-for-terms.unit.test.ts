import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { parseGraph } from '@soliloquy/graph';
import { prepareGraph, type PreparedGraph } from '@soliloquy/runner';
import { askForTerms } from '../src/ask-for-terms.ts';
import { openInstallation } from '../src/open-installation.ts';
import { parseOptions } from '../src/parse-options.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'soliloquy-terms-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [variable, name] of [
    ['XDG_STATE_HOME', 'state'],
    ['XDG_CONFIG_HOME', 'config'],
  ] as const)
    process.env[variable] = join(folder, name);
});

const record = (): string => join(folder, 'state/soliloquy/licences.json');

/** Two nodes that run a system whose licence has conditions, beside one without. */
async function prepared(): Promise<PreparedGraph> {
  const { registry } = await openInstallation(folder, parseOptions('run', ['graph.json'], [1, 1]));
  const clips = (backbone: string): object => ({ stage: 'video-diffusion@1', backbone });
  const nodes = {
    picture: { stage: 'text-to-image@1', backbone: 'figure' },
    reference: { stage: 'reference@2', backbone: 'figure' },
    speech: { stage: 'text-to-speech@1', backbone: 'flite' },
    one: clips('hunyuan-video-avatar'),
    two: clips('hunyuan-video-avatar'),
    three: clips('omniavatar'),
  };
  const edges = ['look -> picture.prompt', 'line -> speech.text'];
  for (const port of ['image', 'landmarks', 'background']) {
    edges.push(`picture.${port} -> reference.${port}`);
    edges.push(...['one', 'two', 'three'].map((node) => `reference.${port} -> ${node}.${port}`));
  }
  edges.push(...['one', 'two', 'three'].map((node) => `speech.audio -> ${node}.audio`));
  const inputs = { line: { type: 'text', default: 'Yes.' }, look: { type: 'text', default: 'a woman' } };
  const document = { format: 1, name: 'clips', inputs, nodes, edges };
  return prepareGraph(parseGraph(JSON.stringify(document), { path: 'clips.json' }), registry);
}

/** What is said to somebody who answers so, or goes away. */
async function said(graph: PreparedGraph, answer: string): Promise<{ text: string; refusal: unknown }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(answer);
  const refusal = await askForTerms(graph, { input, output }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { text: String(output.read() ?? ''), refusal };
}

describe('a licence with conditions', () => {
  test('is shown and asked for once, and remembered', async () => {
    const graph = await prepared();
    const { text, refusal } = await said(graph, 'y\n');
    expect(refusal).toBeUndefined();
    expect(text).toMatch(/^one runs hunyuan-video-avatar: a checkout of .*\n/);
    expect(text).toContain('not for use in the European Union');
    expect(text).toContain('\n  what it makes may not be trained on\n  Tencent Hunyuan Community License: https://');
    expect(text.match(/Do you accept/g)).toHaveLength(1);
    expect(text).not.toContain('omniavatar');
    expect(JSON.parse(readFileSync(record(), 'utf8'))).toMatchObject({
      accepted: { 'system:hunyuan-video-avatar': { name: 'Tencent Hunyuan Community License' } },
    });
    expect(await said(await prepared(), '')).toEqual({ text: '', refusal: undefined });
    await askForTerms(graph, undefined);
  });

  test.each(['n\n', '\n', 'yesterday\n', ''])('is not accepted by %j: nothing is remembered', async (answer) => {
    const { refusal } = await said(await prepared(), answer);
    expect(refusal).toMatchObject({
      code: 'licence.not-accepted',
      message: expect.stringMatching(/^one: hunyuan-video-avatar: .*then: soliloquy systems accept hunyuan-video-/),
    });
    expect(existsSync(record())).toBe(false);
  });

  test('is refused with the command to type where nobody can be asked', async () => {
    await expect(askForTerms(await prepared(), undefined)).rejects.toMatchObject({ code: 'licence.not-accepted' });
  });
});
