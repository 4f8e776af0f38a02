import { readFileSync } from 'node:fs'
import { expectAccessible } from '../fixtures/accessibility.ts'
import { confirm, dialog, OCTAVIA, okButton, openDialog } from '../fixtures/edit_dialog.ts'
import { createGraph } from '../fixtures/graph.ts'
import { countAnswers } from '../fixtures/http.ts'
import { section, selectCertificate } from '../fixtures/locators.ts'
import { expect, test } from '../fixtures/test.ts'
import { handshake } from '../fixtures/tls.ts'

test.beforeEach(async ({ signIn }) => signIn())

test('listeners are added, renamed, limited, and removed', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  const made = await api.createActive({ name: 'web', port: 8080, members: [one.member] })
  await openDialog(page, made.id)
  const there = dialog(page).getByRole('group', { name: 'Listener HTTP 8080' })
  await expect(dialog(page)).toContainText("A listener's protocol and port can't be changed")
  await there.getByRole('button', { name: 'More options' }).click()
  await there.getByLabel('Name').fill('front door')
  await there.getByLabel('Connection limit').fill('100')
  await there.getByLabel('Allowed CIDRs').fill('nowhere')
  await dialog(page).getByRole('button', { name: 'Add listener' }).click()
  await dialog(page).getByLabel('Port', { exact: true }).fill('8081')
  await okButton(page).click()
  await expect(there.getByLabel('Allowed CIDRs')).toHaveAttribute('aria-invalid', 'true')
  await there.getByLabel('Allowed CIDRs').fill('127.0.0.0/8')
  await expectAccessible(page)
  await confirm(page, made.id)
  const { listeners } = await api.request<{ listeners: object[] }>('GET', `${OCTAVIA}/listeners`)
  expect(listeners).toHaveLength(2)
  expect(listeners).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        protocol_port: 8080,
        name: 'front door',
        connection_limit: 100,
        allowed_cidrs: ['127.0.0.0/8'],
      }),
      expect.objectContaining({ protocol_port: 8081 }),
    ]),
  )
  expect(await countAnswers(made.vip_address, 8081, 2, ['one'])).toEqual({ one: 2 })

  await openDialog(page, made.id)
  const remove = there.getByRole('button', { name: 'Remove HTTP 8080' })
  const undo = there.getByRole('button', { name: 'Undo' })
  await remove.click()
  await expect(undo).toBeFocused()
  await undo.press('Enter')
  await expect(remove).toBeFocused()
  await expect(there.getByLabel('Connection limit')).toHaveValue('100')
  await remove.press('Enter')
  await expect(dialog(page)).toContainText('HTTP 8080 will stop accepting traffic.')
  await confirm(page, made.id)
  const left = await api.request<{ listeners: object[] }>('GET', `${OCTAVIA}/listeners`)
  expect(left.listeners).toMatchObject([{ protocol_port: 8081 }])
})

test('the certificate of a listener can be replaced but not removed', async ({
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
  const old = await api.storeSecret('old', readFileSync(authority.pack('old')))
  const fresh = await api.storeSecret('new', readFileSync(authority.pack('new')))
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
      `${OCTAVIA}/listeners?loadbalancer_id=${made.id}`,
    )
    return listeners[0]
  }

  // The default and SNI certificates stay unless edited.
  await openDialog(page, made.id)
  const there = dialog(page).getByRole('group', { name: 'Listener HTTPS with SSL 8443' })
  const certificate = there.getByLabel('SSL certificate', { exact: true })
  await expect(certificate.locator('option:checked')).toContainText('old · shop.example')
  // The options are open, because it has further certificates.
  await there.getByLabel('Name').fill('front door')
  await confirm(page, made.id)
  expect(await listener()).toMatchObject({
    name: 'front door',
    default_tls_container_ref: reference(old),
    sni_container_refs: [reference(fresh)],
  })
  expect((await handshake(made.vip_address, 8443)).fingerprint).toBe(authority.fingerprint('old'))

  await openDialog(page, made.id)
  await expect(certificate.locator('option', { hasText: 'Choose' })).toBeDisabled()
  await selectCertificate(certificate, 'new')
  await expect(dialog(page).getByText('1 change: change 1 listener')).toBeVisible()
  await expectAccessible(page)
  await confirm(page, made.id)
  expect(await listener()).toMatchObject({
    name: 'front door',
    default_tls_container_ref: reference(fresh),
    sni_container_refs: [reference(fresh)],
  })
  expect((await handshake(made.vip_address, 8443)).fingerprint).toBe(authority.fingerprint('new'))
  const network = section(page, 'Networks & Connection')
  await expect(network.getByRole('link', { name: 'new', exact: true })).toBeVisible()
})

