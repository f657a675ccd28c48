import * as ports from '../src/index.ts';

/** Every port type that the library exports; `model` makes one per kind and is not among them. */
export const portTypes: readonly ports.PortType[] = Object.values<unknown>(ports).filter(ports.isPortType);
