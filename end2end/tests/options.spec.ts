import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { type ConnectionOptions, TLSSocket } from 'node:tls'
import type { Locator } from '@playwright/test'
import { expectAccessible } from '../fixtures/accessibility.ts'
import { confirm, dialog, membersOf, OCTAVIA, openDialog } from '../fixtures/edit_dialog.ts'
import { createHttps, settledByName } from '../fixtures/graph.ts'
import { row, tick } from '../fixtures/locators.ts'
import { ask } from '../fixtures/rules.ts'
import { type Page, expect, test } from '../fixtures/test.ts'
import { handshake } from '../fixtures/tls.ts'

test.beforeEach(async ({ signIn }) => signIn())

const next = (page: Page) => page.getByRole('button', { name: 'Next: Review & Create >' })

async function openMore(row: Locator): Promise<void> {
  const more = row.getByRole('button', { name: 'More options' })
  if ((await more.getAttribute('aria-expanded')) === 'false') await more.click()
}

/** The status, the HSTS header and the cipher of one response over TLS. */
function getOver(host: string, port: number, options: ConnectionOptions) {
  return new Promise<{ status?: number; hsts?: string; cipher?: string }>((resolve, reject) => {
    const asked = request(
      { host, port, agent: false, timeout: 10_000, rejectUnauthorized: false, ...options },
      (answer) => {
        const cipher = answer.socket instanceof TLSSocket ? answer.socket.getCipher().name : ''
        const hsts = answer.headers['strict-transport-security'] ?? ''
        answer.resume()
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, hsts, cipher }))
      },
    )
    asked.on('timeout', () => asked.destroy(new Error('no answer in 10 s')))
    asked.on('error', reject)
    asked.end()
  })
}

test('client certificates, HSTS and a cipher are required in the edit dialog', async ({
  page,
  api,
  authority,
  whoami,
  signIn,
}) => {
  await signIn()
  const one = await whoami('behind-tls')
  authority.issue({ name: 'shop', names: ['shop.example'] })
  authority.issue({ name: 'client', names: ['client.example'] })
  const secret = await api.storeSecret('shop', readFileSync(authority.pack('shop')))
  const made = await createHttps(api, 'shop', [8443], secret, one.member)
  await openDialog(page, made.id)
  const listener = dialog(page).getByRole('group', { name: 'Listener HTTPS with SSL 8443' })
  await openMore(listener)
  await listener.getByLabel('Client certificates').selectOption({ label: 'Required' })
  // CA certificates are required then.
  await page.getByRole('button', { name: 'OK', exact: true }).click()
  const authorities = listener.getByRole('group', { name: 'CA certificates' })
  await expect(authorities.getByRole('button')).toBeFocused()
  await authorities.locator('input[type=file]').setInputFiles(authority.path('client.key'))
  await expect(authorities).toContainText('Not a PEM file of this kind')
  await authorities.locator('input[type=file]').setInputFiles(authority.path('ca.pem'))
  await expect(authorities).toContainText('ca.pem')
  await tick(page, 'Tell browsers to use HTTPS only')
  await tick(page, 'Include subdomains')
  await listener.getByLabel('Cipher suites').selectOption({ label: 'Own list' })
  await listener.getByLabel('Cipher list').fill('ECDHE-RSA-AES256-GCM-SHA384')
  await expectAccessible(page)
  await confirm(page, made.id)

  const key = authority.read('client.key')
  const cert = authority.read('client.pem')
  const vip = made.vip_address
  await expect
    .poll(() => getOver(vip, 8443, { key, cert }).catch(String), { timeout: 30_000 })
    .toEqual({
      status: 200,
      hsts: 'max-age=63072000;includeSubDomains',
      cipher: 'ECDHE-RSA-AES256-GCM-SHA384',
    })
  await expect(getOver(vip, 8443, {})).rejects.toThrow(/alert|handshake|reset|hang up/i)
  const other = {
    key,
    cert,
    ciphers: 'ECDHE-RSA-AES128-GCM-SHA256',
    maxVersion: 'TLSv1.2',
  } as const
  await expect(handshake(vip, 8443, other)).rejects.toThrow(/alert|handshake/i)

  // What differs from the defaults is said, and shown at once.
  await openDialog(page, made.id)
  const more = listener.getByRole('button', { name: 'More options' })
  await expect(more).toContainText('HSTS · Client certificates')
  await expect(more).toHaveAttribute('aria-expanded', 'true')
  await listener.getByLabel('Client certificates').selectOption({ label: 'Off' })
  await confirm(page, made.id)
  await expect
    .poll(async () => (await getOver(vip, 8443, {}).catch(() => undefined))?.status, {
      timeout: 30_000,
    })
    .toBe(200)
})

