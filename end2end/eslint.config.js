import eslint from '@eslint/js'
import playwright from 'eslint-plugin-playwright'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

const browserGlobals = [
  'addEventListener',
  'document',
  'EventSource',
  'fetch',
  'innerHeight',
  'setTimeout',
]

export default defineConfig(
  globalIgnores(['playwright-report/', 'test-results/']),
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // A fixture names the fixtures that it needs, and `{}` for none.
      'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }],
    },
  },
  {
    files: ['bench/vanilla/*.js'],
    languageOptions: {
      globals: Object.fromEntries(browserGlobals.map((name) => [name, 'readonly'])),
    },
  },
  {
    files: ['tests/**', 'screenshots/**'],
    extends: [playwright.configs['flat/recommended']],
    rules: {
      // Several tests run over a table of cases, or look for what a page may or may not show.
      'playwright/no-conditional-in-test': 'off',
      'playwright/no-conditional-expect': 'off',
      // Boxes and radio buttons are drawn by their labels, which cover them.
      'playwright/no-force-option': 'off',
      'playwright/no-skipped-test': ['error', { allowConditional: true }],
    },
  },
)
