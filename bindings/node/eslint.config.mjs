import js from '@eslint/js';

/** The names that Node adds to the language. */
const names = [
  '__dirname', '__filename', 'AbortController', 'AbortSignal', 'Buffer', 'clearTimeout', 'console', 'fetch', 'performance', 'process',
  'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout', 'structuredClone',
];

export default [
  js.configs.recommended,
  {
    languageOptions: { globals: Object.fromEntries(names.map((name) => [name, 'readonly'])) },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
];
