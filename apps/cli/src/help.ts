/** An option of a command, as help tells of it and as `parseArgs` takes it. */
export interface OptionHelp {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  readonly short?: string;
  /** What stands for its value. */
  readonly value?: string;
  readonly says: string;
}

interface CommandHelp {
  readonly usage: string;
  readonly says: string;
  readonly more?: string;
  readonly options: Readonly<Record<string, OptionHelp>>;
}

const size: OptionHelp = {
  type: 'string',
  value: 'SIZE',
  says: 'one of the sizes that the graph has, e.g. tiny, small',
};
const set: OptionHelp = {
  type: 'string',
  multiple: true,
  value: 'NODE.PARAM=VALUE',
  says: 'a param for this run, or NODE.backbone=NAME; may be repeated',
};
const input: OptionHelp = {
  type: 'string',
  multiple: true,
  value: 'NAME=PATH',
  says: 'an input of the graph: a path, or for text the text itself or @PATH; may be repeated',
};
const seed: OptionHelp = { type: 'string', value: 'N', says: 'instead of the seed in the graph' };
const device: OptionHelp = {
  type: 'string',
  value: 'auto|webgpu|cpu',
  says: 'what draws and fits Gaussians (auto: WebGPU where there is a GPU, else the CPU; over --nats auto is cpu)',
};
const threads: OptionHelp = {
  type: 'string',
  value: 'N',
  says:
    'cores to use (else all of this machine); training gives other weights, in the last bits, with another number, ' +
    'on whatever machine it runs',
};
const taskDeadline: OptionHelp = {
  type: 'string',
  value: 'TIME',
  says: 'a task that takes longer fails and its worker is ended, e.g. 30m, 48h (else 24h); changes no result',
};
const store: OptionHelp = {
  type: 'string',
  value: 'DIR',
  says: 'where results are cached (SOLILOQUY_HOME; else .soliloquy beside the project of the graph)',
};
const json: OptionHelp = { type: 'boolean', says: 'one JSON event a line on standard output' };
const junit: OptionHelp = { type: 'string', value: 'FILE', says: 'a JUnit report for CI' };
const consent: OptionHelp = {
  type: 'string',
  value: 'FILE',
  says: 'who agreed to be shown and heard, and to what: {"who": …, "to": …}; it stands in what is signed',
};
const resume: OptionHelp = {
  type: 'boolean',
  says: 'continue the last run of the same graph, settings and inputs that did not finish',
};
const out: OptionHelp = {
  type: 'string',
  value: 'DIR',
  says: 'where the outputs and run.json go (else out/<name of the graph>)',
};
const keepGoing: OptionHelp = {
  type: 'boolean',
  says: 'after a failure let everything finish that does not depend on it',
};
const trust: OptionHelp = {
  type: 'boolean',
  says: "runs the project's own code this once without asking, as in CI (else soliloquy trust allows it)",
};
const nats: OptionHelp = {
  type: 'string',
  value: 'URL',
  says: 'the broker of a cluster, e.g. nats://host:4222 or tls://host:4222 (SOLILOQUY_NATS)',
};
/** How to get into a cluster; user and password may stand in the URL too. */
const access = {
  nats,
  creds: { type: 'string', value: 'FILE', says: 'credentials file of the account (SOLILOQUY_NATS_CREDS)' },
  nkey: { type: 'string', value: 'FILE', says: 'nkey seed of the user (SOLILOQUY_NATS_NKEY)' },
  'tls-ca': { type: 'string', value: 'FILE', says: 'authority that signed the certificate of the broker' },
  'tls-cert': { type: 'string', value: 'FILE', says: 'certificate of this client, where the broker asks for one' },
  'tls-key': { type: 'string', value: 'FILE', says: 'its key' },
} as const satisfies Record<string, OptionHelp>;

