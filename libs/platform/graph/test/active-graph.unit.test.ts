import { describe, expect, test } from 'vitest';
import { activeGraph, formatGraph, parseGraph, selectNodes, validateGraph } from '../src/index.ts';
import { graph, registry } from './sample-graph.ts';

const active = (change: Parameters<typeof graph>[0]) => activeGraph(graph(change), registry);

describe('a document in which something is skipped', () => {
  test('runs as it is when nothing is', () => {
    const doc = graph();
    expect(activeGraph(doc, registry)).toEqual({ doc, notes: [] });
    expect(activeGraph(doc, registry).doc).toBe(doc);
  });

  test('a bypassed node is replaced by what feeds it, and what names its output names that', () => {
    const { doc, notes } = active((g) => void (g.nodes['each']!['skip'] = 'bypass'));
    expect(doc.edges).toEqual(['many.value -> all.values', 'all.total -> last.value']);
    expect(doc.outputs).toEqual({ 'total.json': 'all.total', 'each.json': 'many.value' });
    expect(doc.inputs).toEqual({});
    expect(notes).toEqual(['each: bypassed', 'expectations left out: 1 of 2']);
    expect(validateGraph(doc, registry)).toEqual([]);
  });

  test('what feeds a bypassed node is told from what feeds an input of that name elsewhere', () => {
    const { doc } = active((g) => {
      g.nodes['last']!['skip'] = 'bypass';
      g.nodes['odd'] = { stage: 'trouble@1' };
      g.edges.push('last.result -> odd.value');
    });
    // `each` has an input called `value` too, and its edge comes first.
    expect(doc.edges).toContain('all.total -> odd.value');
  });

  test('a chain of bypassed nodes is gone through', () => {
    const { doc } = active((g) => {
      g.nodes['each']!['skip'] = 'bypass';
      g.nodes['more'] = { stage: 'scale@2', skip: 'bypass' };
      g.edges = [
        'many.value -> each.value',
        'each.result -> more.value',
        'more.result -> all.values',
        'given -> each.bias',
        'all.total -> last.value',
      ];
    });
    expect(doc.edges).toEqual(['many.value -> all.values', 'all.total -> last.value']);
  });

  test('a muted node takes with it what cannot do without it, and only that', () => {
    const { doc, notes } = active((g) => void (g.nodes['all']!['skip'] = 'mute'));
    expect(Object.keys(doc.nodes)).toEqual(['many', 'each']);
    expect(doc.outputs).toEqual({ 'each.json': 'each.result' });
    expect(notes).toEqual([
      'all: muted',
      'last: left out, since all.total gives it nothing',
      'outputs left out: total.json',
      'expectations left out: 2 of 2',
    ]);
    expect(validateGraph(doc, registry)).toEqual([]);
  });

  test('an optional input that a muted node fed is as if nothing were connected', () => {
    const { doc } = active((g) => {
      g.nodes['other'] = { stage: 'scale@2', skip: 'mute' };
      g.edges = [
        'many.value -> each.value',
        'given -> other.value',
        'other.result -> last.bias',
        'each.result -> all.values',
        'all.total -> last.value',
      ];
    });
    expect(Object.keys(doc.nodes)).toEqual(['many', 'each', 'all', 'last']);
    expect(doc.edges).not.toContain('other.result -> last.bias');
  });

  test('a node that nothing fed before is still a fault', () => {
    const { doc } = active((g) => {
      g.nodes['last']!['skip'] = 'mute';
      g.edges = g.edges.filter((edge) => edge !== 'each.result -> all.values');
    });
    expect(validateGraph(doc, registry)).toMatchObject([{ code: 'graph.missing-input', node: 'all' }]);
  });
});

