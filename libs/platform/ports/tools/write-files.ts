/** Writes the table of files into the README beside it, by what the port types declare. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withFilesTable } from '../src/describe-files.ts';
import * as ports from '../src/index.ts';

const readme = new URL('../README.md', import.meta.url);
const types = Object.values<unknown>(ports).filter(ports.isPortType);
const text = withFilesTable(readFileSync(readme, 'utf8'), types);
if (text === undefined) throw new Error('README.md: expected the two marks of the table, got none');
writeFileSync(readme, text);
