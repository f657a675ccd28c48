import { StageError, type Backbone, type CheckoutNeed, type StageContext } from '@soliloquy/stage';
import type { Work } from '../transport/protocol.ts';

/** How a piece of work finds the checkouts that needs of its backbone name. */
export function checkoutsOf({ label }: Work, backbone: Backbone): StageContext['checkout'] {
  return async (system) => {
    const needs = checkoutNeeds(backbone);
    const need = needs.find((each) => each.system === system);
    if (need === undefined)
      throw new StageError({
        code: 'checkout.undeclared',
        where: `${label}: checkout "${system}"`,
        expected: 'a system that a need of the backbone names',
        got: needs.map((each) => each.system).join(', ') || 'a backbone that needs none',
        remedy: 'declare it in its needs',
        audience: 'author',
      });
    if (need.find !== undefined) return need.find();
    const { what, remedy } = need;
    const got = 'an installation that knows no checkouts';
    throw new StageError({ code: 'checkout.missing', where: label, expected: what, got, remedy });
  };
}

/** What a backbone needs of kind `checkout`. */
export function checkoutNeeds(backbone: Backbone): CheckoutNeed[] {
  return (backbone.needs ?? []).filter((need) => need.kind === 'checkout');
}
