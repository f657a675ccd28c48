import tseslint from 'typescript-eslint';
import boundaries from 'eslint-plugin-boundaries';

/** Rooms of the house (README, "The house"). Imports point one way: apps -> stages -> models, kernels -> platform. */
const rooms = [
  { type: 'app', pattern: 'apps/*', capture: ['name'] },
  { type: 'stage', pattern: 'libs/stages/*', capture: ['name'] },
  { type: 'model', pattern: 'libs/models/*', capture: ['name'] },
  { type: 'kernel', pattern: 'kernels/*', capture: ['name'] },
  { type: 'platform', pattern: 'libs/platform/*', capture: ['name'] },
  { type: 'test', pattern: 'test' },
  { type: 'tools', pattern: 'tools' },
];

export default tseslint.config(
  { ignores: ['**/node_modules/', '**/build/', '**/dist/', '**/out/', '.nx/', '**/*.as.ts', '**/.soliloquy/'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.js', '**/*.mjs'],
    plugins: { boundaries },
    settings: {
      'boundaries/elements': rooms,
      'import/resolver': { typescript: { project: './tsconfig.json' } },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'name what is exported (STYLE: named exports only)' },
      ],
      'boundaries/element-types': [
        'error',
        {
          default: 'disallow',
          message: '${file.type} "${file.name}" may not import ${dependency.type} "${dependency.name}": apps -> stages -> models, kernels -> platform',
          rules: [
            { from: 'app', allow: ['app', 'stage', 'model', 'kernel', 'platform'] },
            { from: 'stage', allow: [['stage', { name: '${from.name}' }], 'model', 'kernel', 'platform'] },
            { from: 'model', allow: ['model', 'kernel', 'platform'] },
            { from: 'kernel', allow: ['kernel', 'platform'] },
            { from: 'platform', allow: ['platform'] },
            { from: ['test', 'tools'], allow: ['app', 'stage', 'model', 'kernel', 'platform', 'test', 'tools'] },
          ],
        },
      ],
    },
  },
);
