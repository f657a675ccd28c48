export { HEARD_WIDTH, heardSpectrum, HOPS_PER_SECOND } from './heard-spectrum.ts';
export { openPhoneEncoder, packPhoneEncoder } from './phone-encoder.ts';
export { hopsHeard, initPhoneNetwork, phoneNetwork, STRIDE } from './phone-network.ts';
export { PHONES } from './phone-set.ts';
export { shippedPhoneEncoder } from './shipped-encoder.ts';

export type { HeardPhones, PhoneEncoder, PhoneEncoderContents } from './phone-encoder.ts';
export type { PhoneNetworkParams, PhoneNetworkSize } from './phone-network.ts';
export type { Phone } from './phone-set.ts';
