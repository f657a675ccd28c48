/**
 * Prettier for `*.as.ts`. AssemblyScript puts decorators on functions, which no TypeScript parser takes: they are read
 * as comments and printed as what they were.
 */
import * as estree from 'prettier/plugins/estree';
import * as typescript from 'prettier/plugins/typescript';

const DECORATOR = /^([ \t]*)(@(?:inline|unsafe|external|global|final))[ \t]*$/gm;
const MASKED = /^\/\*(@\w+)\*\/$/;

export const languages = [{ name: 'AssemblyScript', parsers: ['assemblyscript'], extensions: ['.as.ts'] }];

export const parsers = {
  assemblyscript: {
    ...typescript.parsers.typescript,
    astFormat: 'assemblyscript',
    preprocess: (text) => text.replace(DECORATOR, '$1/*$2*/'),
  },
};

export const printers = {
  assemblyscript: {
    ...estree.printers.estree,
    printComment(path, options) {
      const comment = path.node;
      const masked = MASKED.exec(options.originalText.slice(options.locStart(comment), options.locEnd(comment)));
      return masked === null ? estree.printers.estree.printComment(path, options) : masked[1];
    },
  },
};