/** Every command with its options: what is parsed is what help shows. */
export const commands = {
  run: {
    usage: 'soliloquy run GRAPH [options]',
    says: 'runs a graph; what did not change since the last time is not run again',
    more:
      'Exit codes: 0 done; 1 a task failed; 2 bad usage or invalid graph; 3 an expectation of the graph failed; ' +
      '130 cancelled.',
    options: {
      set,
      input,
      size,
      seed,
      device,
      threads,
      out,
      resume,
      'keep-going': keepGoing,
      'task-deadline': taskDeadline,
      store,
      json,
      junit,
      consent,
      trust,
      ...access,
    },
  },
  talk: {
    usage: 'soliloquy talk --image PICTURE --audio VOICE [-o FILM] [options]',
    says: 'one picture, one voice, one film',
    more:
      'The avatar that is trained for a picture is kept: another voice with the same picture only samples and ' +
      'renders.',
    options: {
      image: { type: 'string', value: 'PICTURE', says: 'JPEG, PNG or WebP of one person' },
      audio: { type: 'string', value: 'VOICE', says: 'WAV, MP3 or M4A, 0.3 s to 5 minutes' },
      output: { type: 'string', short: 'o', value: 'FILM', says: 'where the film goes (else film.mp4)' },
      quick: {
        type: 'boolean',
        says: 'a film in seconds: moved by a model that learned from painted figures, nothing of this one',
      },
      landmarks: { type: 'string', value: 'JSON', says: 'where face and joints are, when they are not found' },
      set,
      size,
      seed,
      device,
      threads,
      out,
      resume,
      'task-deadline': taskDeadline,
      store,
      json,
      junit,
      consent,
      trust,
      ...access,
    },
  },
  show: {
    usage: 'soliloquy show AVATAR',
    says: 'what a .avatar holds; all of it is checked',
    options: { json: { type: 'boolean', says: 'its manifest, as one JSON document' } },
  },
  verify: {
    usage: 'soliloquy verify FILE',
    says: 'what a film, a picture or a person says of how it was made, and whether that is true',
    more:
      'Reads the signed manifest (in the file, or beside it as FILE.c2pa) and, in a film or a picture, the mark. ' +
      'Exit code 0: signed, and no byte was changed since; 1: anything else.',
    options: {
      store: { ...store, says: 'whose results are asked which of them made a mark' },
      json: { type: 'boolean', says: 'as one JSON document' },
    },
  },
  live: {
    usage: 'soliloquy live AVATAR [--source mic|FILE] [--port N] [--no-open]',
    says: 'an avatar that moves to your voice or a recording, in the browser, on this machine alone',
    more: 'The page asks for the microphone when you press its button, and sends nothing anywhere.',
    options: {
      source: { type: 'string', value: 'mic|FILE', says: 'what it hears: the microphone (default), or a recording' },
      port: { type: 'string', value: 'N', says: 'which port of 127.0.0.1 (any free one)' },
      'no-open': { type: 'boolean', says: 'open no browser' },
    },
  },
  pack: {
    usage: 'soliloquy pack AVATAR [-o PAGE]',
    says: 'one page that holds an avatar and its player, and plays from disk without a network',
    options: {
      output: { type: 'string', short: 'o', value: 'PAGE', says: 'where the page goes (else beside the avatar)' },
    },
  },
  plan: {
    usage: 'soliloquy plan GRAPH [options]',
    says: 'says what a run would execute, and why; nothing runs',
    options: { set, input, size, seed, device, threads, store, json, junit, trust },
  },
  sweep: {
    usage: 'soliloquy sweep GRAPH --vary NODE.PARAM=A,B … [options]',
    says: 'runs every combination of some values and compares them in one table',
    more:
      'NODE.backbone=A,B swaps the backbone, seed=1,2,3 varies the seed. What does not depend on what is varied runs ' +
      'once. Where films or seeds are shared, paired t-tests say which differences are no chance. The notebook ' +
      'shows the films side by side.',
    options: {
      vary: {
        type: 'string',
        multiple: true,
        value: 'NODE.PARAM=A,B',
        says: 'values to try; may be repeated, then all combinations are run',
      },
      against: {
        type: 'string',
        multiple: true,
        value: 'NODE',
        says: "paired tests of the figures of other nodes of its stage against this one's; may be repeated",
      },
      set,
      input,
      size,
      seed,
      device,
      threads,
      out: { ...out, says: 'where the outputs of each variant go, in folders (else out/<name of the graph>/sweep)' },
      'task-deadline': taskDeadline,
      store,
      json,
      trust,
      ...access,
    },
  },
  compare: {
    usage: 'soliloquy compare RUN RUN',
    says: 'two runs that ended: what was asked for, what differs, the figures of both',
    more: 'RUN is an id (its beginning does), a run.json, or the folder that holds it.',
    options: { store, json: { type: 'boolean', says: 'as one JSON document' }, trust },
  },
  runs: {
    usage: 'soliloquy runs [GRAPH] | RUN [--name TEXT] [--note TEXT] [--baseline] [--delete]',
    says: 'the runs of this project, the latest first: what tells each from the baseline, and figures',
    more:
      'GRAPH is the name of one; RUN is an id, its beginning does. The notebook lists the same. A run that is ' +
      'deleted is forgotten; what it made stays.',
    options: {
      figure: { type: 'string', multiple: true, value: 'NODE.METRIC', says: 'a column for it; may be repeated' },
      name: { type: 'string', value: 'TEXT', says: 'what RUN is called; an empty text takes the name away' },
      note: { type: 'string', value: 'TEXT', says: 'what there is to say of RUN' },
      baseline: { type: 'boolean', says: 'RUN is what other runs of its graph are compared with' },
      'no-baseline': { type: 'boolean', says: 'it is no more' },
      delete: { type: 'boolean', says: 'forgets RUN: its record, journal and label' },
      store,
      json: { type: 'boolean', says: 'as one JSON document' },
      trust,
    },
  },
  forget: {
    usage: 'soliloquy forget --image PICTURE | --audio VOICE | --video FOOTAGE [--dry-run]',
    says: 'removes everything that was made from a picture or a voice: from the store, the runs and the cluster',
    more:
      'Looks through the store of this project and that of talk. What is found is found by digest and by what each ' +
      'task was given; runs of other people go on. Files that were written or given are listed and left as they ' +
      'are. No run may be under way.',
    options: {
      image: { type: 'string', multiple: true, value: 'PICTURE', says: 'the picture of a person; may be repeated' },
      audio: { type: 'string', multiple: true, value: 'VOICE', says: 'a recording; may be repeated' },
      video: { type: 'string', multiple: true, value: 'FOOTAGE', says: 'a film of a person; may be repeated' },
      'dry-run': { type: 'boolean', says: 'says what would go, and removes nothing' },
      store,
      json: { type: 'boolean', says: 'as one JSON document' },
      ...access,
    },
  },
  gc: {
    usage: 'soliloquy gc [--older-than TIME] [--keep-size SIZE] [--dry-run]',
    says: 'removes from the store what no run names any more',
    more:
      'What is younger than an hour stays, for runs that are under way. Deleted runs (runs RUN --delete) name ' +
      'nothing. What was removed and is wanted again is made again.',
    options: {
      'older-than': { type: 'string', value: 'TIME', says: 'only what is older, e.g. 12h, 30d, 8w' },
      'keep-size': { type: 'string', value: 'SIZE', says: 'only the oldest, until the store has SIZE, e.g. 500M, 20G' },
      'dry-run': { type: 'boolean', says: 'says what would go, and removes nothing' },
      store,
      json: { type: 'boolean', says: 'as one JSON document' },
    },
  },
  serve: {
    usage: 'soliloquy serve [GRAPH] [--port N] [--no-open]',
    says: 'the notebook in the browser, on this machine alone; prints a link that works once',
    options: {
      threads,
      port: { type: 'string', value: 'N', says: 'which port of 127.0.0.1 (any free one)' },
      'no-open': { type: 'boolean', says: 'open no browser' },
      device,
      'task-deadline': taskDeadline,
      store,
      trust,
    },
  },
  validate: { usage: 'soliloquy validate GRAPH…', says: 'says what is wrong with graphs', options: { trust } },
  fmt: {
    usage: 'soliloquy fmt GRAPH… [--check | --write]',
    says: 'the one canonical text of a graph',
    options: {
      check: { type: 'boolean', says: 'exit 1 when a file is not formatted; write nothing' },
      write: { type: 'boolean', says: 'format the files in place' },
    },
  },
  diff: { usage: 'soliloquy diff GRAPH GRAPH', says: 'says in words how two graphs differ', options: {} },
  migrate: {
    usage: 'soliloquy migrate GRAPH… [--write]',
    says: 'brings graphs up to the installed versions of their stages',
    options: { write: { type: 'boolean', says: 'in place, rather than on standard output' }, trust },
  },
  worker: {
    usage: 'soliloquy worker --nats URL [options]',
    says: 'joins a cluster: does tasks of whatever runs it has',
    more:
      'SIGTERM: takes no more, finishes what it does or hands it back. SIGINT: hands back at ' +
      'once.\nSOLILOQUY_NATS_USER and SOLILOQUY_NATS_PASSWORD hold user and password.',
    options: {
      ...access,
      threads: { type: 'string', value: 'N', says: 'cores that its tasks may use together (else all)' },
      device: { ...device, says: 'what it offers beside its CPU (auto: WebGPU where there is a GPU)' },
      slots: { type: 'string', value: 'N', says: 'tasks at a time (else one a thread)' },
      capability: {
        type: 'string',
        multiple: true,
        value: 'STAGE[/BACKBONE]',
        says: 'offers only this; may be repeated',
      },
      'ack-wait': {
        type: 'string',
        value: 'SECONDS',
        says: 'after so long without a sign of life its work goes to another (30); the first worker settles it for all',
      },
      grace: {
        type: 'string',
        value: 'SECONDS',
        says: 'what is not finished so long after SIGTERM is handed back (600)',
      },
      'task-deadline': taskDeadline,
      store,
      trust,
    },
  },
  workers: {
    usage: 'soliloquy workers --nats URL',
    says: 'the workers of a cluster: what they can do, how busy they are, what they run',
    options: { ...access, json },
  },
  follow: {
    usage: 'soliloquy follow [RUN] --nats URL',
    says: 'shows a run of a cluster from its beginning to its end, from any machine; without RUN the latest',
    more: 'Exit codes are those of the run.',
    options: { ...access, json },
  },
  cancel: {
    usage: 'soliloquy cancel RUN --nats URL',
    says: 'cancels a run of a cluster: its tasks stop on every worker',
    options: { ...access },
  },
  dead: {
    usage: 'soliloquy dead list|retry|drop [TASK…] --nats URL',
    says: 'work of a cluster that is not tried again by itself, with the reason',
    more: 'TASK is the beginning of an id as `dead list` shows it; without one, retry and drop take all.',
    options: { ...access, json },
  },
  doctor: {
    usage: 'soliloquy doctor',
    says: 'devices, engines, backbones: what is here, what is missing, how to get it',
    options: { json: { type: 'boolean', says: 'as one JSON document' }, trust },
  },
  models: {
    usage: 'soliloquy models list | get NAME… | verify [NAME…]',
    says: 'models and networks: which there are, which are here, brings and checks them',
    more:
      'Nothing is fetched unasked, and only from hosts that modelHosts of your own configuration names. A transfer ' +
      'that broke is taken up where it ended. What you accepted is kept in your own state folder.',
    options: {
      'accept-licence': { type: 'boolean', says: 'get: you have read the licence of each model, and accept it' },
      json: { type: 'boolean', says: 'list, verify: as one JSON document' },
    },
  },
  systems: {
    usage: 'soliloquy systems list | accept NAME…',
    says: 'foreign systems that backbones can run: which there are, which are here, under which licences',
    more:
      'Where a checkout is stands in your own configuration: checkouts by the name of the system, and under systems ' +
      'how its programs are run. accept records that you accept the licence of a system that asks for it.',
    options: { json: { type: 'boolean', says: 'list: as one JSON document' }, trust },
  },
  trust: {
    usage: 'soliloquy trust [FOLDER] [--list | --revoke]',
    says: 'lists the code that a project would run, and allows it until one of these files changes',
    more: 'What you allowed is kept in your own state folder, never in a project.',
    options: {
      list: { type: 'boolean', says: 'lists only; allows nothing' },
      revoke: { type: 'boolean', says: 'forgets all that was allowed in this folder' },
    },
  },
  new: {
    usage: 'soliloquy new stage|backbone|measure|port NAME [options]',
    says: 'writes a file of your own into the project, with its test and its entry in soliloquy.config.ts',
    more: 'Nothing is overwritten. NAME is kebab-case.',
    options: {
      stage: { type: 'string', value: 'STAGE', says: 'whose backbone it is, e.g. video-diffusion' },
      python: { type: 'boolean', says: 'a backbone that is a PyTorch program, and its entry as a command' },
      project: {
        type: 'string',
        value: 'DIR',
        says: 'the folder of the project (else the one that this folder is in)',
      },
    },
  },
} as const satisfies Record<string, CommandHelp>;

/** `soliloquy --help` */
export function overview(): string {
  const widest = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { says }]) => `  ${name.padEnd(widest)}  ${says}`);
  return [
    'soliloquy: one picture and one voice become a talking avatar',
    '',
    'usage: soliloquy COMMAND …',
    '',
    ...lines,
    '',
    'soliloquy help COMMAND says more; soliloquy --version says which this is.',
    '',
  ].join('\n');
}

/** `soliloquy help run` */
export function helpFor(name: keyof typeof commands): string {
  const { usage, says, more, options }: CommandHelp = commands[name];
  const rows = Object.entries(options).map(([option, { short, value, says: text }]) => [
    `${short ? `-${short}, ` : ''}--${option}${value ? ` ${value}` : ''}`,
    text,
  ]);
  const widest = Math.max(0, ...rows.map(([left]) => left.length));
  return [
    `usage: ${usage}`,
    '',
    says,
    '',
    ...rows.map(([left, right]) => `  ${left.padEnd(widest)}  ${right}`),
    ...(rows.length > 0 ? [''] : []),
    ...(more ? [more, ''] : []),
  ].join('\n');
}
