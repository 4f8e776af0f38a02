import { expectAccessible } from '../fixtures/accessibility.ts'
import { deleteNow, section } from '../fixtures/locators.ts'
import { expect, test } from '../fixtures/test.ts'

const monitor = { type: 'TCP', delay: 1, timeout: 1, max_retries: 1, max_retries_down: 1 }

test.beforeEach(async ({ signIn }) => signIn())

test('all properties are shown', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  const made = await api.createActive({
    name: 'web',
    description: 'the shop',
    port: 8080,
    algorithm: 'LEAST_CONNECTIONS',
    members: [{ ...one.member, name: 'first', weight: 7 }],
    monitor,
  })
  await page.goto(`/load-balancers/${made.id}`)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('web')
  const basics = section(page, 'Basics')
  for (const text of ['web', 'the shop', made.id, 'Application', 'ACTIVE', 'admin']) {
    await expect(basics).toContainText(text)
  }
  const network = section(page, 'Networks & Connection')
  await expect(network).toContainText(made.vip_address)
  await expect(network).toContainText('loopback')
  const listeners = network.getByRole('table', { name: 'Listeners' })
  await expect(listeners).toContainText('HTTP')
  await expect(listeners).toContainText('8080')
  await expect(network).toContainText('LEAST_CONNECTIONS')
  const servers = network.getByRole('table', { name: 'Servers' })
  await expect(servers).toContainText(one.member.address)
  await expect(servers).toContainText(String(one.member.protocol_port))
  await expect(servers).toContainText('7')
  await expect(servers).toContainText('ONLINE')
  await expectAccessible(page)
})

