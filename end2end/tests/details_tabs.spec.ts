import { expectAccessible } from '../fixtures/accessibility.ts'
import { dialog } from '../fixtures/edit_dialog.ts'
import { createGraph } from '../fixtures/graph.ts'
import { section } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true })

test('the address keeps the tab: reload, back button, and an edit on top', async ({
  page,
  api,
}) => {
  const { id } = await api.createActive({
    name: 'web',
    port: 8080,
    members: [{ address: '192.0.2.1', protocol_port: 80 }],
  })
  await page.goto(`/load-balancers/${id}`)
  await expect(tab(page, 'Overview')).toHaveAttribute('aria-selected', 'true')
  await tab(page, 'Servers').click()
  await expect(page).toHaveURL(new RegExp(`/load-balancers/${id}\\?tab=servers$`))
  const servers = page.getByRole('tabpanel', { name: 'Servers' })
  await expect(servers).toContainText('192.0.2.1')
  await expectAccessible(page)
  await page.reload()
  await expect(servers).toContainText('192.0.2.1')

  // The dialog is open on top of the tab, also after a reload, and closes to it.
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await expect(dialog(page)).toBeVisible()
  await expect(page).toHaveURL(new RegExp(`/load-balancers/${id}/edit\\?tab=servers$`))
  await page.reload()
  await expect(dialog(page).getByRole('button', { name: 'OK', exact: true })).toBeVisible()
  await dialog(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(page).toHaveURL(new RegExp(`/load-balancers/${id}\\?tab=servers$`))
  await expect(servers).toContainText('192.0.2.1')

  await tab(page, 'Monitoring').click()
  await expect(section(page, 'Monitoring')).toBeVisible()
  await page.goBack()
  await expect(servers).toBeVisible()
})

test('tabs work by keyboard', async ({ page, api }) => {
  const { id } = await api.createActive({ name: 'web', port: 8080 })
  await page.goto(`/load-balancers/${id}`)
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeVisible()
  await tab(page, 'Overview').focus()
  await page.keyboard.press('ArrowRight')
  await expect(tab(page, 'Rules')).toBeFocused()
  await expect(tab(page, 'Overview')).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Enter')
  await expect(tab(page, 'Rules')).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByRole('tabpanel', { name: 'Rules' })).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('End')
  await page.keyboard.press('Space')
  await expect(page).toHaveURL(/\?tab=monitoring$/)
})

test('a load balancer that serves nothing says so, with the way to change it', async ({
  page,
  api,
}) => {
  const { id } = await api.createActive({ name: 'bare' })
  await page.goto(`/load-balancers/${id}`)
  const head = page.getByRole('main').locator('header').first()
  await expect(head).toContainText('Not serving')
  await expect(head).not.toContainText('ONLINE')
  await expect(section(page, 'Traffic path')).toContainText('Not serving')
  const attention = section(page, 'Needs attention')
  await expect(attention).toContainText('No listeners')
  await expectAccessible(page)
  await attention.getByRole('link', { name: 'Add listener' }).click()
  await expect(dialog(page).getByLabel('Protocol').last()).toBeFocused()
  await expect(page).toHaveURL(new RegExp(`/load-balancers/${id}/edit$`))
})

test('Add Server opens the dialog with a row for the server', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  const { id } = await createGraph(api, {
    name: 'web',
    listeners: [
      { name: 'a', protocol: 'HTTP', protocol_port: 8080, default_pool: { name: 'first' } },
      { name: 'b', protocol: 'HTTP', protocol_port: 8081, default_pool: { name: 'second' } },
    ],
    pools: ['first', 'second'].map((name) => ({
      name,
      protocol: 'HTTP',
      lb_algorithm: 'ROUND_ROBIN',
    })),
  })
  await page.goto(`/load-balancers/${id}?tab=servers`)
  await expect(page.getByRole('main').locator('header').first()).toContainText('Not serving')
  const second = page.getByRole('region', { name: 'Server group · second' })
  await second.getByRole('link', { name: 'Add Server' }).click()
  await expect(dialog(page).getByLabel('Private IP')).toBeFocused()
  await page.keyboard.type(one.member.address)
  await dialog(page).getByLabel('Port', { exact: true }).last().fill(`${one.member.protocol_port}`)
  await dialog(page).getByRole('button', { name: 'OK', exact: true }).click()
  await expect(dialog(page)).toBeHidden()
  await expect(second.getByRole('table', { name: 'Servers' })).toContainText(one.member.address)
  await expect(page.getByRole('main').locator('header').first()).not.toContainText('Not serving')
  await page.goto(`/load-balancers/${id}`)
  await expect(section(page, 'Needs attention')).toContainText('first has no servers')
})

