import { join } from 'node:path'
import { row } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

const FOLDER = join(import.meta.dirname, '../../docs/screenshots')

/** A picture in light, in dark, and on a phone. */
async function pictures(page: Page, name: string, ready: () => Promise<void>): Promise<void> {
  for (const [kind, colorScheme, width, height] of [
    ['light', 'light', 1440, 900],
    ['dark', 'dark', 1440, 900],
    ['phone', 'light', 390, 844],
  ] as const) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height })
    await ready()
    await page.screenshot({ path: join(FOLDER, `${name}-${kind}.png`), animations: 'disabled' })
  }
}

test('every page', async ({ page, api, whoami, signIn, watch }) => {
  watch.expect(/./)
  const heading = (name: string) => async () =>
    expect(page.getByRole('heading', { level: 1 })).toContainText(name)

  await page.goto('/login')
  await pictures(page, 'sign-in', async () =>
    expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible(),
  )
  await signIn()

  const servers = await Promise.all(['one', 'two', 'three'].map((name) => whoami(name)))
  const members = servers.map((server) => server.member)
  const monitor = { type: 'HTTP', delay: 1, timeout: 1, max_retries: 1, max_retries_down: 1 }
  for (const name of ['search', 'mail', 'metrics', 'chat', 'billing']) {
    const tcp = name === 'mail' || name === 'metrics'
    await api.active({
      name: `${name}-production`,
      protocol: tcp ? 'TCP' : 'HTTP',
      port: tcp ? 2525 : 8080,
      members,
      ...(name === 'metrics' ? {} : { monitor: tcp ? { ...monitor, type: 'TCP' } : monitor }),
    })
  }
  const dead = await whoami('dead')
  const shop = await api.active({
    name: 'shop-production',
    description: 'Everything that is sold',
    port: 8080,
    members: [...members, dead.member],
    monitor,
  })
  await dead.stop()

  await page.goto('/')
  await pictures(page, 'services', async () => {
    await heading('All Services')()
    await expect(page.getByText('1 of 4 servers down')).toBeVisible()
  })

  await page.goto('/load-balancers')
  await pictures(page, 'list', async () =>
    expect(row(page, 'shop-production')).toContainText('DEGRADED'),
  )

  await page.goto(`/load-balancers/${shop.id}`)
  await pictures(page, 'details', heading('shop-production'))

  await page.goto('/load-balancers/create')
  await page.getByLabel('Name', { exact: true }).first().fill('news-production')
  await pictures(page, 'create', heading('Create a load balancer'))
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
  await pictures(page, 'review', async () =>
    expect(page.getByRole('heading', { name: 'Review', exact: true })).toBeVisible(),
  )

  await page.goto('/load-balancers')
  await page.getByLabel('Language').selectOption({ label: '繁體中文' })
  await page.setViewportSize({ width: 1440, height: 900 })
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('負載平衡器管理')
  await page.screenshot({ path: join(FOLDER, 'list-chinese.png'), animations: 'disabled' })
})
