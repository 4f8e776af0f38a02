import { readFileSync } from 'node:fs'
import { expectAccessible } from '../fixtures/accessibility.ts'
import type { Gateway } from '../fixtures/gateway.ts'
import { createGraph } from '../fixtures/graph.ts'
import { behind, fromMenu, list, section, tick } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'
import { handshake } from '../fixtures/tls.ts'
import { countAnswers } from '../fixtures/traffic.ts'

// Editing while something happens elsewhere, and load balancers other than a web site's.

const ROOT = '/load-balancer/v2/lbaas'

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Edit Load Balancer' })
const ok = (page: Page) => dialog(page).getByRole('button', { name: 'OK', exact: true })
const weight = (page: Page, place: string) =>
  dialog(page).getByLabel(`Weight ${place}`, { exact: true })

async function edit(page: Page, id: string): Promise<void> {
  await page.goto(`/load-balancers/${id}/edit`)
  await expect(ok(page)).toBeVisible()
}

async function confirm(page: Page): Promise<void> {
  await ok(page).click()
  await expect(dialog(page)).toBeHidden()
}

const three = [
  { address: '192.0.2.1', protocol_port: 80 },
  { address: '192.0.2.2', protocol_port: 80 },
  { address: '192.0.2.3', protocol_port: 80 },
]

const many = Array.from({ length: 30 }, (_, i) => ({
  address: '192.0.2.9',
  protocol_port: 8001 + i,
}))

test('rights that are taken away meanwhile: told, and nothing typed is lost', async ({
  page,
  portal,
  signIn,
  watch,
}) => {
  watch.expect(/^403 (PUT|GET) /)
  const mia = await portal.addUser('mia', 'member')
  await portal.command(['user', 'grant', 'mia', '--project', 'default', '--role', 'reader'])
  const made = await mia.active({ name: 'web', port: 8080, members: three })
  await signIn(mia.credentials)
  await edit(page, made.id)
  await weight(page, '192.0.2.1:80').fill('5')
  await portal.command(['user', 'revoke', 'mia', '--project', 'default', '--role', 'member'])
  await ok(page).click()
  await expect(dialog(page)).toContainText("You don't have permission to do this.")
  await expect(dialog(page).getByRole('listitem').filter({ hasText: 'Failed' })).toHaveCount(1)
  await expectAccessible(page)
  await dialog(page).getByRole('button', { name: 'Back to the form' }).click()
  await expect(weight(page, '192.0.2.1:80')).toHaveValue('5')
  // Given back, it goes on.
  await portal.command(['user', 'grant', 'mia', '--project', 'default', '--role', 'member'])
  await confirm(page)
  const servers = section(page, 'Networks & Connection').getByRole('table', { name: 'Servers' })
  await expect(servers.getByRole('row').filter({ hasText: '192.0.2.1' })).toContainText('5')
})

test('a change of somebody else goes by while the dialog is open', async ({
  page,
  api,
  signIn,
}) => {
  await signIn()
  const made = await api.active({ name: 'web', port: 8080, members: three })
  await edit(page, made.id)
  await weight(page, '192.0.2.1:80').fill('5')
  await api.update(made.id, { description: 'of somebody else' })
  await api.settled(made.id)
  // It was UPDATING and is ACTIVE; the form stands there with all that was typed.
  await expect(dialog(page).getByText('Someone else just changed')).toBeInViewport()
  await expect(weight(page, '192.0.2.1:80')).toHaveValue('5')
  // Sent while the next change is under way, it waits for that.
  await api.update(made.id, { description: 'again of somebody else' })
  await ok(page).click()
  await expect(dialog(page)).toContainText('both can be kept')
  await dialog(page).getByRole('button', { name: 'Continue' }).click()
  await expect(dialog(page)).toBeHidden()
  const { loadbalancer } = await api.request<{ loadbalancer: object }>(
    'GET',
    `${ROOT}/loadbalancers/${made.id}`,
  )
  expect(loadbalancer).toMatchObject({ description: 'again of somebody else' })
})

