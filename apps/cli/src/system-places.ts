import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findCommand } from '@soliloquy/device';
import { Fault } from '@soliloquy/fault';
import { systemSettings } from '@soliloquy/launcher';
import type { LicenceRecord } from '@soliloquy/models';
import type { AnyStage, CheckoutNeed, FoundCheckout } from '@soliloquy/stage';
import type { UserSettings } from './user-settings.ts';

/** Where the checkouts of a machine are, and how their programs are run. */
export type SystemPlaces = Pick<UserSettings, 'checkouts' | 'systems'>;

/** The stages with what finds the checkouts that their backbones need. */
export function withCheckouts(stages: readonly AnyStage[], places: SystemPlaces, record: LicenceRecord): AnyStage[] {
  return stages.map((stage) => {
    const entries = Object.entries(stage.backbones);
    if (!entries.some(([, { needs }]) => needs?.some(({ kind }) => kind === 'checkout'))) return stage;
    const backbones = entries.map(([name, backbone]) => {
      const needs = backbone.needs?.map((need) => (need.kind === 'checkout' ? found(need, places, record) : need));
      return [name, { ...backbone, needs }] as const;
    });
    return { ...stage, backbones: Object.fromEntries(backbones) };
  });
}

function found(need: CheckoutNeed, places: SystemPlaces, record: LicenceRecord): CheckoutNeed {
  const proveAccepted = (): void => proveTerms(need, record);
  return {
    ...need,
    proveAccepted,
    find: async () => {
      const checkout = findCheckout(need, places);
      proveAccepted();
      return checkout;
    },
  };
}

/** @throws Fault `licence.not-accepted` */
function proveTerms({ system, terms }: CheckoutNeed, record: LicenceRecord): void {
  if (terms.accept === undefined || record.has({ name: `system:${system}`, licence: terms.licence })) return;
  throw new Fault({
    code: 'licence.not-accepted',
    where: system,
    expected: `that you accepted its licence, ${terms.licence.name} (${terms.accept})`,
    got: 'no word of it',
    remedy: `read ${terms.licence.url}, then: soliloquy systems accept ${system}`,
    phase: 'before-run',
  });
}

/** @throws Fault `checkout.missing`, `checkout.incomplete` */
function findCheckout(need: CheckoutNeed, { checkouts, systems }: SystemPlaces): FoundCheckout {
  const { system, what, remedy, files, programs } = need;
  const folder = Object.hasOwn(checkouts, system) ? checkouts[system] : undefined;
  const settings = Object.hasOwn(systems, system) ? systems[system] : systemSettings.parse({});
  if (folder === undefined || !isFolder(folder))
    throw new Fault({
      code: 'checkout.missing',
      where: system,
      expected: what,
      got: folder === undefined ? `no checkouts.${system} in your configuration` : `no folder at ${folder}`,
      remedy,
    });
  const { bin, seconds, silence, environment } = settings;
  const weights = settings.weights ?? (need.weights === undefined ? undefined : join(folder, need.weights));
  const lacking = files.filter((file) => !existsSync(join(folder, file)));
  if (weights !== undefined && !isFolder(weights)) lacking.push(need.weights ?? weights);
  const unknown = programs.filter((name) => findCommand(bin === undefined ? name : join(bin, name)) === undefined);
  if (lacking.length + unknown.length > 0)
    throw new Fault({
      code: 'checkout.incomplete',
      where: system,
      expected: [...files, ...programs].join(', '),
      got: `${folder} without ${[...lacking, ...unknown].join(', ')}`,
      remedy:
        unknown.length > 0
          ? `name the folder of ${unknown.join(' and ')} as systems.${system}.bin in your own configuration`
          : 'bring what its README says; weights that lie elsewhere can be named as ' + `systems.${system}.weights`,
    });
  return {
    name: system,
    folder,
    ...(bin !== undefined && { bin }),
    ...(weights !== undefined && { weights }),
    seconds,
    silence,
    environment,
    ...commitOf(folder),
  };
}

/** The commit that a checkout stands at, read without running anything. */
function commitOf(folder: string): { commit?: string } {
  const read = (path: string): string => readFileSync(join(folder, '.git', path), 'utf8').trim();
  try {
    const head = read('HEAD');
    const commit = head.startsWith('ref: ') ? read(head.slice('ref: '.length)) : head;
    return /^[0-9a-f]{40}$/.test(commit) ? { commit } : {};
  } catch {
    // An archive without its repository, or packed references: nothing depends on it.
    return {};
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