describe('what goes with a muted node', () => {
  test('an input of the graph that fed only it is not asked for, and one that feeds another still is', () => {
    const alone = active((g) => void (g.nodes['each']!['skip'] = 'mute'));
    expect(alone.doc.inputs).toEqual({});
    const shared = active((g) => {
      g.nodes['other'] = { stage: 'scale@2', backbone: 'jitter' };
      g.edges.push('many.value -> other.value', 'given -> other.bias');
      g.nodes['each']!['skip'] = 'mute';
    });
    expect(Object.keys(shared.doc.inputs)).toEqual(['given']);
    expect(shared.doc.edges).toEqual(['many.value -> other.value', 'given -> other.bias']);
  });

  test('an input that feeds nothing is left to be refused', () => {
    const { doc } = active((g) => {
      g.inputs['idle'] = { type: 'number' };
      g.nodes['last']!['skip'] = 'mute';
    });
    expect(Object.keys(doc.inputs)).toEqual(['given', 'idle']);
  });

  test('all that follows, one after another, each with its reason; what it took from others is let go', () => {
    const { doc, notes } = active((g) => {
      g.nodes['end'] = { stage: 'scale@2' };
      g.edges.push('last.result -> end.value', 'many.value -> end.bias');
      g.nodes['each']!['skip'] = 'mute';
    });
    expect(Object.keys(doc.nodes)).toEqual(['many']);
    expect(doc.edges).toEqual([]);
    expect(notes).toEqual([
      'each: muted',
      'all: left out, since each.result gives it nothing',
      'last: left out, since all.total gives it nothing',
      'end: left out, since last.result gives it nothing',
      'outputs left out: total.json, each.json',
      'expectations left out: 2 of 2',
    ]);
  });

  test('a node that lost two inputs is left out once', () => {
    const { notes } = active((g) => {
      g.nodes['end'] = { stage: 'scale@2' };
      g.edges.push('all.total -> end.value', 'each.result -> end.bias');
      g.nodes['many']!['skip'] = 'mute';
      g.expect = [];
      g.outputs = {};
    });
    expect(notes).toEqual([
      'many: muted',
      'each: left out, since many.value gives it nothing',
      'all: left out, since each.result gives it nothing',
      'end: left out, since all.total gives it nothing',
      'last: left out, since all.total gives it nothing',
    ]);
  });

  test('a node whose stage is not installed stays, to be refused', () => {
    const { doc } = active((g) => {
      g.nodes['last'] = { stage: 'nowhere@1' };
      g.nodes['all']!['skip'] = 'mute';
    });
    expect(Object.keys(doc.nodes)).toContain('last');
  });
});

