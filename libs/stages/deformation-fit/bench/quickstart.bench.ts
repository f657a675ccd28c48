/**
 * Backbones on the quickstart's own clips, which a run of it left in the store: PSNR on the same frames, seconds of
 * wall clock and of processor. node libs/stages/deformation-fit/bench/quickstart.bench.ts [--frames 125] [--clips 6]
 * [--backbones control-nodes,hexplane] [--set '{"steps":2}'] [--run out/quickstart/run.json] [--store .soliloquy]
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDiskStore } from '@soliloquy/artifacts';
import { gaussians as gaussiansPort, image, video as videoPort, type Video } from '@soliloquy/ports';
import { stageContext } from '@soliloquy/testing';
import { run as controlNodes } from '../src/backbones/control-nodes.ts';
import { run as hexplane } from '../src/backbones/hexplane.ts';
import { deformationFitStage } from '../src/index.ts';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '125' },
    clips: { type: 'string', default: '6' },
    backbones: { type: 'string', default: 'control-nodes,hexplane' },
    set: { type: 'string', default: '{}' },
    run: { type: 'string', default: 'out/quickstart/run.json' },
    store: { type: 'string', default: '.soliloquy' },
  },
});
interface Task {
  readonly task: string;
  readonly outputs: Readonly<Record<string, string>>;
}
const { tasks } = JSON.parse(readFileSync(values.run, 'utf8')) as { tasks: readonly Task[] };
const store = await openDiskStore(join(values.store, 'store'));
const made = async (task: Task, port: string) => store.get(task.outputs[port]);
const of = (node: string): Task => tasks.find(({ task }) => task.startsWith(`${node}[`))!;
const clips = tasks.filter(({ task }) => /^(clips|truth)\b/.test(task)).slice(0, Number(values.clips));
const set = JSON.parse(values.set) as Record<string, unknown>;

for (const clip of clips) {
  const given = {
    gaussians: await gaussiansPort.decode(await made(of('avatar'), 'gaussians')),
    background: await image.decode(await made(of('reference'), 'background')),
    video: firstFrames(await videoPort.decode(await made(clip, 'video')), Number(values.frames)),
  };
  const ctx = stageContext({ seed: 7 });
  const { backbones } = deformationFitStage;
  const common = deformationFitStage.params.parse({});
  const fits = {
    'control-nodes': () =>
      controlNodes(given, { ...common, ...backbones['control-nodes'].params.parse({ steps: 4, ...set }) }, ctx),
    hexplane: () => hexplane(given, { ...common, ...backbones.hexplane.params.parse({ steps: 4, ...set }) }, ctx),
  };
  for (const name of values.backbones.split(',') as (keyof typeof fits)[]) {
    const [start, busy] = [performance.now(), process.cpuUsage()];
    const { metrics } = await fits[name]();
    const { user, system } = process.cpuUsage(busy);
    console.log(
      clip.task,
      name,
      Object.entries(metrics.values)
        .map(([key, value]) => `${key} ${value.toFixed(3)}`)
        .join(', '),
      `${((performance.now() - start) / 1e3).toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of processor`,
    );
  }
}

function firstFrames(video: Video, count: number): Video {
  const cut = <Frame>(read: () => AsyncIterable<Frame>) =>
    async function* () {
      let frame = 0;
      for await (const data of read()) {
        if (frame++ === count) return;
        yield data;
      }
    };
  const frames = Math.min(count, video.frames);
  return {
    ...video,
    frames,
    read: cut(() => video.read()),
    matte: video.matte && { ...video.matte, read: cut(() => video.matte!.read()) },
  };
}
