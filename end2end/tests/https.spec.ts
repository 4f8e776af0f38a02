import { readFileSync } from 'node:fs'
import { expectAccessible } from '../fixtures/accessibility.ts'
import type { Api } from '../fixtures/api.ts'
import { row, section } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'
import { getSecurely, handshake } from '../fixtures/tls.ts'

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const certificate = (page: Page) => page.getByLabel('SSL certificate', { exact: true })

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
  await expect(dialog.getByRole('region', { name: 'What is inside' })).toBeVisible()
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
  await expect(dialog.getByText('Choose one')).toBeVisible()
  await expectAccessible(page)
  await dialog.getByLabel('SSL Certificate').selectOption({ label: 'new · shop.example' })
  await dialog.getByRole('button', { name: 'Replace', exact: true }).click()
  await expect(dialog.getByText('Every listener serves the new certificate.')).toBeVisible()
  await expect(dialog.getByText('serves the new one, by TLSv1.2')).toHaveCount(3)
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
  await expect(section(page, 'Used by')).toContainText('No listener uses it')
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page).toHaveURL(/\/ssl-certificates$/)
  await expect(table.getByRole('link', { name: 'new', exact: true })).toBeVisible()
  await expect(table.getByRole('link', { name: 'old', exact: true })).toBeHidden()
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
  await expect(network).toContainText("Somebody else's certificate")
  expect(await page.content()).not.toContain('secret-name')
  await page.goto(`/ssl-certificates/${id}`)
  await expect(page.getByText('This certificate is not there')).toBeVisible()
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
