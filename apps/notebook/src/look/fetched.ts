import { Fault } from '@soliloquy/fault';
/** Bytes and texts of artifacts by address, so that what is shown twice is fetched once. Artifacts never change. */
const KEPT = 48;
const kept = new Map<string, Promise<Response>>();

async function response(src: string): Promise<Response> {
  const known = kept.get(src);
  if (known !== undefined) {
    kept.delete(src);
    kept.set(src, known);
    return (await known).clone();
  }
  const asked = fetch(src).then((answer) => {
    if (!answer.ok)
      throw new Fault({
        code: 'notebook.argument',
        where: `${src}`,
        expected: 'a file',
        got: `status ${answer.status}`,
        remedy: 'run the node again',
        audience: 'author',
      });
    return answer;
  });
  kept.set(src, asked);
  asked.catch(() => kept.delete(src));
  if (kept.size > KEPT) kept.delete(kept.keys().next().value as string);
  return (await asked).clone();
}

export async function fetchText(src: string): Promise<string> {
  return (await response(src)).text();
}

export async function fetchBytes(src: string): Promise<ArrayBuffer> {
  return (await response(src)).arrayBuffer();
}

export async function fetchJson(src: string): Promise<unknown> {
  return (await response(src)).json();
}
