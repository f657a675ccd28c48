/**
 * Writes `operators.json`: what LiteRT gives for every case of `operator-cases.ts`.
 *
 * `npm install --prefix /tmp/litert @litertjs/core@2.5.3 && node make-operators.ts /tmp/litert`
 */
import { writeFileSync } from 'node:fs';
import { runLiteRt } from '@soliloquy/testing/litert';
import { OPERATOR_CASES, operatorCase } from '../operator-cases.ts';

const results = await runLiteRt(process.argv[2], OPERATOR_CASES.map(operatorCase));
const golden = Object.fromEntries(
  OPERATOR_CASES.map(({ name }, i) => {
    const [values] = Object.values(results[i]);
    return [name, Array.from(values, (value) => Number(value.toPrecision(7)))];
  }),
);
const lines = Object.entries(golden).map(([name, values]) => `  ${JSON.stringify(name)}: ${JSON.stringify(values)}`);
writeFileSync(new URL('operators.json', import.meta.url), `{\n${lines.join(',\n')}\n}\n`);