test('the certificate of a listener is replaced in the dialog, and never taken away', async ({
  page,
  api,
  authority,
  whoami,
  signIn,
}) => {
  await signIn()
  const one = await whoami('behind-tls')
  authority.issue({ name: 'old', names: ['shop.example'] })
  authority.issue({ name: 'new', names: ['shop.example'] })
  const old = await api.store('old', readFileSync(authority.pack('old')))
  const fresh = await api.store('new', readFileSync(authority.pack('new')))
  const reference = (id: string) => `${api.url}/key-manager/v1/secrets/${id}`
  const made = await createGraph(api, {
    name: 'shop',
    listeners: [
      {
        name: 'https',
        protocol: 'TERMINATED_HTTPS',
        protocol_port: 8443,
        default_tls_container_ref: reference(old),
        sni_container_refs: [reference(fresh)],
        default_pool: { name: 'servers' },
      },
    ],
    pools: [
      { name: 'servers', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', members: [one.member] },
    ],
  })
  const listener = async () => {
    const { listeners } = await api.request<{ listeners: { [field: string]: unknown }[] }>(
      'GET',
      `${ROOT}/listeners?loadbalancer_id=${made.id}`,
    )
    return listeners[0]
  }

  // What is not touched stays: the certificate, and the others that go by name.
  await edit(page, made.id)
  const there = dialog(page).getByRole('group', { name: 'Listener HTTPS with SSL 8443' })
  const certificate = there.getByLabel('SSL certificate', { exact: true })
  await expect(certificate.locator('option:checked')).toHaveText('old · shop.example')
  await there.getByLabel('Name').fill('front door')
  await confirm(page)
  expect(await listener()).toMatchObject({
    name: 'front door',
    default_tls_container_ref: reference(old),
    sni_container_refs: [reference(fresh)],
  })
  expect((await handshake(made.vip_address, 8443)).fingerprint).toBe(authority.fingerprint('old'))

  await edit(page, made.id)
  await expect(certificate.locator('option', { hasText: 'Choose' })).not.toBeEnabled()
  await certificate.selectOption({ label: 'new · shop.example' })
  await expect(dialog(page).getByText('1 change: change 1 listener')).toBeVisible()
  await expectAccessible(page)
  await confirm(page)
  expect(await listener()).toMatchObject({
    name: 'front door',
    default_tls_container_ref: reference(fresh),
    sni_container_refs: [reference(fresh)],
  })
  expect((await handshake(made.vip_address, 8443)).fingerprint).toBe(authority.fingerprint('new'))
  const network = section(page, 'Networks & Connection')
  await expect(network.getByRole('link', { name: 'new', exact: true })).toBeVisible()
})

test('a Network load balancer with a group for each listener', async ({
  page,
  api,
  whoami,
  signIn,
}) => {
  await signIn()
  const [one, two, three] = await Promise.all(['one', 'two', 'three'].map((name) => whoami(name)))
  if (!one || !two || !three) throw new Error('no servers')
  const group = (name: string, members: object[]) => ({
    ...{ name, protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN', members },
  })
  const listener = (name: string, port: number) => ({
    ...{ name, protocol: 'TCP', protocol_port: port, default_pool: { name } },
  })
  const made = await createGraph(api, {
    name: 'mail',
    listeners: [listener('smtp', 2525), listener('imap', 1143)],
    pools: [group('smtp', [one.member]), group('imap', [two.member])],
  })
  await edit(page, made.id)
  // Each group has its own method and its own servers.
  const methods = dialog(page).getByRole('group', { name: /^Method/ })
  await expect(methods).toHaveCount(2)
  await dialog(page)
    .getByRole('group', { name: 'Method · imap' })
    .getByRole('radio', { name: /SOURCE_IP/ })
    .check({ force: true })
  const tables = dialog(page).getByRole('table', { name: 'Servers' })
  await expect(tables).toHaveCount(2)
  await dialog(page).getByRole('button', { name: 'Add Server' }).first().click()
  await dialog(page).getByLabel('Private IP').fill(three.address)
  await dialog(page).getByRole('button', { name: 'Add listener' }).click()
  const added = dialog(page).getByRole('group', { name: 'Listener 3' })
  await expect(added.getByLabel('Protocol').locator('option')).toHaveText(['TCP'])
  await added.getByLabel('Port', { exact: true }).fill('2526')
  await expectAccessible(page)
  await confirm(page)
  const network = section(page, 'Networks & Connection')
  await expect(network.getByRole('table', { name: 'Listeners' }).getByRole('row')).toHaveCount(4)
  await expect(network.getByRole('group', { name: /imap/ })).toContainText('SOURCE_IP')
  await expect(network.getByRole('group', { name: /smtp/ })).toContainText('ROUND_ROBIN')
  // The new server is in one of the two groups, and the other is as it was.
  const { pools } = await api.request<{
    pools: { id: string; name: string; lb_algorithm: string; members: object[] }[]
  }>('GET', `${ROOT}/pools?loadbalancer_id=${made.id}`)
  const by = (name: string) => pools.find((pool) => pool.name === name)
  expect(by('imap')?.lb_algorithm).toBe('SOURCE_IP')
  expect(by('smtp')?.lb_algorithm).toBe('ROUND_ROBIN')
  expect((by('imap')?.members.length ?? 0) + (by('smtp')?.members.length ?? 0)).toBe(3)
  const [port, names] = by('smtp')?.members.length === 2 ? [2525, ['one', 'three']] as const : [1143, ['two', 'three']] as const
  const answers = await countAnswers(made.vip_address, port, 4, [...names])
  expect(Object.values(answers).reduce((sum, count) => sum + count)).toBe(4)

  // A listener takes its group along, and that is said before.
  await edit(page, made.id)
  await dialog(page).getByRole('button', { name: 'Remove TCP 1143' }).click()
  await expect(dialog(page)).toContainText('TCP 1143 will stop accepting traffic.')
  await expect(dialog(page)).toContainText('Server group imap and its')
  await confirm(page)
  await expect(network.getByRole('group', { name: /imap/ })).toHaveCount(0)
  await expect(network.getByRole('table', { name: 'Listeners' })).not.toContainText('1143')
})

test('leaving in the middle warns, and staying finishes', async ({ page, api, signIn }) => {
  await signIn()
  const made = await api.active({ name: 'web', port: 8080, members: many })
  const asked: string[] = []
  page.on('dialog', (question) => {
    asked.push(question.type())
    void question.dismiss()
  })
  await page.goto('/load-balancers')
  await expect(behind(page)).toBeAttached()
  await fromMenu(page, 'web', 'Edit')
  await tick(page, 'Select all servers')
  await dialog(page).getByRole('button', { name: 'Disable', exact: true }).click()
  await ok(page).click()
  const steps = dialog(page).getByRole('list', { name: 'Steps' })
  await expect(steps.getByText('Done').first()).toBeVisible()
  // A reload would break it off: the browser asks first.
  await page.evaluate('setTimeout(() => location.reload())')
  await expect.poll(() => asked).toEqual(['beforeunload'])
  // Within the portal one may go where one likes: it goes on, and is told when it is done.
  await page.goBack()
  await page.goBack()
  await expect(page.getByRole('table', { name: 'Load balancers' })).toBeVisible()
  await page.evaluate('setTimeout(() => location.reload())')
  await expect.poll(() => asked).toEqual(['beforeunload', 'beforeunload'])
  await page.getByRole('link', { name: 'web', exact: true }).click()
  await page.getByRole('button', { name: 'Edit', exact: true }).waitFor()
  const up = async () => {
    const { pools } = await api.request<{ pools: { id: string }[] }>(
      'GET',
      `${ROOT}/pools?loadbalancer_id=${made.id}`,
    )
    const { members } = await api.request<{ members: { admin_state_up: boolean }[] }>(
      'GET',
      `${ROOT}/pools/${pools[0]?.id}/members`,
    )
    return members.filter((member) => member.admin_state_up).length
  }
  await expect(page.getByText('web has been changed.')).toBeVisible()
  expect(await up()).toBe(0)
})

test.describe('what ends while one is elsewhere', () => {
  test.beforeEach(async ({ signIn }) => signIn())

  /** Goes back to the list with the first of two changes under way; gives what lets that go on. */
  async function leave(page: Page, gateway: Gateway): Promise<() => void> {
    const first = gateway.hold(/^PUT .*\/members\//)
    await page.goto(`${gateway.url}/load-balancers`)
    await expect(behind(page)).toBeAttached()
    await fromMenu(page, 'web', 'Edit')
    await weight(page, '192.0.2.1:80').fill('5')
    await weight(page, '192.0.2.2:80').fill('6')
    await ok(page).click()
    await first.kept
    await page.goBack()
    await page.goBack()
    await expect(list(page)).toBeVisible()
    return first.release
  }

  test('is told once, and the dialog opens anew', async ({ page, api, gateway }) => {
    await api.active({ name: 'web', port: 8080, members: three })
    const release = await leave(page, gateway)
    const told = page.locator('.flash').filter({ hasText: 'web has been changed.' })
    await expect(told).toHaveCount(0)
    release()
    await expect(told).toHaveCount(1)
    await told.getByRole('button', { name: 'Dismiss' }).click()
    await fromMenu(page, 'web', 'Edit')
    await expect(weight(page, '192.0.2.1:80')).toHaveValue('5')
    await expect(weight(page, '192.0.2.2:80')).toHaveValue('6')
    await expect(ok(page)).toHaveAccessibleDescription('No changes yet')
    await expect(dialog(page)).not.toContainText('Draft restored.')
    await expect(told).toHaveCount(0)
  })

  test('and failed is told with the way to it', async ({ page, api, gateway, watch }) => {
    watch.expect(/^403 PUT /)
    await api.active({ name: 'web', port: 8080, members: three })
    const release = await leave(page, gateway)
    // The first is done already, its answer only comes late.
    gateway.refuse(/^PUT .*\/members\//)
    release()
    const told = page
      .locator('.flash')
      .filter({ hasText: 'Editing web stopped before all steps were completed.' })
    await expect(told).toHaveCount(1)
    await expectAccessible(page)
    await told.getByRole('link', { name: 'Show' }).click()
    const steps = dialog(page).getByRole('listitem')
    await expect(steps.filter({ hasText: 'Failed' })).toHaveCount(1)
    await expect(told).toHaveCount(1)
    gateway.refuse()
    await dialog(page).getByRole('button', { name: 'Try again' }).click()
    await expect(dialog(page)).toBeHidden()
    await expect(page.locator('.flash').filter({ hasText: 'web has been changed.' })).toHaveCount(1)
  })
})
