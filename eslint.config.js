import boundaries from 'eslint-plugin-boundaries';
import imports from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

/** Rooms of the house (README, "The house"). Imports point one way: apps -> stages -> methods, kernels -> platform. */
const rooms = [
  { type: 'app', pattern: 'apps/*', capture: ['name'] },
  { type: 'stage', pattern: 'libs/stages/*', capture: ['name'] },
  { type: 'method', pattern: 'libs/methods/*', capture: ['name'] },
  { type: 'kernel', pattern: 'kernels/*', capture: ['name'] },
  { type: 'platform', pattern: 'libs/platform/*', capture: ['name'] },
  { type: 'example', pattern: 'examples' },
  { type: 'test', pattern: 'test' },
  { type: 'tools', pattern: 'tools' },
];

/** Imports within one element are always allowed: a stage of its own files, never of another stage. */
const may = (type, types) => ({ from: { element: { type } }, allow: { to: { element: { types: { anyOf: types } } } } });

const floors = 'gateway, document -> graph -> look, run, inspect, cells, compare -> canvas -> shell';

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      '**/build/',
      '**/dist/',
      '**/out/',
      '.nx/',
      '**/*.as.ts',
      '**/.soliloquy/',
      '.stryker-tmp/',
    ],
  },
  ...tseslint.configs.recommended,
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    // Maps and sets that are replaced as a whole, or that nothing shown reads, are plain ones on purpose.
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
  {
    files: ['**/*.ts', '**/*.js', '**/*.mjs', '**/*.svelte'],
    plugins: { boundaries, 'import-x': imports },
    settings: {
      'boundaries/elements': rooms,
      'boundaries/dependency-nodes': ['import', 'dynamic-import', 'export'],
      'import/resolver': { typescript: { project: './tsconfig.json' } },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // One import per module; types are marked, and erased with the import where there is nothing else in it.
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      'import-x/no-duplicates': ['error', { 'prefer-inline': true }],
      'import-x/order': [
        'error',
        {
          groups: ['builtin', 'external', 'parent', ['sibling', 'index']],
          pathGroups: [{ pattern: '@soliloquy/**', group: 'external', position: 'after' }],
          pathGroupsExcludedImportTypes: ['builtin'],
          'newlines-between': 'never',
          alphabetize: { order: 'asc', caseInsensitive: true },
          named: { enabled: true, types: 'types-last' },
        },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'name what is exported (STYLE: named exports only)' },
      ],
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          message:
            '{{from.element.types.[0]}} "{{from.element.captured.name}}" may not import {{to.element.types.[0]}} ' +
            '"{{to.element.captured.name}}": apps -> stages -> methods, kernels -> platform, and no stage ' +
            'imports a stage',
          policies: [
            may('app', ['app', 'stage', 'method', 'kernel', 'platform']),
            may('stage', ['method', 'kernel', 'platform']),
            may('method', ['method', 'kernel', 'platform']),
            may('example', ['example', 'method', 'kernel', 'platform']),
            may('kernel', ['kernel', 'platform']),
            may('platform', ['platform']),
            // A fixture of one library may serve the tests of another.
            may('test', ['app', 'stage', 'method', 'kernel', 'platform', 'example', 'tools', 'test']),
            may('tools', ['app', 'stage', 'method', 'kernel', 'platform']),
          ],
        },
      ],
    },
  },
  {
    // Floors of the page: what is shown stands on the state of the open graph, which knows nothing of what shows it.
    files: ['apps/notebook/src/{gateway,document,graph}/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^\\.\\./(canvas|cells|compare|inspect|look|run|shell|notebook\\.)', message: floors }] },
      ],
    },
  },
  {
    files: ['apps/notebook/src/{cells,compare,design,inspect,look,run}/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: '^(\\.\\./)+canvas/', message: floors }] }] },
  },
);
