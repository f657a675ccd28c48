export { openGateway } from './gateway.ts';
export { openLive } from './live.ts';

export type { Gateway, GatewayOptions } from './gateway.ts';
export type { Live, LiveOptions } from './live.ts';
