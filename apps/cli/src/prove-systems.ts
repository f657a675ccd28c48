import { findGpuCards } from '@soliloquy/device';
import { Fault, partsOf } from '@soliloquy/fault';
import { noCardFault, type NodePlan, type PreparedGraph } from '@soliloquy/runner';
import type { Backbone } from '@soliloquy/stage';
import { readUserSettings } from './user-settings.ts';

/**
 * Whether this machine has the checkouts and the cards that a graph would run with. What comes from the cache needs
 * none of them.
 *
 * @param plan what would run; asked only where something is missing
 * @throws Fault `checkout.missing`, `checkout.incomplete`, `task.no-gpu` with the node in front; nothing ran
 */
export async function proveSystemsHere(graph: PreparedGraph, plan: () => Promise<readonly NodePlan[]>): Promise<void> {
  const lacking = new Map<string, Fault>();
  for (const { name, backbone } of graph.nodes) {
    const fault = (await missingCheckout(backbone)) ?? (await missingCard(backbone));
    if (fault !== undefined) lacking.set(name, fault);
  }
  if (lacking.size === 0) return;
  for (const { node, cached, elements } of await plan()) {
    const fault = lacking.get(node);
    if (fault === undefined || cached === elements) continue;
    throw new Fault({ ...partsOf(fault), where: `${node}: ${fault.where}`, phase: 'before-run' }, { cause: fault });
  }
}

async function missingCheckout({ needs = [] }: Backbone): Promise<Fault | undefined> {
  for (const need of needs) {
    if (need.kind !== 'checkout' || need.find === undefined) continue;
    try {
      await need.find();
    } catch (thrown) {
      if (thrown instanceof Fault) return thrown;
      throw thrown;
    }
  }
  return undefined;
}

async function missingCard({ gpuMiB }: Backbone): Promise<Fault | undefined> {
  if (gpuMiB === undefined) return undefined;
  const cards = readUserSettings().gpus ?? (await findGpuCards());
  return cards.some(({ memoryMiB }) => memoryMiB >= gpuMiB) ? undefined : noCardFault(gpuMiB, cards);
}
