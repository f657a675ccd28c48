import { uploadSchema, type Session, type Upload } from '@soliloquy/gateway/protocol';
import { post, Refused } from './client.ts';

/**
 * Sends a file in pieces.
 *
 * @param graph path of the graph that is to name it
 * @returns where it lies in the project, and how the graph names it
 * @throws Refused
 */
export async function upload(
  file: File,
  limits: Session['limits'],
  graph?: string,
): Promise<NonNullable<Upload['file']>> {
  if (file.size > limits.uploadBytes)
    throw new Refused(413, {
      code: 'gateway.too-large',
      where: `${file.name}`,
      expected: `at most ${Math.round(limits.uploadBytes / 2 ** 20)} MiB`,
      got: `${Math.round(file.size / 2 ** 20)} MiB`,
      remedy: 'put it into the project folder yourself and name its path',
    });
  let state = await post('uploads', uploadSchema, {
    name: file.name,
    bytes: file.size,
    ...(graph === undefined ? {} : { graph }),
  });
  while (state.file === null) {
    const piece = new Uint8Array(await file.slice(state.received, state.received + limits.chunkBytes).arrayBuffer());
    state = await post(
      'upload',
      uploadSchema,
      { at: state.received, base64: base64(piece) },
      { parts: { upload: state.upload } },
    );
  }
  return state.file;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
