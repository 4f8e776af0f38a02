import { readFileSync } from 'node:fs'
import { expectAccessible } from '../fixtures/accessibility.ts'
import { createHttps } from '../fixtures/graph.ts'
import { section, selectCertificate } from '../fixtures/locators.ts'
import { expect, test } from '../fixtures/test.ts'
import { getSecurely, handshake } from '../fixtures/tls.ts'

test.beforeEach(async ({ signIn }) => signIn())

test('a certificate is replaced on all listeners under load, then deleted', async ({
  page,
  api,
  authority,
  whoami,
}) => {
  const one = await whoami('behind-tls')
  authority.issue({ name: 'old', names: ['shop.example'], days: 5 })
  authority.issue({ name: 'new', names: ['shop.example'], days: 90 })
  const old = await api.storeSecret('old', readFileSync(authority.pack('old')))
  await api.storeSecret('new', readFileSync(authority.pack('new')))
  const shop = await createHttps(api, 'shop', [8443, 9443], old, one.member)
  const mail = await createHttps(api, 'mail', [8443], old, one.member)

  await page.goto('/ssl-certificates')
  const table = page.getByRole('table', { name: 'SSL certificates' })
  const used = table
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name: 'old', exact: true }) })
  await expect(used).toContainText('mail')
  await expect(used).toContainText('+1')

  // A certificate in use cannot be deleted, and its listeners are shown.
  await page.getByRole('checkbox', { name: 'Select old' }).check({ force: true })
  await page.getByRole('button', { name: 'Delete' }).click()
  const question = page.getByRole('dialog')
  await expect(question.getByRole('link', { name: 'shop' }).first()).toBeVisible()
  await expect(question.getByRole('button', { name: 'Delete' })).toHaveAttribute(
    'aria-disabled',
    'true',
  )
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
  await selectCertificate(dialog.getByLabel('SSL Certificate'), 'new')
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
  await expect(section(page, 'Used by')).toContainText('No listener uses this certificate')
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page).toHaveURL(/\/ssl-certificates$/)
  await expect(table.getByRole('link', { name: 'new', exact: true })).toBeVisible()
  await expect(table.getByRole('link', { name: 'old', exact: true })).toBeHidden()
})

test('an SNI certificate is replaced as well', async ({ page, api, authority, whoami }) => {
  const one = await whoami('behind-tls')
  for (const name of ['main', 'old', 'new']) {
    const names = name === 'main' ? ['main.example'] : ['shop.example']
    authority.issue({ name, names })
  }
  const store = (name: string) => api.storeSecret(name, readFileSync(authority.pack(name)))
  const [main, old] = [await store('main'), await store('old')]
  await store('new')
  const made = await createHttps(api, 'shop', [8443, 9443], main, one.member)
  const path = '/load-balancer/v2/lbaas/listeners'
  const { listeners } = await api.request<{ listeners: { id: string; protocol_port: number }[] }>(
    'GET',
    `${path}?loadbalancer_id=${made.id}`,
  )
  const secret = (id: string) => `${api.url}/key-manager/v1/secrets/${id}`
  for (const { id, protocol_port } of listeners) {
    // By SNI on one port, as the default on the other.
    const listener =
      protocol_port === 8443
        ? { sni_container_refs: [secret(old)] }
        : { default_tls_container_ref: secret(old), sni_container_refs: [secret(main)] }
    await api.request('PUT', `${path}/${id}`, { listener })
    await api.waitUntilSettled(made.id)
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
  await selectCertificate(dialog.getByLabel('SSL Certificate'), 'new')
  await dialog.getByRole('button', { name: 'Replace', exact: true }).click()
  await expect(dialog.getByText('New certificate verified (TLSv1.2)')).toHaveCount(2)
  for (const port of [8443, 9443]) {
    expect(await served(port, 'main.example')).toBe('main')
    expect(await served(port, 'shop.example')).toBe('new')
  }
  expect(await served(8443, 'elsewhere.example')).toBe('main')
  expect(await served(9443, 'elsewhere.example')).toBe('new')
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await expect(section(page, 'Used by')).toContainText('No listener uses this certificate')
})

test('one Replace changes the certificate of twelve listeners', async ({
  page,
  api,
  authority,
}) => {
  for (const name of ['old', 'new']) authority.issue({ name, names: ['shop.example'] })
  const old = await api.storeSecret('old', readFileSync(authority.pack('old')))
  await api.storeSecret('new', readFileSync(authority.pack('new')))
  const vips: string[] = []
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
    vips.push((await createHttps(api, name, [8443, 9443], old)).vip_address)
  }
  await page.goto('/ssl-certificates')
  await page.evaluate(() => {
    addEventListener(
      'click',
      () =>
        (document.body.dataset['clicks'] = `${Number(document.body.dataset['clicks'] ?? 0) + 1}`),
      true,
    )
  })
  await page.getByRole('link', { name: 'old', exact: true }).click()
  await page.getByRole('button', { name: 'Replace…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Replace the certificate' })
  await expect(dialog.getByRole('listitem')).toHaveCount(12)
  await selectCertificate(dialog.getByLabel('SSL Certificate'), 'new')
  await dialog.getByRole('button', { name: 'Replace', exact: true }).click()
  await expect(dialog.getByText('New certificate verified (TLSv1.2)')).toHaveCount(12)
  await expect(page.locator('body')).toHaveAttribute('data-clicks', '3')
  for (const vip of vips) {
    for (const port of [8443, 9443]) {
      expect((await handshake(vip, port)).fingerprint).toBe(authority.fingerprint('new'))
    }
  }
})
