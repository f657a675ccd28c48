import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Gaussians } from '@soliloquy/ports';
import { encodePly, encodeSpz } from '@soliloquy/splat';
import { openBackbone } from '@soliloquy/stage';
import { paintedPerson, stageContext, WHOLE_PERSON } from '@soliloquy/testing';
import { canonicalGaussiansStage } from '../src/index.ts';
import { placed, type Placement } from '../src/place-splats.ts';

const { width, height } = WHOLE_PERSON;
const person = paintedPerson();
const common = canonicalGaussiansStage.params.parse({ count: 3000, area: width * height });

let lifted: { readonly gaussians: Gaussians; readonly metrics: { readonly values: Record<string, number> } };
beforeAll(async () => {
  const lift = await openBackbone(canonicalGaussiansStage, 'lift');
  const params = { ...common, ...canonicalGaussiansStage.backbones.lift.params.parse({ steps: 60 }) };
  lifted = await lift({ ...person, file: undefined }, params, stageContext());
}, 120_000);

const half = Math.SQRT1_2;
const elsewhere = (turn: Placement['turn'], scale: number, shift: Placement['shift']): Gaussians => ({
  ...lifted.gaussians,
  ...placed(lifted.gaussians, { turn, scale, shift, error: 0 }),
});

async function read(name: string, bytes: Uint8Array, given = person) {
  const run = await openBackbone(canonicalGaussiansStage, 'file');
  await using ctx = stageContext();
  const made = await run({ ...given, file: { name, bytes } }, common, ctx);
  return { ...made, logs: ctx.logs };
}

describe('Gaussians of another program', () => {
  test.each([
    ['as they are here', [1, 0, 0, 0], 1, [0, 0, 0]],
    ['up and to the front as in many viewers', [0, 1, 0, 0], 1.7, [3, 1, -2]],
    ['with z up, in centimetres', [half, half, 0, 0], 100, [0, 0, 80]],
    ['seen from the side', [half, 0, half, 0], 0.3, [9, 9, 9]],
  ] as const)('%s show the picture as before, each in its region', async (_how, turn, scale, shift) => {
    const { gaussians, metrics, logs } = await read('me.ply', encodePly(elsewhere(turn, scale, shift)));
    expect(logs).toEqual([]);
    expect(gaussians.count).toBe(lifted.gaussians.count);
    expect(metrics.values.psnr).toBeGreaterThan(22);
    const same = gaussians.regions.filter((region, n) => region === lifted.gaussians.regions[n]).length;
    expect(same / gaussians.count).toBeGreaterThan(0.75);
    // Depth is the file's own: one picture shows none. The picture is 2 high.
    const beside = gaussians.means.map((value, i) => (i % 3 === 2 ? 0 : Math.abs(value - lifted.gaussians.means[i])));
    expect(beside.reduce((sum, value) => sum + value, 0) / (2 * gaussians.count)).toBeLessThan(0.02);
  });

  test('come as .spz too', async () => {
    const { metrics } = await read('me.spz', await encodeSpz(elsewhere([0, 1, 0, 0], 1, [0, 0, 0])));
    expect(metrics.values.psnr).toBeGreaterThan(21);
  });

  test('of somebody else are told', async () => {
    const lime = lifted.gaussians.colors.map((_, i) => (i % 3 === 1 ? 1 : 0));
    const { logs } = await read('other.ply', encodePly({ ...lifted.gaussians, colors: lime }));
    expect(logs).toContainEqual(expect.stringMatching(/the file shows the picture badly/));
  });

  test.each([
    ['me.obj', new Uint8Array(4), /^canonical-gaussians\.file me\.obj: expected a \.ply, \.spz or \.splat, got \.obj/],
    ['me.ply', new Uint8Array(40), /^canonical-gaussians\.file me\.ply: expected .*; give another file$/],
  ])('%s that holds none is refused', async (name, bytes, message) => {
    await expect(read(name, bytes)).rejects.toThrow(message);
  });
});

describe('LHM', () => {
  test('is called as documented, and what it leaves is placed over the picture', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'a checkout of lhm-'));
    writeFileSync(join(folder, 'made.ply'), encodePly(elsewhere([0, 1, 0, 0], 0.9, [0, 0, 2])));
    writeFileSync(
      join(folder, 'inference_mesh.sh'),
      'echo "$@" > args; set -- $1 $2; id=$(basename $2*.png .png); ' +
        'at=exps/meshs/video_human_benchmark/human-lrm-1B/step/x; mkdir -p $at; cp made.ply $at/$id.ply\n',
    );
    const checkout = { name: 'lhm', folder, seconds: 20, silence: 20, environment: [] };
    const run = await openBackbone(canonicalGaussiansStage, 'lhm');
    await using ctx = stageContext({ checkout: () => Promise.resolve(checkout) });
    const { metrics } = await run({ ...person, file: undefined }, common, ctx);
    expect(metrics.values.psnr).toBeGreaterThan(22);
    expect(readFileSync(join(folder, 'args'), 'utf8')).toMatch(/^LHM-1B \.\/exps\/soliloquy-[\w-]+\/\n$/);
    expect(readdirSync(join(folder, 'exps'))).toEqual(['meshs']);
    expect(readdirSync(join(folder, 'exps/meshs/video_human_benchmark/human-lrm-1B/step/x'))).toEqual([]);
  });
});