describe('what goes through a bypassed node', () => {
  test('comes from the input of the type of the output that is taken, not from the first that is connected', () => {
    const { doc } = active((g) => {
      g.nodes['all']!['skip'] = 'bypass';
      g.edges = [
        'given -> each.bias',
        'many.value -> each.value',
        'each.result -> all.values',
        'all.total -> last.value',
      ];
    });
    expect(doc.edges).toContain('each.result -> last.value');
    const first = active((g) => {
      g.nodes['each']!['skip'] = 'bypass';
      g.edges = [
        'given -> each.bias',
        'many.value -> each.value',
        'each.result -> all.values',
        'all.total -> last.value',
      ];
    });
    expect(first.doc.edges).toEqual(['many.value -> all.values', 'all.total -> last.value']);
  });

  test('may be an input of the graph, and is nothing where no such input is connected', () => {
    const given = active((g) => {
      g.nodes['each']!['skip'] = 'bypass';
      g.edges = ['given -> each.value', 'each.result -> last.value', 'many.value -> all.values'];
    });
    expect(given.doc.edges).toEqual(['given -> last.value', 'many.value -> all.values']);
    // cells and outputs name outputs of nodes: an input stands for none
    expect(given.doc.outputs).toEqual({ 'total.json': 'all.total' });
    const unfed = active((g) => {
      g.nodes['each']!['skip'] = 'bypass';
      g.edges = g.edges.filter((edge) => !edge.includes('each.value') && !edge.includes('each.bias'));
    });
    expect(unfed.notes).toContain('all: left out, since each.result gives it nothing');
  });

  test('is nothing where an output is asked for that the stage has not, or the stage is not installed', () => {
    const wrong = active((g) => {
      g.nodes['each']!['skip'] = 'bypass';
      g.edges = g.edges.map((edge) => edge.replace('each.result', 'each.nothing'));
    });
    expect(wrong.notes).toContain('all: left out, since each.nothing gives it nothing');
    const unknown = active((g) => void (g.nodes['each'] = { stage: 'nowhere@1', skip: 'bypass' }));
    expect(unknown.notes).toContain('all: left out, since each.result gives it nothing');
  });

  test('is nothing where bypassed nodes feed one another in a circle', () => {
    const { notes } = active((g) => {
      g.nodes['each']!['skip'] = 'bypass';
      g.nodes['more'] = { stage: 'scale@2', skip: 'bypass' };
      g.edges = ['more.result -> each.value', 'each.result -> more.value', 'each.result -> all.values'];
    });
    expect(notes).toContain('all: left out, since each.result gives it nothing');
  });

  test('is nothing where a muted node feeds it', () => {
    const { notes } = active((g) => {
      g.nodes['many']!['skip'] = 'mute';
      g.nodes['each']!['skip'] = 'bypass';
      g.edges = g.edges.filter((edge) => !edge.startsWith('given'));
    });
    expect(notes).toContain('all: left out, since each.result gives it nothing');
  });

  test('is what a cell shows', () => {
    const { doc } = active((g) => {
      g.nodes['each']!['skip'] = 'bypass';
      g.cells = [{ markdown: '# Here' }, { show: 'each.result' }, { show: 'all.total' }];
    });
    expect(doc.cells).toEqual([{ markdown: '# Here' }, { show: 'many.value' }, { show: 'all.total' }]);
  });

  test('says nothing of outputs and expectations where all of them stay', () => {
    const { notes } = active((g) => {
      g.nodes['each']!['skip'] = 'bypass';
      g.expect = [{ metric: 'all.total', atLeast: 10 }];
    });
    expect(notes).toEqual(['each: bypassed']);
  });
});

describe('a part of a document', () => {
  test('up to a node has all that it needs and no more', () => {
    const { doc, anew } = selectNodes(graph(), { kind: 'to', node: 'each' });
    expect(Object.keys(doc.nodes)).toEqual(['many', 'each']);
    expect(Object.keys(doc.inputs)).toEqual(['given']);
    expect(doc.sizes['tiny']).toEqual({ 'many.count': 2, 'each.factor': 1 });
    expect([...anew]).toEqual([]);
    expect(validateGraph(doc, registry)).toEqual([]);
  });

  test('from a node has what depends on it, anew, and what that needs', () => {
    const { doc, anew } = selectNodes(graph(), { kind: 'from', node: 'all' });
    expect(Object.keys(doc.nodes)).toEqual(['many', 'each', 'all', 'last']);
    expect([...anew]).toEqual(['all', 'last']);
  });

  test('of a node that is not there is refused with its like', () => {
    expect(() => selectNodes(graph(), { kind: 'to', node: 'al' })).toThrow(
      'target.node: expected a node that runs (one of many, each, all, last), got "al"; did you mean "all"?',
    );
  });
});

test('groups, comments and places of inputs are written after all that means something, and read back', () => {
  const doc = graph((g) => {
    g['layout'] = { 'inputs.given': [0, 100], each: [200, 0] };
    g['comments'] = [{ size: [120, 40], at: [4, 5], text: 'Look here.' }];
    g['groups'] = [{ nodes: ['many', 'each'], title: 'First' }];
    g.nodes['each']!['skip'] = 'bypass';
  });
  const text = formatGraph(doc);
  expect(text.slice(text.indexOf('"groups"'))).toBe(`"groups": [
    { "title": "First", "nodes": ["many", "each"] }
  ],
  "comments": [
    { "text": "Look here.", "at": [4, 5], "size": [120, 40] }
  ],
  "layout": {
    "each": [200, 0],
    "inputs.given": [0, 100]
  }
}
`);
  expect(text).toContain('"skip": "bypass" }');
  expect(formatGraph(parseGraph(text, { path: 'test.json' }))).toBe(text);
});
