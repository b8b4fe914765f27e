// What the linter demands of the pages, and of the browser tests beside this folder.
import js from '@eslint/js';
import globals from 'globals';

const strict = {
  ...js.configs.recommended.rules,
  'array-callback-return': 'error',
  'consistent-return': 'error',
  curly: ['error', 'multi-line'],
  'default-case-last': 'error',
  eqeqeq: 'error',
  'max-depth': ['error', 4],
  'no-constructor-return': 'error',
  'no-duplicate-imports': 'error',
  'no-else-return': 'error',
  'no-eval': 'error',
  'no-implied-eval': 'error',
  'no-param-reassign': 'error',
  'no-promise-executor-return': 'error',
  'no-return-assign': 'error',
  'no-self-compare': 'error',
  'no-sequences': 'error',
  'no-shadow': 'error',
  'no-template-curly-in-string': 'error',
  'no-throw-literal': 'error',
  'no-unused-expressions': 'error',
  'no-use-before-define': ['error', { functions: false, variables: false }],
  'no-var': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
  radix: 'error',
  // Texts of strangers are never parsed as HTML; page.html forbids it as well, by the server's Content-Security-Policy.
  'no-restricted-properties': ['error',
    ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'write', 'writeln', 'setHTMLUnsafe'].map((property) => ({
      property, message: 'Build elements with h() and svg() of dom.js: texts of strangers are never parsed as HTML.',
    }))],
};

export default [
  {
    files: ['collector/src/main/resources/web/js/**/*.js'],
    // flamegraph and d3 come from the scripts in web/vendor.
    languageOptions: { sourceType: 'module', globals: { ...globals.browser, flamegraph: 'readonly', d3: 'readonly' } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: strict,
  },
  {
    files: ['e2e/**/*.mjs'],
    languageOptions: { sourceType: 'module', globals: globals.node },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: js.configs.recommended.rules,
  },
];
