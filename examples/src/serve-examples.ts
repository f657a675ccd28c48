import { readFile } from 'node:fs/promises';
import { Fault } from '@soliloquy/fault';
import { openExamples } from './open-examples.ts';

/** Serves the examples with one avatar or two: `node src/serve-examples.ts A.avatar [B.avatar]`. */
const [first, second = first] = process.argv.slice(2);
if (first === undefined)
  throw new Fault({
    code: 'examples.argument',
    where: 'examples',
    expected: 'the path of an .avatar, or of two',
    got: 'none',
    remedy: 'make one: npm start leaves out/quickstart/person.avatar',
  });
const { origin } = await openExamples({ first: await readFile(first), second: await readFile(second) });
for (const page of ['voice-agent', 'side-by-side']) console.log(`${origin}/${page}/`);
