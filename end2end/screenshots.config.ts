import { defineConfig } from '@playwright/test'
import { browser } from './browser.ts'

export default defineConfig({
  testDir: 'screenshots',
  workers: 1,
  timeout: 120_000,
  reporter: 'list',
  use: browser,
})
