import { expectAccessible } from '../fixtures/accessibility.ts'
import { section } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'
import { get } from '../fixtures/http.ts'

const monitor = { type: 'TCP', delay: 1, timeout: 1, max_retries: 1, max_retries_down: 1 }

test.beforeEach(async ({ signIn }) => signIn())

/** A plot by the beginning of its accessible name. */
const plot = (page: Page, name: string) =>
  section(page, 'Monitoring').getByRole('img', { name: new RegExp(`^${name}`) })

/** Sends requests until a promise settles. */
async function keepAsking(host: string, port: number, until: () => Promise<void>): Promise<void> {
  let done = false
  const asking = (async () => {
    while (!done) {
      await get(host, port).catch(() => undefined)
      await new Promise((later) => setTimeout(later, 20))
    }
  })()
  await until().finally(() => (done = true))
  await asking
}

test('real requests appear in the totals and in each part', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  const two = await whoami('two')
  const made = await api.createActive({
    name: 'web',
    port: 8080,
    members: [one.member, two.member],
    monitor,
  })
  await page.goto(`/load-balancers/${made.id}?tab=monitoring`)
  const card = section(page, 'Monitoring')
  await expect(card).toContainText('Last 15 minutes')
  await expect(plot(page, 'Requests per second')).toHaveAccessibleName(/now (0|–)/)
  await expect(card).toContainText('Since creation')

  await keepAsking(made.vip_address, 8080, async () => {
    await expect(plot(page, 'Requests per second')).toHaveAccessibleName(/now [1-9]/)
    await expect(plot(page, 'Bytes per second')).toHaveAccessibleName(/Out: now .*B\/s/)
  })
  const answers = card.getByRole('term').filter({ hasText: '2xx' }).locator('..')
  await expect(answers.getByRole('definition')).toHaveText(/[1-9]/)
  await expect(card.getByRole('term').filter({ hasText: 'Bytes out' }).locator('..')).toHaveText(
    /[1-9].* [KM]?B/,
  )

  const listeners = card.getByRole('table', { name: 'Traffic by listener' })
  await expect(listeners.getByRole('row').filter({ hasText: 'HTTP 8080' })).toBeVisible()
  await card.getByRole('tab', { name: 'By server' }).click()
  const servers = card.getByRole('table', { name: 'Traffic by server' })
  for (const server of [one, two]) {
    const picture = servers.getByRole('img', { name: new RegExp(`^${server.address}`) })
    await expect(picture).toHaveAccessibleName(/peak [\d.]*[1-9]/)
  }
  await expectAccessible(page)

  // A single server.
  await servers.getByRole('button', { name: one.address }).click()
  await expect(card.getByRole('heading', { name: one.address })).toBeVisible()
  await expect(servers.getByRole('button', { name: one.address })).toHaveAttribute(
    'aria-pressed',
    'true',
  )
  await expect(plot(page, 'Requests per second')).toHaveAccessibleName(/peak [\d.]*[1-9]/)
  await expectAccessible(page)
  await card.getByRole('button', { name: 'Show all traffic' }).click()
  await expect(card.getByRole('heading', { name: 'All traffic' })).toBeVisible()
  expect(await page.evaluate('performance.getEntriesByType("navigation").length')).toBe(1)
})

test('plots have a scale of round values', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  const made = await api.createActive({ name: 'web', port: 8080, members: [one.member] })
  await page.goto(`/load-balancers/${made.id}?tab=monitoring`)
  const figure = section(page, 'Monitoring')
    .getByRole('figure')
    .filter({ hasText: 'Requests per second' })
  const marks = figure.locator('.plot-marks span')
  await expect(marks).toHaveText(['0', '0.5', '1'])
  await keepAsking(made.vip_address, 8080, async () => {
    await expect(plot(page, 'Requests per second')).toHaveAccessibleName(/now [1-9]/)
    await expect(plot(page, 'Bytes per second')).toHaveAccessibleName(/Out: now .*B\/s/)
  })
  // The highest mark is at least the peak, and each is a multiple of the first.
  await expect(async () => {
    const name = (await plot(page, 'Requests per second').getAttribute('aria-label')) ?? ''
    const peak = Number(/peak ([\d.]+)/.exec(name)?.[1])
    const values = (await marks.allTextContents()).map(Number)
    expect(values.at(-1)).toBeGreaterThanOrEqual(peak)
    expect(values.length).toBeLessThanOrEqual(5)
    const first = values[1] ?? 0
    expect(values).toEqual(values.map((_, n) => Number((n * first).toPrecision(3))))
  }).toPass()
  const bytes = section(page, 'Monitoring').getByRole('figure').filter({ hasText: 'Bytes' })
  await expect(bytes.locator('.plot-marks span').last()).toHaveText(/^[\d.]+ [KM]?B$/)
  await expect(
    section(page, 'Monitoring')
      .getByRole('figure')
      .filter({ hasText: 'Active' })
      .locator('.plot-marks span')
      .last(),
  ).toHaveText(/^\d+$/)
})

