import { readFileSync } from 'node:fs'
import { ApiRequests } from '../fixtures/api_requests.ts'
import { installClock, passTime } from '../fixtures/clock.ts'
import { createHttps } from '../fixtures/graph.ts'
import { row, section } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

const MINUTE = 60_000

test.beforeEach(async ({ page, signIn }) => {
  await signIn()
  await installClock(page)
})

test('a list is loaded with a few requests, none of them per row', async ({
  page,
  api,
  authority,
}) => {
  authority.issue({ name: 'shop' })
  const bundle = readFileSync(authority.pack('shop'))
  const ids: string[] = []
  for (let made = 0; made < 30; made += 1) {
    const secret = await api.storeSecret(`shop-${made}`, bundle)
    ids.push(secret, (await createHttps(api, `web-${made}`, [8443], secret)).id)
  }
  const requests = new ApiRequests(page)
  for (const path of ['/load-balancers', '/ssl-certificates', '/']) {
    requests.clear()
    await page.goto(path)
    await expect(page.getByRole('main')).toContainText('30')
    await requests.waitUntilIdle()
    expect(requests.sent.filter((line) => ids.some((id) => line.includes(id)))).toEqual([])
    expect(requests.sent.length, requests.sent.join('\n')).toBeLessThan(12)
    expect([...new Set(requests.sent)]).toEqual(requests.sent)
  }
})

test('an idle list sends no requests and still receives changes', async ({ page, api }) => {
  const made = await api.createActive({ name: 'web', port: 8080 })
  const requests = new ApiRequests(page)
  for (const path of ['/load-balancers', '/']) {
    await page.goto(path)
    await expect(page.getByRole('main')).toContainText(path === '/' ? 'Load Balancing' : 'web')
    await requests.waitUntilIdle()
    requests.clear()
    await passTime(page, 30 * MINUTE)
    await requests.waitUntilIdle()
    expect(requests.sent, path).toEqual([])
  }
  // The page still receives changes after half an hour.
  await page.getByRole('link', { name: 'Load Balancing', exact: true }).first().click()
  await expect(row(page, 'web')).toBeVisible()
  await passTime(page, 30 * MINUTE)
  await api.update(made.id, { name: 'renamed' })
  await expect(row(page, 'renamed')).toContainText('ACTIVE')
})

/** Simulates that the page is hidden or shown. */
async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })
    Object.defineProperty(document, 'visibilityState', {
      configurable: true,
      get: () => (hidden ? 'hidden' : 'visible'),
    })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  }, hidden)
}

test('a hidden page requests no metrics', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  const made = await api.createActive({ name: 'web', port: 8080, members: [one.member] })
  const requests = new ApiRequests(page)
  await page.goto(`/load-balancers/${made.id}?tab=monitoring`)
  await expect(section(page, 'Monitoring')).toContainText('Last 15 minutes')
  await expect.poll(() => requests.count('/metrics')).toBeGreaterThan(1)
  await hide(page, true)
  await requests.waitUntilIdle()
  requests.clear()
  await passTime(page, 10 * MINUTE)
  expect(requests.sent).toEqual([])
  await hide(page, false)
  await expect.poll(() => requests.count('/metrics')).toBeGreaterThan(1)
})

test('only a page that shows metrics requests them', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  const made = await api.createActive({ name: 'web', port: 8080, members: [one.member] })
  const requests = new ApiRequests(page)
  await page.goto(`/load-balancers/${made.id}`)
  await expect.poll(() => requests.count('/metrics')).toBeGreaterThan(0)
  const before = requests.count('/metrics')
  await passTime(page, MINUTE)
  await expect.poll(() => requests.count('/metrics')).toBeGreaterThan(before)
  await page.getByRole('link', { name: 'Load Balancer Management' }).first().click()
  await expect(page.getByRole('table', { name: 'Load balancers' })).toBeVisible()
  await requests.waitUntilIdle()
  requests.clear()
  await passTime(page, 10 * MINUTE)
  expect(requests.sent).toEqual([])
})
