import { expectAccessible } from '../fixtures/accessibility.ts'
import { createGraph } from '../fixtures/graph.ts'
import { dialog } from '../fixtures/edit_dialog.ts'
import { expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

test('search, sorting, and Down only of the servers are in the address', async ({
  page,
  api,
  whoami,
}) => {
  const alive = await whoami('alive')
  const down = (n: number) => ({ address: `127.99.9.${n}`, protocol_port: 9, weight: n })
  const { id } = await createGraph(api, {
    name: 'web',
    listeners: [{ protocol: 'HTTP', protocol_port: 8080, default_pool: { name: 'web' } }],
    pools: [
      {
        name: 'web',
        protocol: 'HTTP',
        lb_algorithm: 'ROUND_ROBIN',
        members: [alive.member, down(1), down(2), down(12)],
        healthmonitor: { type: 'TCP', delay: 1, timeout: 1, max_retries: 1, max_retries_down: 1 },
      },
    ],
  })
  await page.goto(`/load-balancers/${id}?tab=servers`)
  const servers = page.getByRole('tabpanel', { name: 'Servers' })
  const rows = servers.getByRole('rowheader')
  const search = servers.getByLabel('Search servers')
  const downOnly = servers.getByRole('checkbox', { name: /^Down only/ })
  await expect(servers.getByText('Down only (3)')).toBeVisible()

  await search.fill('127.99.9')
  await expect(page).toHaveURL(/\?tab=servers&search=127\.99\.9$/)
  await servers.getByRole('button', { name: 'Weight' }).click()
  await expect(page).toHaveURL(/&sort=weight$/)
  await servers.getByRole('button', { name: 'Weight' }).click()
  await downOnly.check({ force: true })
  await expect(page).toHaveURL(/\?tab=servers&search=127\.99\.9&health=down&sort=weight&dir=desc$/)
  const found = ['127.99.9.12', '127.99.9.2', '127.99.9.1']
  await expect(rows).toHaveText(found)

  // A reload and a link that somebody else opens show the same.
  await page.reload()
  await expect(rows).toHaveText(found)
  await expect(search).toHaveValue('127.99.9')
  await expect(downOnly).toBeChecked()
  await expect(servers.getByRole('columnheader', { name: 'Weight' })).toHaveAttribute(
    'aria-sort',
    'descending',
  )

  // The dialog opens over the search and closes to it; what is typed just before stays, too.
  await search.fill('127.99.9.1')
  await servers.getByRole('link', { name: 'Add Server' }).click()
  await expect(
    dialog(page)
      .getByLabel(/^Private IP/)
      .last(),
  ).toBeFocused()
  await expect(page).toHaveURL(/\/edit\?tab=servers&search=127\.99\.9\.1&health=down/)
  await dialog(page).getByRole('button', { name: 'Cancel' }).click()
  const discard = page.getByRole('button', { name: 'Discard' })
  await discard.click()
  await expect(dialog(page)).toBeHidden()
  await expect(page).toHaveURL(
    /\?tab=servers&search=127\.99\.9\.1&health=down&sort=weight&dir=desc$/,
  )
  await expect(rows).toHaveText(['127.99.9.12', '127.99.9.1'])

  // Another tab and back.
  await page.getByRole('tab', { name: 'Monitoring' }).click()
  await expect(page).toHaveURL(/\?tab=monitoring$/)
  await page.goBack()
  await expect(search).toHaveValue('127.99.9.1')
  await expect(rows).toHaveText(['127.99.9.12', '127.99.9.1'])
})

test('the back button takes a filter of the servers back', async ({ page, api }) => {
  const { id } = await createGraph(api, {
    name: 'web',
    listeners: [{ protocol: 'HTTP', protocol_port: 8080, default_pool: { name: 'web' } }],
    pools: [
      {
        name: 'web',
        protocol: 'HTTP',
        lb_algorithm: 'ROUND_ROBIN',
        members: [{ address: '192.0.2.1', protocol_port: 80 }],
      },
    ],
  })
  await page.goto(`/load-balancers/${id}?tab=servers`)
  const servers = page.getByRole('tabpanel', { name: 'Servers' })
  await expect(servers.getByRole('rowheader')).toHaveText(['192.0.2.1'])
  await servers.getByRole('checkbox', { name: 'Down only (0)' }).check({ force: true })
  await expect(servers).toContainText('No servers are down')
  await page.goBack()
  await expect(servers.getByRole('rowheader')).toHaveText(['192.0.2.1'])
  await expect(servers.getByRole('checkbox', { name: 'Down only (0)' })).not.toBeChecked()
  // Unknown values are ignored.
  await page.goto(`/load-balancers/${id}?tab=servers&health=great&sort=colour&dir=sideways`)
  await expect(servers.getByRole('rowheader')).toHaveText(['192.0.2.1'])
})

test('on a phone a server is a card of at most four lines', async ({ page, api, whoami }) => {
  const alive = await whoami('alive')
  const healthmonitor = { type: 'TCP', delay: 1, timeout: 1, max_retries: 1, max_retries_down: 1 }
  const pool = { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', healthmonitor }
  const { id } = await createGraph(api, {
    name: 'web',
    listeners: [{ protocol: 'HTTP', protocol_port: 8080, default_pool: { name: 'plain' } }],
    pools: [
      {
        ...pool,
        name: 'plain',
        members: [alive.member, { address: '127.99.9.9', protocol_port: 9 }],
      },
      {
        ...pool,
        name: 'rich',
        members: [{ ...alive.member, name: 'blue', tags: ['old'], backup: true }],
      },
    ],
  })
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`/load-balancers/${id}?tab=servers`)
  const cards = page
    .getByRole('tabpanel', { name: 'Servers' })
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader') })
  await expect(cards).toHaveCount(3)
  await expect(cards.filter({ hasText: '127.99.9.9' })).toContainText('connection refused')
  for (const card of await cards.all()) {
    const box = await card.boundingBox()
    expect(box?.height, 'four lines').toBeLessThan(160)
    const cut = await card.evaluate((row) =>
      [...row.children]
        .filter((cell) => cell.getBoundingClientRect().right > document.documentElement.clientWidth)
        .map((cell) => cell.textContent),
    )
    expect(cut, 'nothing is cut off').toEqual([])
  }
  await expect(cards.last()).toContainText('blue')
  await expectAccessible(page)
})
