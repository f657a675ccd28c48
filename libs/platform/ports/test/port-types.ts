import * as ports from '../src/index.ts';

/** Every port type that the library exports; `model` makes one per kind and is not among them. */
export const portTypes: readonly ports.PortType[] = Object.values(ports).filter(
  (value): value is ports.PortType<never> & ports.PortType =>
    typeof value === 'object' && 'id' in value && 'decode' in value,
);