test('500 servers are searched, sorted, and drawn only where they are in view', async ({
  page,
  api,
}) => {
  test.slow()
  const member = (n: number) => ({
    address: `127.0.${78 + (n >> 8)}.${n & 255}`,
    protocol_port: 9,
    name: `server-${n}`,
  })
  const { id } = await createGraph(api, {
    name: 'many',
    listeners: [{ protocol: 'HTTP', protocol_port: 8080, default_pool: { name: 'web' } }],
    pools: [
      {
        name: 'web',
        protocol: 'HTTP',
        lb_algorithm: 'ROUND_ROBIN',
        members: Array.from({ length: 500 }, (_, n) => member(n)),
      },
    ],
  })
  await page.goto(`/load-balancers/${id}`)
  // The overview has a few of them, and a link to all.
  const some = section(page, 'Networks & Connection').getByRole('table', { name: 'Servers' })
  await expect(some.getByRole('row')).toHaveCount(7)
  await page.getByRole('link', { name: 'All 500 servers' }).click()
  const servers = page.getByRole('tabpanel', { name: 'Servers' })
  const table = servers.getByRole('table', { name: 'Servers' })
  await expect(table).toHaveAttribute('aria-rowcount', '501')
  expect(await table.getByRole('row').count()).toBeLessThan(80)
  await servers.getByLabel('Search servers').fill('server-49')
  // server-49 and server-490 to 499
  await expect(servers).toContainText('11 of 500')
  await servers.getByLabel('Search servers').fill('nobody')
  await expect(servers).toContainText('No servers match')
  await expectAccessible(page)
  await servers.getByLabel('Search servers').fill('')
  await table.getByRole('button', { name: 'Private IP' }).click()
  await expect(table.getByRole('rowheader').first()).toHaveText('127.0.78.0')
  await table.getByRole('button', { name: 'Private IP' }).click()
  await expect(table.getByRole('rowheader').first()).toHaveText('127.0.79.243')
})

test('servers that are down come first, alone if wanted', async ({ page, api, whoami }) => {
  const alive = await whoami('alive')
  const { id } = await createGraph(api, {
    name: 'web',
    listeners: [{ protocol: 'HTTP', protocol_port: 8080, default_pool: { name: 'web' } }],
    pools: [
      {
        name: 'web',
        protocol: 'HTTP',
        lb_algorithm: 'ROUND_ROBIN',
        members: [alive.member, { address: '127.99.9.9', protocol_port: 9 }],
        healthmonitor: { type: 'TCP', delay: 1, timeout: 1, max_retries: 1, max_retries_down: 1 },
      },
    ],
  })
  await page.goto(`/load-balancers/${id}`)
  await section(page, 'Needs attention').getByRole('link', { name: 'Show servers' }).click()
  const servers = page.getByRole('tabpanel', { name: 'Servers' })
  const rows = servers.getByRole('rowheader')
  // The link shows what needs attention.
  const downOnly = servers.getByRole('checkbox', { name: 'Down only (1)' })
  await expect(downOnly).toBeChecked()
  await expect(rows).toHaveText(['127.99.9.9'])
  await downOnly.uncheck({ force: true })
  await expect(rows).toHaveText(['127.99.9.9', alive.member.address])
  await downOnly.check({ force: true })
  await expect(rows).toHaveText(['127.99.9.9'])
  await expect(servers).toContainText('connection refused')
  await expectAccessible(page)
})

