import { Fault } from '@soliloquy/fault';
import type { StageRegistry } from '@soliloquy/graph';
import type { CheckoutNeed } from '@soliloquy/stage';
import { EXIT } from '../exit-code.ts';
import { licenceRecord } from '../model-places.ts';
import { openInstallation } from '../open-installation.ts';
import { parseOptions } from '../parse-options.ts';
import { print } from '../print.ts';
import { HERE, projectFolderFor } from '../project.ts';
import { UsageError } from '../usage-error.ts';

/** `soliloquy systems list | accept NAME…` */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('systems', args, [1, Infinity]);
  const [action, ...names] = options.positionals as [string, ...string[]];
  const { registry } = await openInstallation(projectFolderFor(HERE), options);
  const systems = foreignSystems(registry);
  if (action === 'list' && names.length === 0) return list(systems, options.flag('json'));
  if (action === 'accept' && names.length > 0) return accept(systems, names);
  throw new UsageError({
    code: 'usage.call',
    where: 'soliloquy systems',
    expected: 'list or accept NAME…',
    got: `"${options.positionals.join(' ')}"`,
    remedy: 'see soliloquy help systems',
  });
}

/** A foreign system, and which backbones run it. */
interface Listed {
  readonly need: CheckoutNeed;
  readonly backbones: string[];
}

function foreignSystems(registry: StageRegistry): Map<string, Listed> {
  const systems = new Map<string, Listed>();
  for (const stage of registry.values())
    for (const [name, { needs }] of Object.entries(stage.backbones))
      for (const need of needs ?? []) {
        if (need.kind !== 'checkout') continue;
        const known = systems.get(need.system);
        if (known === undefined) systems.set(need.system, { need, backbones: [`${stage.id}/${name}`] });
        else known.backbones.push(`${stage.id}/${name}`);
      }
  return systems;
}

async function list(systems: ReadonlyMap<string, Listed>, asJson: boolean): Promise<number> {
  const listed = await Promise.all(
    [...systems.values()].map(async ({ need, backbones }) => {
      const { system, what, commit, terms } = need;
      const fault = await need.find?.().then(
        (found) => found,
        (thrown: Fault) => thrown,
      );
      const remedy = fault instanceof Fault ? (fault.remedy ?? fault.message) : undefined;
      const at = fault === undefined || fault instanceof Fault ? undefined : fault;
      return { system, what, backbones, commit, terms, folder: at?.folder, standsAt: at?.commit, remedy };
    }),
  );
  if (asJson) {
    print(`${JSON.stringify(listed, null, 2)}\n`);
    return EXIT.done;
  }
  for (const { system, what, backbones, commit, terms, folder, standsAt, remedy } of listed) {
    print(`${folder === undefined ? 'missing' : 'here   '}  ${system}: ${what}, for ${backbones.join(', ')}\n`);
    if (terms.forbids?.includes('training') === true) print('         what it makes may not be trained on\n');
    if (folder !== undefined) print(`         ${folder}\n`);
    if (standsAt !== undefined && standsAt !== commit)
      print(`         it stands at ${standsAt.slice(0, 10)}; ${commit.slice(0, 10)} was read for this\n`);
    if (remedy !== undefined) print(`         -> ${remedy}\n`);
  }
  return EXIT.done;
}

async function accept(systems: ReadonlyMap<string, Listed>, names: readonly string[]): Promise<number> {
  const chosen = names.map((name) => {
    const found = systems.get(name);
    if (found !== undefined) return found.need;
    throw new UsageError({
      code: 'usage.call',
      where: 'soliloquy systems accept',
      expected: `a foreign system (${[...systems.keys()].join(', ')})`,
      got: `"${name}"`,
      remedy: 'correct the name',
    });
  });
  const record = licenceRecord();
  for (const { system, terms } of chosen) {
    await record.accept({ name: `system:${system}`, licence: terms.licence });
    print(`${system}: you accept ${terms.licence.name}${terms.accept === undefined ? '' : `: ${terms.accept}`}\n`);
    print(`  ${terms.licence.url}\n`);
  }
  return EXIT.done;
}
