import ts from 'typescript';
import { percent, quantile } from './distribution.ts';

/** Of the named functions. Lengths in lines, shares in percent. */
export interface FunctionFigures {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly longest: number;
  readonly over4Params: number;
  /** of the exported names */
  readonly documented: number;
}

export interface FoundFunction {
  /** `undefined` for a callback */
  readonly name: string | undefined;
  /** the line on which it begins, from 1, its doc comment not counted */
  readonly at: number;
  /** lines, the first and the last counted */
  readonly length: number;
  readonly params: number;
}

export interface FoundExport {
  readonly name: string;
  readonly at: number;
  readonly documented: boolean;
}

export interface Found {
  readonly functions: readonly FoundFunction[];
  readonly exports: readonly FoundExport[];
}

/** Every function with a body, and every name that is exported where it is declared. */
export function findFunctions(path: string, text: string): Found {
  const parts = scriptsOf(path, text).map((script) => findIn(path, script));
  return { functions: parts.flatMap((part) => part.functions), exports: parts.flatMap((part) => part.exports) };
}

export function measureFunctions(found: readonly Found[]): FunctionFigures {
  const functions = found.flatMap((part) => part.functions).filter(({ name }) => name !== undefined);
  const lengths = functions.map(({ length }) => length);
  return {
    count: functions.length,
    median: quantile(lengths, 0.5),
    p95: quantile(lengths, 0.95),
    p99: quantile(lengths, 0.99),
    longest: quantile(lengths, 1),
    over4Params: percent(functions, ({ params }) => params > 4),
    documented: percent(
      found.flatMap((part) => part.exports),
      ({ documented }) => documented,
    ),
  };
}

/**
 * A file is one script, a Svelte component has one or two. What stands before one is replaced by its line ends, so that
 * lines keep their numbers.
 */
function scriptsOf(path: string, text: string): string[] {
  if (!path.endsWith('.svelte')) return [text];
  return [...text.matchAll(/(<script[^>]*>)([^]*?)<\/script>/g)].map(
    (match) => text.slice(0, match.index + match[1].length).replace(/[^\n]/g, '') + match[2],
  );
}

function findIn(path: string, text: string): Found {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const lineAt = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1;
  const functions: FoundFunction[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const at = lineAt(node.getStart(source));
      functions.push({
        name: nameOf(node, source),
        at,
        length: lineAt(node.getEnd()) - at + 1,
        params: node.parameters.length,
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  const exports = source.statements.filter(isExported).flatMap((statement) => {
    const documented = ts.getJSDocCommentsAndTags(statement).length > 0;
    return namesOf(statement).map((name) => ({ name, at: lineAt(statement.getStart(source)), documented }));
  });
  return { functions, exports };
}

/** Its own name, or that of the variable, the field or the property that it is the value of. */
function nameOf(node: ts.SignatureDeclaration, source: ts.SourceFile): string | undefined {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  if (node.name !== undefined) return node.name.getText(source);
  const holder = node.parent;
  const holds = ts.isVariableDeclaration(holder) || ts.isPropertyAssignment(holder) || ts.isPropertyDeclaration(holder);
  return holds ? holder.name.getText(source) : undefined;
}

function isExported(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const { name } = statement as ts.Statement & { readonly name?: ts.Identifier };
  return [name?.text ?? 'default'];
}
