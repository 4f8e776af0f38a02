import { existsSync } from 'node:fs'
import type { PlaywrightTestConfig } from '@playwright/test'

/** A Chromium of the system, where there is one; elsewhere Playwright's own. */
const executablePath = [
  process.env['LB_PORTAL_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path && existsSync(path))

/** What all runs of the browser have in common. */
export const browser: PlaywrightTestConfig['use'] = {
  browserName: 'chromium',
  locale: 'en-US',
  timezoneId: 'UTC',
  contextOptions: { reducedMotion: 'reduce' },
  launchOptions: {
    ...(executablePath ? { executablePath } : {}),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  },
}
