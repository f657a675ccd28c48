import {
  findCommand,
  isGpu,
  machine,
  platformStanding,
  probeExecutors,
  probeProviders,
  probeWebGpu,
  thisPlatform,
  type Platform,
} from '@soliloquy/device';
import { findingsOf, networkFindings, type Finding } from '../backbone-findings.ts';
import { BUILT_PARTS, staleParts } from '../build-stale.ts';
import { EXIT } from '../exit-code.ts';
import { openInstallation, type Installation } from '../open-installation.ts';
import { parseOptions } from '../parse-options.ts';
import { print } from '../print.ts';
import { projectFindings } from '../project-findings.ts';
import { HERE, projectFolderFor } from '../project.ts';

interface Section {
  readonly title: string;
  readonly findings: readonly Finding[];
}

/** `soliloquy doctor`: what is here, what is missing, how to get it. Missing things are no failure: exit code 0. */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('doctor', args, [0, 0]);
  const sections = await examine(await openInstallation(projectFolderFor(HERE), options));
  print(options.flag('json') ? `${JSON.stringify(sections, null, 2)}\n` : sections.map(sectionText).join('\n'));
  return EXIT.done;
}

async function examine(installation: Installation): Promise<Section[]> {
  const facts = machine();
  const providers = await probeProviders();
  const executors = await probeExecutors();
  const adapter = await probeWebGpu();
  const gpu = [adapter, ...providers].some(isGpu);
  const backbones: Finding[] = [];
  for (const stage of installation.registry.values()) backbones.push(...(await findingsOf(stage, gpu)));
  return [
    {
      title: 'Machine',
      findings: [
        { name: 'node', here: true, detail: facts.node },
        ...platformFindings(thisPlatform()),
        { name: 'cores', here: true, detail: `${facts.threads} (${facts.cpu}, ${facts.arch})` },
        {
          name: 'memory',
          here: facts.memoryBytes >= 4 * 2 ** 30,
          detail: `${gigabytes(facts.memoryBytes)}, ${gigabytes(facts.freeBytes)} free`,
          remedy: 'the small size needs 4 GiB; choose --size tiny',
        },
      ],
    },
    {
      title: 'Engines',
      findings: [
        ...providers.map(({ name, works, detail }) => ({
          name: `onnxruntime ${name}`,
          here: works,
          detail,
          ...(works ? {} : { remedy: providerRemedy(name) }),
        })),
        ...executors.map(({ name, works, detail }) => ({
          name,
          here: works,
          detail,
          ...(works ? {} : { remedy: 'optional: nothing in the presets needs it' }),
        })),
        {
          name: 'webgpu adapter',
          here: adapter.works,
          detail: adapter.detail,
          ...(adapter.works ? {} : { remedy: 'install a Vulkan driver; nothing needs it' }),
        },
      ],
    },
    { title: 'Built', findings: builtFindings() },
    {
      title: 'Programs',
      findings: [
        program('nats-server', 'for a cluster: https://nats.io/download'),
        program('chromium', "for the notebook's tests: apt-get install chromium"),
      ],
    },
    { title: 'Project', findings: projectFindings(installation) },
    { title: 'Backbones', findings: backbones },
    { title: 'Networks of published measures', findings: await networkFindings(installation.registry) },
  ];
}

/** What was tested, and what is expected of others. */
function platformFindings(platform: Platform): Finding[] {
  const { standing, detail, differs } = platformStanding(platform);
  const name = [platform.platform, platform.arch, platform.libc === 'musl' ? 'musl' : ''].join(' ').trim();
  return [
    {
      name: 'platform',
      here: standing !== 'lacking',
      detail: `${name}, ${detail}`,
      remedy: 'use Linux x64 with glibc, which is tested',
    },
    ...differs.map((what) => ({ name: 'differs here', here: true, detail: what })),
  ];
}

function builtFindings(): Finding[] {
  const stale = new Map(staleParts().map(({ part, why }) => [part, why]));
  return BUILT_PARTS.map((part) => {
    const why = stale.get(part);
    if (why === undefined) return { name: part, here: true, detail: 'as its sources are' };
    return { name: part, here: false, detail: why, remedy: 'npm run build; run and serve do it too' };
  });
}

function program(name: string, remedy: string): Finding {
  const path = findCommand(name);
  return path === undefined
    ? { name, here: false, detail: 'not on PATH', remedy: `optional, ${remedy}` }
    : { name, here: true, detail: path };
}

function providerRemedy(name: string): string {
  if (name === 'cuda' || name === 'tensorrt')
    return (
      'optional: an NVIDIA driver, and ONNX Runtime with CUDA (npm rebuild onnxruntime-node with ' +
      'onnxruntime-node-install unset)'
    );
  if (name === 'webgpu') return 'optional: a GPU with a Vulkan driver';
  return name === 'cpu' || name === 'onnxruntime' ? 'run npm ci again' : 'optional';
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

function sectionText({ title, findings }: Section): string {
  const widest = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.map(
    ({ name, here, detail, remedy }) =>
      `  ${here ? 'here   ' : 'missing'}  ${name.padEnd(widest)}  ` +
      `${detail}${!here && remedy ? `\n           ${' '.repeat(widest)}  -> ${remedy}` : ''}\n`,
  );
  return `${title}\n${lines.join('')}`;
}
