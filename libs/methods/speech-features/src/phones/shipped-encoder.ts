import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { phoneEncoder } from './phone-encoder-port.ts';
import { openPhoneEncoder, type PhoneEncoder } from './phone-encoder.ts';

/**
 * The phone encoder that comes with Soliloquy, opened, with the sha256 of its network; `data/phone-encoder/card.json`
 * says how it was made.
 */
export async function shippedPhoneEncoder(): Promise<{ readonly encoder: PhoneEncoder; readonly digest: string }> {
  const [network, card] = await Promise.all(
    ['encoder.onnx', 'card.json'].map((name) => readFile(new URL(`../../data/phone-encoder/${name}`, import.meta.url))),
  );
  const files = { 'encoder.onnx': new Uint8Array(network), 'card.json': new Uint8Array(card) };
  return {
    encoder: await openPhoneEncoder(await phoneEncoder.decode(files)),
    digest: createHash('sha256').update(network).digest('hex'),
  };
}
