/**
 * Both backbones on one clip: node libs/stages/deformation-fit/bench/hexplane.bench.ts [frames] [height]. PSNR,
 * seconds, and how far Gaussians are from where they went.
 */
import { stageContext } from '@soliloquy/testing';
import { run as controlNodes } from '../src/backbones/control-nodes.ts';
import { run as hexplane } from '../src/backbones/hexplane.ts';
import { deformationFitStage } from '../src/index.ts';
import { gesture, movingBody } from './moving-body.ts';

const ctx = stageContext();
const [frames = 50, height = 96] = process.argv.slice(2).map(Number);
const scene = await movingBody(1800, height, frames, gesture);
const input = { gaussians: scene.gaussians, background: scene.background, video: scene.video };
const area = deformationFitStage.params.parse({ area: Math.round((height * height * 2) / 3) });
for (const [name, fit] of [
  [
    'control-nodes',
    () => controlNodes(input, { ...area, ...deformationFitStage.backbones['control-nodes'].params.parse({}) }, ctx),
  ],
  ['hexplane', () => hexplane(input, { ...area, ...deformationFitStage.backbones.hexplane.params.parse({}) }, ctx)],
] as const) {
  const [start, busy] = [performance.now(), process.cpuUsage()];
  const { metrics } = await fit();
  const { user, system } = process.cpuUsage(busy);
  console.log(
    name,
    Object.entries(metrics.values)
      .map(([key, value]) => `${key} ${value.toFixed(3)}`)
      .join(', '),
    `${((performance.now() - start) / 1e3).toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of processor`,
  );
}
