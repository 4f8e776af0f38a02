import { defineConfig } from '@playwright/test'
import { browser } from './browser.ts'

export default defineConfig({
  testDir: 'tests',
  fullyParallel: true,
  forbidOnly: Boolean(process.env['CI']),
  // None while working: a test that passes only when tried again is broken, or the product is. CI tries
  // once more and reports such a test as flaky, so that a busy machine doesn't hide what else was tested.
  retries: Number(process.env['LB_PORTAL_RETRIES'] ?? 0),
  workers: 2,
  timeout: 120_000,
  globalTimeout: 30 * 60_000,
  expect: { timeout: 30_000 },
  reporter: process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'] ? [['list'], ['json']] : 'list',
  use: {
    ...browser,
    viewport: { width: 1280, height: 900 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    permissions: ['clipboard-read', 'clipboard-write'],
  },
})