test('nothing is requested of a load balancer that is being deleted', async ({
  page,
  api,
  whoami,
  pageErrors,
}) => {
  const one = await whoami('one')
  await page.goto('/load-balancers')
  const asked: string[] = []
  page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`))
  for (let turn = 0; turn < 5; turn += 1) {
    const made = await api.createActive({
      name: `web-${turn}`,
      port: 8080 + turn,
      members: [one.member],
      monitor,
    })
    // Immediately after a change, which the page is still loading.
    await page.getByRole('link', { name: `web-${turn}`, exact: true }).click()
    await expect(section(page, 'Networks & Connection')).toContainText(one.member.address)
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete load balancer' })
    await dialog.getByRole('textbox').fill(`web-${turn}`)
    asked.length = 0
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
    await deleteNow(page, `Deleting web-${turn}`)
    await expect(page.getByText('No load balancers yet')).toBeVisible()
    const from = asked.findIndex((request) => request.startsWith('DELETE'))
    expect(asked.slice(from + 1).filter((request) => request.includes(made.id))).toEqual([])
  }
  expect(pageErrors.unexpected).toEqual([])
})

test('long names do not widen the page', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  const name = 'a-name-without-a-space-'.repeat(11)
  const made = await api.createActive({
    name,
    description: name,
    port: 8080,
    members: [{ ...one.member, name }],
    monitor,
  })
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 })
    await page.goto(`/load-balancers/${made.id}`)
    const servers = section(page, 'Networks & Connection').getByRole('table', { name: 'Servers' })
    await expect(servers).toContainText(name)
    await expect(servers).toContainText('ONLINE')
    const overflow = 'document.documentElement.scrollWidth - innerWidth'
    expect(await page.evaluate(overflow), `${width}`).toBeLessThanOrEqual(0)
  }
})

test('an unusual configuration is exported unchanged', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  // Octavia accepts a timeout equal to the interval, which the form does not.
  const made = await api.createActive({ name: 'web', port: 8080, members: [one.member], monitor })
  await page.goto(`/load-balancers/${made.id}`)
  await page.getByRole('button', { name: 'Actions for web' }).click()
  await page.getByRole('menuitem', { name: 'Export' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export' })
  await expect(dialog).toContainText('loadbalancer create')
  await expect(dialog).toContainText(one.member.address)
  await expectAccessible(page)
})

test('the VIP is copied to the clipboard', async ({ page, api }) => {
  const made = await api.createActive({ name: 'web', port: 8080 })
  await page.goto(`/load-balancers/${made.id}`)
  await section(page, 'Networks & Connection').getByRole('button', { name: /Copy/ }).first().click()
  await expect
    .poll(() => page.evaluate('navigator.clipboard.readText()'))
    .toContain(made.vip_address)
})

test('health changes are shown live', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  const two = await whoami('two')
  const made = await api.createActive({
    name: 'web',
    port: 8080,
    members: [one.member, two.member],
    monitor,
  })
  await page.goto(`/load-balancers/${made.id}`)
  const server = page
    .getByRole('table', { name: 'Servers' })
    .getByRole('row')
    .filter({ hasText: `${two.member.protocol_port}` })
  await expect(server).toContainText('ONLINE')
  await two.stop()
  await expect(server).toContainText('ERROR')
  await expect(server).toContainText(/refused/i)
  await expect(page.getByText('DEGRADED').first()).toBeVisible()
  await expectAccessible(page)
  await two.restart()
  await expect(server).toContainText('ONLINE')
  await expect(page.getByText('DEGRADED')).toHaveCount(0)
  expect(await page.evaluate('performance.getEntriesByType("navigation").length')).toBe(1)
})

test('health check results and methods are translated', async ({ page, api, whoami }) => {
  await page.addInitScript(() => localStorage.setItem('language', 'zh-TW'))
  const one = await whoami('one')
  const made = await api.createActive({ name: 'web', port: 8080, members: [one.member], monitor })
  await page.goto(`/load-balancers/${made.id}`)
  const server = page
    .getByRole('table', { name: '伺服器', exact: true })
    .getByRole('row')
    .filter({ hasText: `${one.member.protocol_port}` })
  await expect(server).toContainText('已連線')
  const listeners = page.getByRole('table', { name: '監聽器', exact: true })
  await expect(listeners).toContainText('ROUND_ROBIN 循環模式')
  await one.stop()
  await expect(server).toContainText(/連線被拒絕，耗時 \d+ 毫秒/)
  await expect(server).not.toContainText('refused')
  await expectAccessible(page)
})

test('a change by another client appears without a reload, and after Refresh', async ({
  page,
  api,
}) => {
  const made = await api.createActive({ name: 'web', port: 8080 })
  await page.goto(`/load-balancers/${made.id}`)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('web')
  await api.update(made.id, { name: 'renamed' })
  await expect(page.getByRole('heading', { level: 1 })).toContainText('renamed')
  await api.waitUntilSettled(made.id)
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('renamed')
})

test('deleting asks for the name of a load balancer with servers', async ({
  page,
  api,
  whoami,
}) => {
  const one = await whoami('one')
  const made = await api.createActive({ name: 'web', port: 8080, members: [one.member] })
  await page.goto(`/load-balancers/${made.id}`)
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete load balancer' })
  await expect(dialog).toContainText(made.vip_address)
  await expectAccessible(page)
  const confirm = dialog.getByRole('button', { name: 'Delete', exact: true })
  await confirm.click({ force: true })
  await expect(dialog).toBeVisible()
  await dialog.getByRole('textbox').fill('web')
  await confirm.click()
  await expect(page).toHaveURL(/\/load-balancers$/)
  await expect(page.getByText('No load balancers yet')).toBeVisible()
})

test('a load balancer deleted elsewhere is reported, with a link to the list', async ({
  page,
  api,
  pageErrors,
}) => {
  pageErrors.allow(/^404 GET /)
  const made = await api.createActive({ name: 'web', port: 8080 })
  await page.goto(`/load-balancers/${made.id}`)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('web')
  await api.remove(made.id)
  await expect(page.getByRole('main')).toContainText(/deleted|not there|gone/i)
  await expectAccessible(page)
  await page.getByRole('main').getByRole('link').first().click()
  await expect(page).toHaveURL(/\/load-balancers$/)
})

test('an unknown id is reported', async ({ page, pageErrors }) => {
  pageErrors.allow(/^404 GET /)
  await page.goto('/load-balancers/0a110c61-76cf-4007-b1be-08683fc5c59e')
  await expect(page.getByRole('main')).toContainText(/not there|not found|gone/i)
  await expectAccessible(page)
})

test('other users cannot see the load balancer', async ({
  page,
  api,
  portal,
  signIn,
  pageErrors,
}) => {
  pageErrors.allow(/^403 GET /)
  const made = await api.createActive({ name: 'private', port: 8080 })
  const member = await portal.addUser('member', 'member')
  await signIn(member.credentials)
  await page.goto(`/load-balancers/${made.id}`)
  await expect(page.getByRole('main')).not.toContainText('private')
  await page.goto('/load-balancers')
  await expect(page.getByText('No load balancers yet')).toBeVisible()
})

test('a reader cannot delete', async ({ page, api, portal, signIn, pageErrors }) => {
  // Keystone does not show a reader the names of other users.
  pageErrors.allow(/^403 GET \S+\/identity\/v3\/users\//)
  const made = await api.createActive({ name: 'web', port: 8080 })
  const reader = await portal.addUser('reader', 'reader')
  await signIn(reader.credentials)
  await page.goto(`/load-balancers/${made.id}`)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('web')
  const button = page.getByRole('button', { name: 'Delete', exact: true })
  await expect(button.and(page.locator(':not([disabled]):not([aria-disabled=true])'))).toHaveCount(
    0,
  )
})

test('a manager sees the name of the creator', async ({ page, portal, signIn }) => {
  const member = await portal.addUser('mei', 'member')
  const made = await member.createActive({ name: 'web', port: 8080 })
  const manager = await portal.addUser('boss', 'manager')
  await signIn(manager.credentials)
  await page.goto(`/load-balancers/${made.id}`)
  await expect(section(page, 'Basics').getByText('mei', { exact: true })).toBeVisible()
})

test('the reason of an ERROR state is shown', async ({ page, api, portal }) => {
  const first = await api.createActive({ name: 'first', port: 8080 })
  // Another program on the port of the VIP makes the listener fail.
  const vip = first.vip_address.replace(/\d+$/, (last) => String(Number(last) + 40))
  const { createServer } = await import('node:http')
  const squatter = createServer().listen(8081, vip)
  await new Promise((ready) => squatter.once('listening', ready))
  try {
    const network = await api.network()
    const { loadbalancer } = await api.request<{ loadbalancer: { id: string } }>(
      'POST',
      '/load-balancer/v2/lbaas/loadbalancers',
      {
        loadbalancer: {
          name: 'unlucky',
          vip_network_id: network.id,
          vip_address: vip,
          listeners: [{ protocol: 'HTTP', protocol_port: 8081 }],
        },
      },
    )
    const failed = await api.waitUntilSettled(loadbalancer.id)
    // Only the listener is in ERROR, so that the load balancer can be changed.
    expect(failed.provisioning_status, portal.output).toBe('ACTIVE')
    await page.goto(`/load-balancers/${loadbalancer.id}`)
    await expect(page.getByText('ERROR').first()).toBeVisible()
    // The page was opened after the event.
    await expect(page.getByRole('main')).toContainText(
      `Port 8081 of ${vip} is used by another program`,
    )
    await expectAccessible(page)
  } finally {
    squatter.close()
  }
})