test('each listener of a Network Load Balancer has its own server group', async ({
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
  await openDialog(page, made.id)
  // Each server group is a card, in the order of the listeners.
  const cards = dialog(page).getByRole('region', { name: /^Server group · / })
  await expect(cards).toHaveCount(2)
  const listenerNames = await dialog(page)
    .getByRole('group', { name: /^Listener TCP/ })
    .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))
  const first = listenerNames[0] === 'Listener TCP 2525' ? 'smtp' : 'imap'
  await expect(cards.nth(0)).toHaveAccessibleName(`Server group · ${first}`)
  const card = (name: string) =>
    dialog(page).getByRole('region', { name: `Server group · ${name}` })
  await card('imap')
    .getByRole('radio', { name: /SOURCE_IP/ })
    .check({ force: true })
  await card('smtp').getByRole('button', { name: 'Add Server' }).click()
  await card('smtp').getByLabel('Private IP').fill(three.address)
  // A new listener has a group of its own, or shares one that its label names.
  await dialog(page).getByRole('button', { name: 'Add listener' }).click()
  const added = dialog(page).getByRole('group', { name: 'Listener 3' })
  await expect(added.getByLabel('Protocol').locator('option')).toHaveText([
    'TCP',
    'HTTPS',
    'PROMETHEUS',
  ])
  await added.getByLabel('Port', { exact: true }).fill('2526')
  await expect(cards).toHaveCount(3)
  await expect(added.getByLabel('Server group').locator('option:checked')).toHaveText(
    'Server group 3',
  )
  await added.getByLabel('Server group').selectOption({ label: 'smtp (shared with TCP:2525)' })
  await expect(cards).toHaveCount(2)
  await expect(dialog(page)).toContainText(
    '3 changes: add 1 server, add 1 listener, change 1 server group',
  )
  await expectAccessible(page)
  await confirm(page, made.id)
  const network = section(page, 'Networks & Connection')
  await expect(network.getByRole('table', { name: 'Listeners' }).getByRole('row')).toHaveCount(4)
  await expect(network.getByRole('group', { name: /imap/ })).toContainText('SOURCE_IP')
  await expect(network.getByRole('group', { name: /smtp/ })).toContainText('ROUND_ROBIN')
  // Only one server group has the new server.
  const { pools } = await api.request<{
    pools: { id: string; name: string; lb_algorithm: string; members: object[] }[]
  }>('GET', `${OCTAVIA}/pools?loadbalancer_id=${made.id}`)
  const by = (name: string) => pools.find((pool) => pool.name === name)
  expect(by('imap')?.lb_algorithm).toBe('SOURCE_IP')
  expect(by('smtp')?.lb_algorithm).toBe('ROUND_ROBIN')
  expect((by('imap')?.members.length ?? 0) + (by('smtp')?.members.length ?? 0)).toBe(3)
  expect(pools).toHaveLength(2)
  for (const port of [2525, 2526]) {
    const answers = await countAnswers(made.vip_address, port, 4, ['one', 'three'])
    expect(answers).toEqual({ one: 2, three: 2 })
  }

  // Removing a listener keeps its server group, which can be deleted on its own.
  await openDialog(page, made.id)
  await dialog(page).getByRole('button', { name: 'Remove TCP 1143' }).click()
  await expect(dialog(page)).toContainText('TCP 1143 will stop accepting traffic.')
  await expect(card('imap')).toContainText('No listener uses this server group.')
  await card('imap').getByRole('button', { name: 'Delete server group imap' }).click()
  await confirm(page, made.id)
  await expect(network.getByRole('group', { name: /imap/ })).toHaveCount(0)
  await expect(network.getByRole('table', { name: 'Listeners' })).not.toContainText('1143')
})

test('server groups are added, renamed, deleted and restored', async ({ page, api }) => {
  const group = (name: string) => ({
    ...{ name, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' },
    members: [{ address: '192.0.2.1', protocol_port: 80 }],
  })
  const made = await createGraph(api, {
    name: 'web',
    listeners: [
      { name: 'http', protocol: 'HTTP', protocol_port: 8080, default_pool: { name: 'used' } },
    ],
    pools: [group('used'), group('left over')],
  })
  await openDialog(page, made.id)
  const card = (name: string) =>
    dialog(page).getByRole('region', { name: `Server group · ${name}` })
  await expect(card('left over')).toContainText('No listener uses this server group.')
  await expect(card('used')).toContainText('Used by HTTP:8080.')
  await dialog(page).getByRole('button', { name: 'Delete server group left over' }).click()
  await expect(dialog(page)).toContainText('1 change: remove 1 server group')
  await dialog(page).getByRole('button', { name: 'Undo' }).click()
  await expect(card('left over')).toBeVisible()
  await expect(okButton(page)).toHaveAttribute('aria-disabled', 'true')
  await dialog(page).getByRole('button', { name: 'Delete server group left over' }).click()
  await card('used').getByLabel('Server group name').fill('web servers')
  await dialog(page).getByRole('button', { name: 'New server group' }).click()
  await card('Server group 2').getByLabel('Server group name').fill('spare')
  await expectAccessible(page)
  await dialog(page).getByRole('navigation', { name: 'Sections' }).getByText('spare').click()
  await confirm(page, made.id)
  const { pools } = await api.request<{ pools: { name: string }[] }>('GET', `${OCTAVIA}/pools`)
  expect(pools.map((pool) => pool.name).toSorted()).toEqual(['spare', 'web servers'])
})