test('everything that differs from the default is shown, and the rest on request', async ({
  page,
  api,
}) => {
  const { id } = await createGraph(api, {
    name: 'web',
    tags: ['blue'],
    listeners: [
      {
        name: 'front',
        protocol: 'HTTP',
        protocol_port: 8080,
        connection_limit: 77,
        allowed_cidrs: ['10.0.0.0/8'],
        timeout_client_data: 1500,
        insert_headers: { 'X-Forwarded-For': 'true' },
        default_pool: { name: 'web' },
      },
    ],
    pools: [
      {
        name: 'web',
        protocol: 'HTTP',
        lb_algorithm: 'ROUND_ROBIN',
        session_persistence: { type: 'APP_COOKIE', cookie_name: 'sid' },
        members: [
          {
            address: '192.0.2.1',
            protocol_port: 80,
            backup: true,
            monitor_address: '192.0.2.9',
            monitor_port: 8081,
            tags: ['old'],
          },
        ],
        healthmonitor: {
          ...{ type: 'HTTP', delay: 7, timeout: 3, max_retries: 2, max_retries_down: 4 },
          ...{ url_path: '/health', expected_codes: '200-204' },
        },
      },
    ],
  })
  await page.goto(`/load-balancers/${id}`)
  await expect(section(page, 'Basics')).toContainText('blue')
  const network = section(page, 'Networks & Connection')
  const listeners = network.getByRole('table', { name: 'Listeners' })
  for (const text of [
    'front',
    'Connection limit: 77',
    'Allowed CIDRs: 10.0.0.0/8',
    'Client idle timeout: 1500 ms',
    'Headers added for servers: X-Forwarded-For',
  ]) {
    await expect(listeners).toContainText(text)
  }
  await expect(listeners).not.toContainText('Server idle timeout')
  const group = network.getByRole('group', { name: 'Server group · web' })
  for (const text of ['APP_COOKIE · sid', 'HTTP /health every 7 s', '200-204']) {
    await expect(group).toContainText(text)
  }
  for (const text of ['Backup: Yes', '192.0.2.9', '8081', 'old']) {
    await expect(group.getByRole('table', { name: 'Servers' })).toContainText(text)
  }
  await expectAccessible(page)

  const settings = (name: string) => page.getByRole('dialog', { name })
  const open = async (name: string) =>
    page.getByRole('button', { name: `Show all settings of ${name}`, exact: true }).click()
  await open('HTTP 8080')
  await expect(settings('HTTP 8080')).toContainText('Server idle timeout')
  await expect(settings('HTTP 8080')).toContainText('50 s')
  await expectAccessible(page)
  await settings('HTTP 8080').getByRole('button', { name: 'Close' }).last().click()
  await open('web')
  await expect(settings('Server group · web')).toContainText('Unhealthy threshold')
  await page.keyboard.press('Escape')
  await open('192.0.2.1:80')
  await expect(settings('192.0.2.1:80')).toContainText('Health check address')
})

test('fifty listeners are folded, with a search', async ({ page, api }) => {
  const { id } = await createGraph(api, {
    name: 'many',
    listeners: Array.from({ length: 50 }, (_, n) => ({
      name: `listener-${n}`,
      protocol: 'HTTP',
      protocol_port: 9000 + n,
    })),
  })
  await page.goto(`/load-balancers/${id}`)
  const network = section(page, 'Networks & Connection')
  const rows = network.getByRole('table', { name: 'Listeners' }).getByRole('rowheader')
  await expect(rows).toHaveCount(10)
  await network.getByLabel('Search listeners').fill('9049')
  await expect(rows).toHaveCount(1)
  await network.getByLabel('Search listeners').fill('')
  await network.getByRole('button', { name: 'Show all 50 listeners' }).click()
  await expect(rows).toHaveCount(50)
})