test('arrow keys read a plot point by point', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  const made = await api.createActive({ name: 'web', port: 8080, members: [one.member] })
  await page.goto(`/load-balancers/${made.id}?tab=monitoring`)
  await keepAsking(made.vip_address, 8080, async () => {
    await expect(plot(page, 'Requests per second')).toHaveAccessibleName(/now [1-9]/)
  })
  const card = section(page, 'Monitoring')
  await plot(page, 'Requests per second').press('End')
  await expect(card).toContainText(/\d\d:\d\d:\d\d/)
  await plot(page, 'Requests per second').press('Home')
  await expect(card.getByRole('figure').first()).toContainText('–')
  await plot(page, 'Requests per second').press('Escape')
  await expect(card.getByRole('figure').first()).toContainText('Average')
})

test('a server that is down shows the reason, the time, and the last check', async ({
  page,
  api,
  whoami,
}) => {
  const one = await whoami('one')
  const two = await whoami('two')
  const made = await api.createActive({
    name: 'web',
    port: 8080,
    members: [one.member, two.member],
    monitor: { ...monitor, type: 'HTTP' },
  })
  await page.goto(`/load-balancers/${made.id}`)
  const table = page.getByRole('table', { name: 'Servers' })
  const server = table.getByRole('row').filter({ hasText: `${two.member.protocol_port}` })
  await expect(table.getByRole('columnheader', { name: 'Last check' })).toBeVisible()
  await expect(server).toContainText(/HTTP 200 in \d+ ms\s*\d\d:\d\d:\d\d/)
  const before = new Date()
  await two.stop()
  await expect(server).toContainText('ERROR')
  const time = server.locator('time')
  await expect(time).toBeVisible()
  await expect(server).toContainText(/connection refused in \d+ ms/)
  const since = (await time.getAttribute('title')) ?? ''
  // The time is the same after a reload, and close to the stop.
  const told = new Date(`${since.replace(', ', 'T').replace(/\//g, '-')}Z`)
  expect(Math.abs(told.getTime() - before.getTime())).toBeLessThan(120_000)
  await page.reload()
  await expect(server).toContainText('connection refused')
  await expect(time).toHaveAttribute('title', since)
  await expectAccessible(page)
  await two.restart()
  await expect(server).toContainText('ONLINE')
  await expect(server).toContainText(/HTTP 200 in/)
})

test('the last metrics stay visible while the server is down', async ({
  page,
  api,
  portal,
  whoami,
  pageErrors,
}) => {
  pageErrors.allow(/failed GET|ERR_CONNECTION_REFUSED/)
  const one = await whoami('one')
  const made = await api.createActive({ name: 'web', port: 8080, members: [one.member] })
  await page.goto(`/load-balancers/${made.id}?tab=monitoring`)
  const card = section(page, 'Monitoring')
  await keepAsking(made.vip_address, 8080, async () => {
    await expect(plot(page, 'Requests per second')).toHaveAccessibleName(/peak [\d.]*[1-9]/)
  })
  await portal.stop()
  await expect(card).toContainText('Figures may be out of date')
  await expect(plot(page, 'Requests per second')).toHaveAccessibleName(/peak [\d.]*[1-9]/)
  await expectAccessible(page)
  await portal.restart()
  await expect(card).not.toContainText('Figures may be out of date')
})
