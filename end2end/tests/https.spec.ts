import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { expectAccessible } from '../fixtures/accessibility.ts'
import type { Api } from '../fixtures/api.ts'
import { names, row, section, tick } from '../fixtures/locators.ts'
import { admin } from '../fixtures/portal.ts'
import { type Page, expect, test } from '../fixtures/test.ts'
import { getSecurely, handshake } from '../fixtures/tls.ts'

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const certificate = (page: Page) => page.getByLabel('SSL certificate', { exact: true })

/** What `/a/b?c=d` of a VIP answers: the status, and where it sends one. */
function sentTo(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get({ host, port, path: '/a/b?c=d', agent: false, timeout: 10_000 }, (answer) => {
      answer.resume()
      resolve(`${answer.statusCode} ${answer.headers.location ?? ''}`.trim())
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer in 10 s')))
    asked.on('error', reject)
  })
}

/** A load balancer with a listener that serves with a certificate. */
async function serving(
  api: Api,
  name: string,
  ports: number[],
  secret: string,
  member: object,
): Promise<{ id: string; vip_address: string }> {
  const listeners = ports.map((port) => ({
    name: `https-${port}`,
    protocol: 'TERMINATED_HTTPS',
    protocol_port: port,
    default_tls_container_ref: `${api.url}/key-manager/v1/secrets/${secret}`,
    default_pool: { name: 'servers' },
  }))
  const pools = [
    { name: 'servers', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', members: [member] },
  ]
  const vip_network_id = (await api.network()).id
  const { loadbalancer } = await api.request<{ loadbalancer: { id: string } }>(
    'POST',
    '/load-balancer/v2/lbaas/loadbalancers',
    { loadbalancer: { name, vip_network_id, listeners, pools } },
  )
  return api.settled(loadbalancer.id)
}

test.beforeEach(async ({ signIn }) => signIn())

test('from a file on the disk to HTTPS, in the middle of the wizard', async ({
  page,
  authority,
  whoami,
}) => {
  const one = await whoami('behind-tls')
  authority.issue({ name: 'shop', names: ['shop.example'] })
  await page.goto('/load-balancers/create')
  await page.getByLabel('Name', { exact: true }).first().fill('secure shop')
  await page.getByLabel('Protocol').selectOption({ label: 'HTTPS with SSL' })
  await expect(page.getByLabel('Port', { exact: true })).toHaveValue('443')
  await page.getByLabel('Port', { exact: true }).fill('8443')
  await page.locator('summary', { hasText: 'Servers' }).click()
  await page.getByRole('button', { name: 'Add Server' }).click()
  await page.getByLabel('Private IP').fill(one.address)

  // Without a certificate it does not go on.
  await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
  await expect(certificate(page)).toBeFocused()
  await expect(certificate(page)).toHaveAttribute('aria-invalid', 'true')
  await expectAccessible(page)

  await page.getByRole('button', { name: 'Create a certificate' }).click()
  const dialog = page.getByRole('dialog', { name: 'Create a certificate' })
  await dialog.getByLabel('Choose files').setInputFiles(authority.pack('shop'))
  await expect(dialog.getByRole('region', { name: 'Certificate contents' })).toBeVisible()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Next: Review & Create >' }).click()
  await dialog.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(certificate(page).locator('option:checked')).toHaveText('shop.example')
  await expect(page.getByLabel('Name', { exact: true }).first()).toHaveValue('secure shop')
  await expect(page.getByLabel('Private IP')).toHaveValue(one.member.address)

  await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
  await expect(page.getByRole('table', { name: 'Listener' })).toContainText('shop.example')
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(row(page, 'secure shop')).toContainText('ACTIVE')
  await row(page, 'secure shop').getByRole('link', { name: 'secure shop' }).click()
  const network = section(page, 'Networks & Connection')
  await expect(network.getByRole('link', { name: 'shop.example' })).toBeVisible()
  await expect(network).toContainText(/in 8\d days/)
  await expectAccessible(page)
  const vip = (await network.innerText()).match(/\d+\.\d+\.\d+\.\d+/)?.[0] ?? ''

  expect(await getSecurely(vip, 8443)).toContain('behind-tls')
  const shaken = await handshake(vip, 8443, { servername: 'shop.example' })
  expect(shaken.version).toBe('TLSv1.2')
  expect(shaken.fingerprint).toBe(authority.fingerprint('shop'))
  expect(shaken.chain).toEqual(['CN=shop.example', 'CN=Test CA'])
  await expect(handshake(vip, 8443, { minVersion: 'TLSv1.3' })).rejects.toThrow(/alert|version/i)
  const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
  await expect(handshake(vip, 8443, old)).rejects.toThrow(/alert|version/i)

  await network.getByRole('link', { name: 'shop.example' }).click()
  await expect(heading(page, 'shop.example')).toBeVisible()
  await expect(section(page, 'Used by').getByRole('link', { name: 'secure shop' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Delete' })).toHaveAttribute('aria-disabled', 'true')
})

test('HTTP is sent to HTTPS: asked for in the wizard, changed and taken back in the dialog', async ({
  page,
  api,
  authority,
  whoami,
}) => {
  const one = await whoami('behind-tls')
  authority.issue({ name: 'shop', names: ['*.shop.example', 'shop.example'] })
  await api.store('shop', readFileSync(authority.pack('shop')))
  await page.goto('/load-balancers/create')
  await page.getByLabel('Name', { exact: true }).first().fill('shop')
  await page.getByLabel('Port', { exact: true }).fill('8080')
  const redirect = page.getByRole('checkbox', { name: 'Redirect to HTTPS' })
  await expect(redirect).toBeHidden()
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  const https = page.getByRole('group', { name: 'Listener 2' })
  await https.getByLabel('Protocol').selectOption({ label: 'HTTPS with SSL' })
  await https.getByLabel('Port', { exact: true }).fill('8443')
  await expect(redirect).toHaveCount(1)
  await tick(page, 'Redirect to HTTPS')
  const to = page.getByLabel('Redirect to', { exact: true })
  // Proposed as soon as there is a name to propose; without one it does not go on.
  await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
  await expect(to).toHaveAttribute('aria-invalid', 'true')
  await expectAccessible(page)
  await certificate(page).selectOption({ label: 'shop · *.shop.example' })
  await expect(to).toHaveValue('https://shop.example:8443')
  await page.locator('summary', { hasText: 'Servers' }).click()
  await page.getByRole('button', { name: 'Add Server' }).click()
  await page.getByLabel('Private IP').fill(one.address)
  await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
  const words = 'Redirects to https://shop.example:8443'
  await expect(page.getByRole('table', { name: 'Listener' })).toContainText(words)
  await expect(page.getByText('l7policy create')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(row(page, 'shop')).toContainText('ACTIVE')
  await row(page, 'shop').getByRole('link', { name: 'shop' }).click()
  const network = section(page, 'Networks & Connection')
  await expect(network).toContainText(words)
  await expectAccessible(page)
  const vip = (await network.innerText()).match(/\d+\.\d+\.\d+\.\d+/)?.[0] ?? ''

  expect(await sentTo(vip, 8080)).toBe('302 https://shop.example:8443/a/b?c=d')
  // Who is sent there is served, and the server is told how the client came.
  const served = await getSecurely(vip, 8443)
  expect(served).toContain('behind-tls')
  expect(served.toLowerCase()).toMatch(/x-forwarded-proto: https/)
  expect(served.toLowerCase()).toMatch(/x-forwarded-port: 8443/)
  expect(served.toLowerCase()).toMatch(/x-forwarded-for: 127/)

  // A clone takes it along.
  await page.getByRole('button', { name: /Actions/ }).click()
  await page.getByRole('menuitem', { name: 'Clone' }).click()
  await expect(redirect).toBeChecked()
  await expect(to).toHaveValue('https://shop.example:8443')
  await expect(certificate(page).locator('option:checked')).toHaveText('shop · *.shop.example')
  await page.goBack()

  // Elsewhere, then nowhere.
  const dialog = page.getByRole('dialog', { name: 'Edit Load Balancer' })
  const confirm = async (sum: string) => {
    await expect(dialog.getByText(sum)).toBeVisible()
    await dialog.getByRole('button', { name: 'OK', exact: true }).click()
    await expect(dialog).toBeHidden()
  }
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await expect(dialog.getByLabel('Redirect to', { exact: true })).toHaveValue(
    'https://shop.example:8443',
  )
  await dialog.getByLabel('Redirect to', { exact: true }).fill('www.shop.example')
  await expectAccessible(page)
  await confirm('1 change: change 1 redirect')
  await expect(network).toContainText('Redirects to https://www.shop.example')
  expect(await sentTo(vip, 8080)).toBe('302 https://www.shop.example/a/b?c=d')
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await dialog.getByRole('checkbox', { name: 'Redirect to HTTPS' }).uncheck({ force: true })
  await confirm('1 change: change 1 redirect')
  await expect(network).not.toContainText('Redirects to')
  expect(await sentTo(vip, 8080)).toBe('200')
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await dialog.getByRole('checkbox', { name: 'Redirect to HTTPS' }).check({ force: true })
  await confirm('1 change: change 1 redirect')
  await expect(network).toContainText(words)
  expect(await sentTo(vip, 8080)).toBe('302 https://shop.example:8443/a/b?c=d')
})

test('a certificate is replaced everywhere, under load, and then deleted', async ({
  page,
  api,
  authority,
  whoami,
}) => {
  const one = await whoami('behind-tls')
  authority.issue({ name: 'old', names: ['shop.example'], days: 5 })
  authority.issue({ name: 'new', names: ['shop.example'], days: 90 })
  const old = await api.store('old', readFileSync(authority.pack('old')))
  await api.store('new', readFileSync(authority.pack('new')))
  const shop = await serving(api, 'shop', [8443, 9443], old, one.member)
  const mail = await serving(api, 'mail', [8443], old, one.member)

  await page.goto('/ssl-certificates')
  const table = page.getByRole('table', { name: 'SSL certificates' })
  const used = table.getByRole('row').filter({ has: page.getByRole('link', { name: 'old', exact: true }) })
  await expect(used).toContainText('mail')
  await expect(used).toContainText('+1')

  // What is in use is not deleted, and says where.
  await page.getByRole('checkbox', { name: 'Select old' }).check({ force: true })
  await page.getByRole('button', { name: 'Delete' }).click()
  const question = page.getByRole('dialog')
  await expect(question.getByRole('link', { name: 'shop' }).first()).toBeVisible()
  await expect(question.getByRole('button', { name: 'Delete' })).toHaveAttribute('aria-disabled', 'true')
  await expectAccessible(page)
  await question.getByRole('button', { name: 'Cancel' }).click()

  let stop = false
  const failures: string[] = []
  let answered = 0
  const load = Promise.all(
    [shop.vip_address, mail.vip_address].map(async (vip) => {
      while (!stop) {
        try {
          await getSecurely(vip, 8443)
          answered += 1
        } catch (error) {
          failures.push(String(error))
        }
      }
    }),
  )
  await page.getByRole('link', { name: 'old', exact: true }).click()
  await page.getByRole('button', { name: 'Replace…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Replace the certificate' })
  await expect(dialog.getByRole('listitem')).toHaveCount(3)
  await dialog.getByRole('button', { name: 'Replace', exact: true }).click()
  await expect(dialog.getByText('Select an option')).toBeVisible()
  await expectAccessible(page)
  await dialog.getByLabel('SSL Certificate').selectOption({ label: 'new · shop.example' })
  await dialog.getByRole('button', { name: 'Replace', exact: true }).click()
  await expect(dialog.getByText('All listeners use the new certificate.')).toBeVisible()
  await expect(dialog.getByText('New certificate verified (TLSv1.2)')).toHaveCount(3)
  await expectAccessible(page)
  stop = true
  await load
  expect(failures).toEqual([])
  expect(answered).toBeGreaterThan(10)
  for (const [vip, port] of [
    [shop.vip_address, 8443],
    [shop.vip_address, 9443],
    [mail.vip_address, 8443],
  ] as const) {
    expect((await handshake(vip, port)).fingerprint).toBe(authority.fingerprint('new'))
  }

  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await expect(section(page, 'Used by')).toContainText('Not used by any listener')
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page).toHaveURL(/\/ssl-certificates$/)
  await expect(table.getByRole('link', { name: 'new', exact: true })).toBeVisible()
  await expect(table.getByRole('link', { name: 'old', exact: true })).toBeHidden()
})

test('a certificate that a server name chooses is replaced too', async ({
  page,
  api,
  authority,
  whoami,
}) => {
  const one = await whoami('behind-tls')
  for (const name of ['main', 'old', 'new']) {
    const names = name === 'main' ? ['main.example'] : ['shop.example']
    authority.issue({ name, names })
  }
  const store = (name: string) => api.store(name, readFileSync(authority.pack(name)))
  const [main, old] = [await store('main'), await store('old')]
  await store('new')
  const made = await serving(api, 'shop', [8443, 9443], main, one.member)
  const path = '/load-balancer/v2/lbaas/listeners'
  const { listeners } = await api.request<{ listeners: { id: string; protocol_port: number }[] }>(
    'GET',
    `${path}?loadbalancer_id=${made.id}`,
  )
  const secret = (id: string) => `${api.url}/key-manager/v1/secrets/${id}`
  for (const { id, protocol_port } of listeners) {
    // On one port by name alone, on the other as the default.
    const listener =
      protocol_port === 8443
        ? { sni_container_refs: [secret(old)] }
        : { default_tls_container_ref: secret(old), sni_container_refs: [secret(main)] }
    await api.request('PUT', `${path}/${id}`, { listener })
    await api.settled(made.id)
  }
  const served = async (port: number, servername: string) => {
    const shaken = await handshake(made.vip_address, port, { servername })
    expect(shaken.chain.at(-1)).toBe('CN=Test CA')
    const names = ['main', 'old', 'new']
    return names.find((name) => authority.fingerprint(name) === shaken.fingerprint)
  }
  expect(await served(8443, 'main.example')).toBe('main')
  expect(await served(8443, 'shop.example')).toBe('old')
  expect(await served(8443, 'elsewhere.example')).toBe('main')
  expect(await served(9443, 'main.example')).toBe('main')
  expect(await served(9443, 'shop.example')).toBe('old')

  await page.goto(`/ssl-certificates/${old}`)
  await page.getByRole('button', { name: 'Replace…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Replace the certificate' })
  await expect(dialog.getByRole('listitem')).toHaveCount(2)
  await dialog.getByLabel('SSL Certificate').selectOption({ label: 'new · shop.example' })
  await dialog.getByRole('button', { name: 'Replace', exact: true }).click()
  await expect(dialog.getByText('New certificate verified (TLSv1.2)')).toHaveCount(2)
  for (const port of [8443, 9443]) {
    expect(await served(port, 'main.example')).toBe('main')
    expect(await served(port, 'shop.example')).toBe('new')
  }
  expect(await served(8443, 'elsewhere.example')).toBe('main')
  expect(await served(9443, 'elsewhere.example')).toBe('new')
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await expect(section(page, 'Used by')).toContainText('Not used by any listener')
})

test("somebody else's certificate has no name", async ({ page, portal, authority, whoami, signIn }) => {
  const one = await whoami('behind-tls')
  authority.issue({ name: 'secret-name' })
  const mia = await portal.addUser('mia', 'member')
  const id = await mia.store('secret-name', readFileSync(authority.pack('secret-name')))
  const made = await serving(mia, 'of mia', [8443], id, one.member)
  await page.context().clearCookies()
  const tom = await portal.addUser('tom', 'manager')
  await signIn(tom.credentials)
  await page.goto(`/load-balancers/${made.id}`)
  const network = section(page, 'Networks & Connection')
  await expect(network).toContainText("Another user's certificate")
  expect(await page.content()).not.toContain('secret-name')
  await page.goto(`/ssl-certificates/${id}`)
  await expect(page.getByText('Certificate not found')).toBeVisible()
})

test('what ends soon is told', async ({ page, api, authority }) => {
  authority.issue({ name: 'fine', days: 90 })
  authority.issue({ name: 'over', days: -1 })
  await api.store('fine', readFileSync(authority.pack('fine')))
  await api.store('over', readFileSync(authority.pack('over')))
  await page.goto('/')
  const main = page.getByRole('main')
  await expect(main.getByRole('link', { name: 'over' })).toBeVisible()
  await expect(main).toContainText('Expired')
  await expect(main).toContainText('Valid')
  await expectAccessible(page)
  // An expired one can be seen in the wizard, not chosen.
  await page.goto('/load-balancers/create')
  await page.getByLabel('Protocol').selectOption({ label: 'HTTPS with SSL' })
  await expect(certificate(page).locator('option', { hasText: 'over' })).toHaveText('over (expired)')
  await expect(certificate(page).locator('option', { hasText: 'over' })).toBeDisabled()
})

test('what has ended or soon will is told when one signs in, and not again and again', async ({
  page,
  api,
  authority,
}) => {
  authority.issue({ name: 'fine', days: 90 })
  authority.issue({ name: 'soon', days: 6.5, since: 300 })
  await api.store('fine', readFileSync(authority.pack('fine')))
  await api.store('soon', readFileSync(authority.pack('soon')))
  await page.context().clearCookies()
  const signIn = async (to: string) => {
    await page.goto(to)
    await page.getByLabel('User', { exact: true }).fill(admin.user)
    await page.getByLabel('Password', { exact: true }).fill(admin.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  }
  const told = page.getByRole('status').filter({ hasText: 'soon expires in 6 days.' })
  // Wherever one signs in to.
  await signIn('/load-balancers')
  await expect(heading(page, 'Load Balancer Management')).toBeVisible()
  await expect(told).toBeVisible()
  await expectAccessible(page)
  await told.getByRole('link', { name: 'Show' }).click()
  await expect(heading(page, 'soon')).toBeVisible()
  await told.getByRole('button', { name: 'Dismiss' }).click()
  await expect(told).toBeHidden()
  // Not twice on a day.
  await page.goto('/')
  const main = page.getByRole('main')
  await expect(main.getByRole('link', { name: 'soon' })).toBeVisible()
  await expect(main).toContainText('Expiring')
  await page.goto('/ssl-certificates')
  await expect(page.getByRole('link', { name: 'soon', exact: true })).toBeVisible()
  await expect(told).toBeHidden()
  // Unless there is another.
  authority.issue({ name: 'over', days: -1 })
  await api.store('over', readFileSync(authority.pack('over')))
  await page.goto('/')
  const both = page.getByRole('status').filter({ hasText: '2 certificates have expired or soon will.' })
  await expect(both).toBeVisible()
  await both.getByRole('link', { name: 'Show' }).click()
  await expect(page).toHaveURL(/\/ssl-certificates\?sort=expires/)
  await expectAccessible(page)
})

test('load balancers are found by the name of their certificate', async ({
  page,
  api,
  authority,
  whoami,
}) => {
  const one = await whoami('behind-tls')
  authority.issue({ name: 'golden', names: ['shop.example'] })
  authority.issue({ name: 'silver', names: ['mail.example'] })
  const golden = await api.store('golden', readFileSync(authority.pack('golden')))
  const silver = await api.store('silver', readFileSync(authority.pack('silver')))
  await serving(api, 'shop', [8443], golden, one.member)
  await serving(api, 'mail', [8443], silver, one.member)
  await page.goto('/load-balancers')
  await expect(row(page, 'shop')).toBeVisible()
  await page.getByLabel('Search load balancers').fill('GOLD 8443')
  await expect.poll(() => names(page)).toEqual(['shop'])
  await expect(page).toHaveURL(/search=GOLD/)
  await page.reload()
  await expect.poll(() => names(page)).toEqual(['shop'])
  // And certificates by who uses them, and by their domains.
  await page.goto('/ssl-certificates')
  const shown = page.getByRole('table', { name: 'SSL certificates' }).getByRole('rowheader')
  await page.getByLabel('Search certificates').fill('shop')
  await expect(shown).toHaveText(['golden'])
  await page.getByLabel('Search certificates').fill('mail.ex')
  await expect(shown).toHaveText(['silver'])
})
