import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { expectAccessible } from '../fixtures/accessibility.ts'
import { row, section, selectCertificate, tick } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'
import { getSecurely, handshake } from '../fixtures/tls.ts'

test.beforeEach(async ({ signIn }) => signIn())

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const certificate = (page: Page) => page.getByLabel('SSL certificate', { exact: true })

/** The status and Location of `/a/b?c=d`. */
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

test('a certificate file is uploaded in the wizard and used for HTTPS', async ({
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
  await page.getByRole('button', { name: 'Add Server' }).click()
  await page.getByLabel('Private IP').fill(one.address)

  // A certificate is required.
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
  await expect(certificate(page).locator('option:checked')).toContainText('shop.example · expires')
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
  const old = {
    minVersion: 'TLSv1.1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  } as const
  await expect(handshake(vip, 8443, old)).rejects.toThrow(/alert|version/i)

  await network.getByRole('link', { name: 'shop.example' }).click()
  await expect(heading(page, 'shop.example')).toBeVisible()
  await expect(section(page, 'Used by').getByRole('link', { name: 'secure shop' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Delete' })).toHaveAttribute(
    'aria-disabled',
    'true',
  )
})

test('a redirect to HTTPS is created in the wizard, then changed and removed in the dialog', async ({
  page,
  api,
  authority,
  whoami,
}) => {
  const one = await whoami('behind-tls')
  authority.issue({ name: 'shop', names: ['*.shop.example', 'shop.example'] })
  await api.storeSecret('shop', readFileSync(authority.pack('shop')))
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
  // A URL is required, and proposed once a certificate is selected.
  await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
  await expect(to).toHaveAttribute('aria-invalid', 'true')
  await expectAccessible(page)
  await selectCertificate(certificate(page), 'shop')
  await expect(to).toHaveValue('https://shop.example:8443')
  await page.getByRole('button', { name: 'Add Server' }).click()
  await page.getByLabel('Private IP').fill(one.address)
  await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
  const words = 'Redirects to https://shop.example:8443'
  await expect(page.getByRole('table', { name: 'Listener' })).toContainText(words)
  await page.locator('summary', { hasText: 'As code' }).click()
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
  // The redirect target responds, with X-Forwarded headers.
  const served = await getSecurely(vip, 8443)
  expect(served).toContain('behind-tls')
  expect(served.toLowerCase()).toMatch(/x-forwarded-proto: https/)
  expect(served.toLowerCase()).toMatch(/x-forwarded-port: 8443/)
  expect(served.toLowerCase()).toMatch(/x-forwarded-for: 127/)

  // A clone keeps the redirect.
  await page.getByRole('button', { name: /Actions/ }).click()
  await page.getByRole('menuitem', { name: 'Clone' }).click()
  await expect(redirect).toBeChecked()
  await expect(to).toHaveValue('https://shop.example:8443')
  await expect(certificate(page).locator('option:checked')).toContainText('shop · *.shop.example')
  await page.goBack()

  // Changed, then removed.
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
