import { CaseReader, kindOf } from './fuzz-format.ts';

/**
 * The fewest bytes that still do what these do, by leaving out ever smaller parts (delta debugging, Zeller 2002).
 *
 * @returns the bytes as they are where nothing is wrong with them
 */
export async function minimise(format: string, bytes: Uint8Array): Promise<Uint8Array> {
  const reader = new CaseReader();
  const kind = async (tried: Uint8Array): Promise<string | undefined> => {
    const { outcome, said } = await reader.read({ format, seed: 0, index: 0, bytes: tried });
    return outcome === 'wrong' ? kindOf(said) : undefined;
  };
  const wanted = await kind(bytes);
  let least = bytes;
  for (let part = Math.ceil(bytes.length / 2); wanted !== undefined && part >= 1; part = Math.floor(part / 2))
    for (let at = 0; at < least.length;) {
      const tried = Buffer.concat([least.subarray(0, at), least.subarray(at + part)]);
      if ((await kind(tried)) === wanted) least = tried;
      else at += part;
    }
  await reader.close();
  return least;
}
