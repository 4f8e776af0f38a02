import { defineConfig } from '@playwright/test'
import { browser } from './browser.ts'

export default defineConfig({
  testDir: 'bench',
  workers: 1,
  timeout: 120_000,
  reporter: 'line',
  use: { ...browser, viewport: { width: 1280, height: 900 } },
})
