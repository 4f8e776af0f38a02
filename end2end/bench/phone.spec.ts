import type { Browser } from '@playwright/test'
import type { Portal } from '../fixtures/portal.ts'
import { FEW, MANY, test } from './many_load_balancers.ts'
import { type Metric, percentile, report } from './metrics.ts'
import { signedIn } from './probe.ts'

/** A mid-range phone on a slow mobile network. */
const PHONE = {
  screen: { width: 390, height: 844 },
  slowdown: 4,
  /** Round-trip time in milliseconds. */
  latency: 150,
  /** Bits per second. */
  down: 1_600_000,
  up: 750_000,
} as const
const ROUNDS = 3

/** Milliseconds since the navigation. */
interface Load {
  frame: number
  rows: number
}

test('the first load on a phone', async ({ browser, few, many }) => {
  test.setTimeout(400_000)
  const metrics: Metric[] = []
  for (const [count, portal, rounds] of [
    [FEW, few, ROUNDS],
    [MANY, many, 1],
  ] as const) {
    const loads: Load[] = []
    for (let round = 0; round < rounds; round += 1) loads.push(await load(browser, portal))
    const median = (of: keyof Load) =>
      percentile(
        loads.map((load) => load[of]),
        50,
      )
    metrics.push(
      {
        what: `phone, list of ${count}: first paint of the frame`,
        value: median('frame'),
        unit: 'ms',
      },
      { what: `phone, list of ${count}: first rows`, value: median('rows'), unit: 'ms' },
    )
  }
  await report(metrics)
})

/** Loads the page with an empty cache. */
async function load(browser: Browser, portal: Portal): Promise<Load> {
  const context = await signedIn(browser, portal.url, {
    viewport: PHONE.screen,
    isMobile: true,
    hasTouch: true,
    deviceScaleFactor: 2,
  })
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  await cdp.send('Network.enable')
  await cdp.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: PHONE.latency,
    downloadThroughput: PHONE.down / 8,
    uploadThroughput: PHONE.up / 8,
  })
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: PHONE.slowdown })
  await page.goto('/load-balancers', { waitUntil: 'commit' })
  await page.waitForFunction(() => probe.rows !== undefined, undefined, { timeout: 180_000 })
  const seen = await page.evaluate(() => ({ frame: probe.frame, rows: probe.rows }))
  await context.close()
  return { frame: seen.frame ?? Number.NaN, rows: seen.rows ?? Number.NaN }
}