test('only the load balancer itself is asked for while it may not exist', async ({
  page,
  pageErrors,
}) => {
  pageErrors.allow(/^404 GET /)
  const id = '0a110c61-76cf-4007-b1be-08683fc5c59e'
  const refused: string[] = []
  page.on('response', (response) => {
    if (response.status() === 404) refused.push(new URL(response.url()).pathname)
  })
  await page.goto(`/load-balancers/${id}`)
  await expect(page.getByRole('main')).toContainText('Load balancer not found')
  await expect(page.getByRole('main')).toContainText(id)
  expect(refused).toEqual([`/load-balancer/v2/lbaas/loadbalancers/${id}`])
})

test('an administrator fails over, others are not offered it', async ({
  page,
  api,
  portal,
  signIn,
}) => {
  const made = await api.createActive({ name: 'web', port: 8080 })
  await page.goto(`/load-balancers/${made.id}`)
  await page.getByRole('button', { name: 'Actions for web' }).click()
  await page.getByRole('menuitem', { name: 'Failover' }).click()
  const ask = page.getByRole('dialog', { name: 'Fail over web?' })
  await expectAccessible(page)
  const [sent] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith(`/${made.id}/failover`)),
    ask.getByRole('button', { name: 'Fail over' }).click(),
  ])
  expect(sent.status()).toBe(202)
  await expect(ask).toBeHidden()
  await api.waitUntilSettled(made.id)
  const member = await portal.addUser('mei', 'member')
  const own = await member.createActive({ name: 'own', port: 8080 })
  await signIn(member.credentials)
  await page.goto(`/load-balancers/${own.id}`)
  await page.getByRole('button', { name: 'Actions for own' }).click()
  await expect(page.getByRole('menuitem', { name: 'Export' })).toBeVisible()
  await expect(page.getByRole('menuitem', { name: 'Failover' })).toHaveCount(0)
})

test('nothing is wider than a phone, in Chinese too', async ({ page, api, browser, baseURL }) => {
  const { id } = await createGraph(api, {
    name: 'shop',
    listeners: [
      {
        name: 'front',
        protocol: 'HTTP',
        protocol_port: 8080,
        allowed_cidrs: ['10.0.0.0/8', '192.0.2.0/24', '198.51.100.0/24'],
        default_pool: { name: 'web' },
      },
    ],
    pools: [
      {
        name: 'web',
        protocol: 'HTTP',
        lb_algorithm: 'LEAST_CONNECTIONS',
        members: [{ address: '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', protocol_port: 8080 }],
      },
    ],
  })
  const width = 390
  const phone = await browser.newContext({
    ...(baseURL === undefined ? {} : { baseURL }),
    viewport: { width, height: 844 },
    isMobile: true,
    hasTouch: true,
    storageState: await page.context().storageState(),
  })
  await phone.addInitScript(() => localStorage.setItem('language', 'zh-TW'))
  const small = await phone.newPage()
  for (const tab of ['overview', 'rules', 'servers', 'monitoring']) {
    await small.goto(`/load-balancers/${id}?tab=${tab}`)
    await expect(small.getByRole('button', { name: '編輯' })).toBeVisible()
    await expect(small.locator('[aria-busy=true], .skeleton')).toHaveCount(0)
    const wide = await small.evaluate(
      (width) => [
        document.documentElement.scrollWidth,
        ...[...document.querySelectorAll('main *')]
          .filter(
            (one) => one.checkVisibility() && !one.closest('[class*=hidden], .plot, .tab-list'),
          )
          .filter((one) => one.getBoundingClientRect().right > width + 1)
          .map((one) => one.outerHTML.slice(0, 80)),
      ],
      width,
    )
    expect(wide, tab).toEqual([width])
  }
  await phone.close()
})

test('an export is downloaded as a file', async ({ page, api }) => {
  const { id } = await api.createActive({ name: 'web', port: 8080 })
  await page.goto(`/load-balancers/${id}`)
  await page.getByRole('button', { name: 'Actions for web' }).click()
  await page.getByRole('menuitem', { name: 'Export' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export' })
  await dialog.getByRole('tab', { name: 'Terraform' }).click()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('link', { name: 'Download' }).click(),
  ])
  expect(file.suggestedFilename()).toBe('load-balancer.tf')
})