test('tags and a health check port survive the change of another field', async ({
  page,
  api,
  whoami,
}) => {
  const one = await whoami('one')
  const made = await api.createActive({ name: 'web', port: 8080, members: [one.member] })
  await openDialog(page, made.id)
  const { address, protocol_port: port } = one.member
  const options = page.getByRole('dialog', { name: `More options for server ${address}:${port}` })
  await dialog(page)
    .getByRole('button', { name: `More options for server ${address}:${port}` })
    .click()
  await options.getByLabel('Name').fill('db-1')
  await options.getByLabel('Health check port').fill('9000')
  await options.getByLabel('Tags').fill('blue, rack 7')
  await expectAccessible(page)
  await options.getByRole('button', { name: 'Done' }).click()
  await expect(options).toBeHidden()
  await expect(dialog(page).getByRole('rowheader')).toContainText(
    'db-1 · Health check port 9000 · #blue · #rack 7',
  )
  await dialog(page).getByLabel('Tags').first().fill('production')
  await confirm(page, made.id)

  await openDialog(page, made.id)
  await expect(dialog(page).getByLabel('Tags').first()).toHaveValue('production')
  const listener = dialog(page).getByRole('group', { name: 'Listener HTTP 8080' })
  await openMore(listener)
  await listener.getByLabel('Connection limit').fill('100')
  await confirm(page, made.id)
  expect(await membersOf(api, made.id)).toMatchObject([
    { name: 'db-1', monitor_port: 9000, tags: ['blue', 'rack 7'] },
  ])
  const { loadbalancer } = await api.request<{ loadbalancer: object }>(
    'GET',
    `${OCTAVIA}/loadbalancers/${made.id}`,
  )
  expect(loadbalancer).toMatchObject({ tags: ['production'] })
})

test('the exported API request fills the same form', async ({ page }) => {
  await page.goto('/load-balancers/create')
  await page.getByLabel('Name', { exact: true }).first().fill('imported')
  await page.getByLabel('Tags').first().fill('blue')
  await page.getByLabel('Port', { exact: true }).fill('8080')
  const listener = page.getByRole('group', { name: 'Listener 1' })
  await listener.getByRole('button', { name: 'More options' }).click()
  await listener.getByLabel('Description').fill('the front door')
  await listener.getByLabel('Allowed CIDRs').fill('192.0.2.0/24')
  await listener.getByLabel('Client idle timeout').fill('30')
  await page.getByRole('button', { name: 'Add Server' }).click()
  await page.getByLabel('Private IP').fill('192.0.2.10:80')
  await page.getByRole('button', { name: /^More options for server/ }).click()
  await page.getByLabel('Health check port').fill('9000')
  await page.getByRole('button', { name: 'Done' }).click()
  await next(page).click()
  await expect(page.getByRole('table', { name: 'Listener' })).toContainText('the front door')
  await expect(page.getByRole('table', { name: 'Servers' })).toContainText('Health check port 9000')
  const exported = async () => {
    await page.getByText('As code').click()
    await page.getByRole('tab', { name: 'API request' }).click()
    return page.getByRole('tabpanel').locator('pre').innerText()
  }
  const request = await exported()
  expect(request).toContain('"monitor_port": 9000')
  await page.getByRole('button', { name: '< Back' }).click()

  await page.reload()
  await page.getByRole('button', { name: 'Start over' }).click()
  await page.getByRole('button', { name: 'Import' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import a load balancer' })
  const text = dialog.getByLabel('API request, Terraform, or HAProxy configuration')
  await text.fill('what?')
  await expect(dialog).toContainText("This isn't an API request")
  await text.fill(request)
  await expect(dialog).toContainText('API request with 1 listener, 1 server group, 1 server.')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Fill in the form' }).click()
  await expect(page.getByLabel('Private IP')).toHaveValue('192.0.2.10')
  await next(page).click()
  expect(await exported()).toBe(request)
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(row(page, 'imported')).toContainText('ACTIVE')
})

test('lines that are not imported are listed with their reason', async ({ page }) => {
  await page.goto('/load-balancers/create')
  await page.getByLabel('Name', { exact: true }).first().fill('typed before')
  await page.getByRole('button', { name: 'Import' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import a load balancer' })
  const configuration = [
    'frontend web',
    '  bind :8080',
    '  mode http',
    '  default_backend servers',
    'backend servers',
    '  mode http',
    '  server one 192.0.2.1:80',
    '  server two db.internal.example:80',
  ]
  await dialog.locator('input[type=file]').setInputFiles({
    name: 'haproxy.cfg',
    mimeType: 'text/plain',
    buffer: Buffer.from(configuration.join('\n')),
  })
  await expect(dialog).toContainText('Line 8, “server two db.internal.example:80”')
  await dialog.getByRole('button', { name: 'Fill in the form' }).click()
  const notice = page.getByRole('status').filter({ hasText: 'The form is filled in' })
  await expect(notice).toContainText("host names of servers aren't resolved")
  await expect(page.getByLabel('Private IP').first()).toHaveValue('192.0.2.1')
  await notice.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByLabel('Name', { exact: true }).first()).toHaveValue('typed before')
})

test('a listener of metrics is created without a server group', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  await page.goto('/load-balancers/create')
  await page.getByLabel('Name', { exact: true }).first().fill('measured')
  await page.getByLabel('Port', { exact: true }).fill('8080')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  const metrics = page.getByRole('group', { name: 'Listener 2' })
  await metrics.getByLabel('Protocol').selectOption({ label: 'PROMETHEUS' })
  await metrics.getByLabel('Port', { exact: true }).fill('9101')
  await expect(metrics.getByLabel('Server group')).toHaveCount(0)
  await page.getByRole('button', { name: 'Add Server' }).click()
  await page.getByLabel('Private IP').fill(one.address)
  await next(page).click()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(row(page, 'measured')).toContainText('ACTIVE')
  const { vip_address: vip } = await settledByName(api, 'measured')
  const answer = await ask(vip, 9101, '/metrics')
  expect(answer.status).toBe(200)
  expect(answer.body).toContain('haproxy_')
})
