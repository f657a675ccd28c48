import { expect, test } from 'vitest';
import { freshFolder, plan, run } from './fixture/workbench.ts';

/** Names of `Object.prototype` are names like others. */
const NAMES = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'];

test.each(NAMES)(
  'a graph whose node, input, size and output are named %s validates, is planned and run',
  async (name) => {
    const folder = freshFolder();
    const document = {
      format: 1,
      name,
      size: name,
      inputs: { [name]: { type: 'text', default: 'hello' } },
      nodes: { clips: { stage: 'count@1' }, [name]: { stage: 'total@1' } },
      edges: [`${name} -> clips.text`, `clips.value -> ${name}.values`],
      outputs: { [name]: `${name}.page` },
      sizes: { [name]: { 'clips.count': 2 } },
      expect: [{ metric: `${name}.sum`, atLeast: 0 }],
      layout: { [name]: [0, 0] },
    };
    expect((await plan(folder, document)).map(({ node }) => node)).toEqual(['clips', name]);
    expect(await run(folder, document)).toMatchObject({ status: 'done', failures: [] });
  },
);
