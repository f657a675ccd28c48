import { writeFileSync } from 'node:fs';
import { graphJsonSchema } from '../src/parse-graph.ts';

// Renews graph.schema.json, which editors find through "$schema".
writeFileSync(new URL('../graph.schema.json', import.meta.url), `${JSON.stringify(graphJsonSchema(), null, 2)}\n`);
