import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectAccessible } from '../fixtures/accessibility.ts'
import { fromMenu, tick } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

const table = (page: Page) => page.getByRole('table', { name: 'SSL certificates' })
const row = (page: Page, name: string) =>
  table(page)
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name, exact: true }) })
const names = (page: Page) => table(page).getByRole('rowheader').getByRole('link').allInnerTexts()
const bundle = (page: Page) => page.getByLabel('Base64 Encode (PKCS#12 format)')
const inside = (page: Page) => page.getByRole('region', { name: 'Certificate contents' })
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })

/** Selects files as in the file dialog. */
async function choose(page: Page, ...files: string[]): Promise<void> {
  await page.getByLabel('Choose files').setInputFiles(files)
}

/** Completes the wizard. */
async function create(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(page).toHaveURL(/\/ssl-certificates$/)
}

/** Records every request with headers and body. */
function sent(page: Page): string[] {
  const bodies: string[] = []
  page.on('request', (request) => {
    bodies.push(`${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ''}`)
  })
  return bodies
}

test.beforeEach(async ({ signIn }) => signIn())

test('an empty list links to the create page', async ({ page }) => {
  await page.goto('/ssl-certificates')
  await expect(heading(page, 'SSL Certificate Management')).toBeVisible()
  await expect(page.getByText('No certificates yet')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('link', { name: '＋Create' }).first().click()
  await expect(heading(page, 'Create a certificate')).toBeVisible()
  await expectAccessible(page)
})

test('a .p12 file is shown, stored, and listed', async ({ page, api, authority }) => {
  authority.issue({ name: 'shop', names: ['shop.example', 'www.shop.example'] })
  const file = authority.pack('shop')
  await page.goto('/ssl-certificates/create')
  await choose(page, file)
  await expect(inside(page)).toContainText('CN=shop.example')
  await expect(inside(page)).toContainText('www.shop.example')
  await expect(inside(page)).toContainText('CN=Test CA')
  await expect(inside(page)).toContainText('RSA 2048')
  await expect(inside(page)).toContainText(/(90|89) days left/)
  await expect(inside(page)).toContainText(authority.fingerprint('shop'))
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('shop.example')
  await expectAccessible(page)
  await page.getByLabel('Name', { exact: true }).fill('shop')
  await page.getByLabel('Description').fill('for the shop')
  await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
  await expect(page).toHaveURL(/step=review/)
  await expect(page.getByRole('heading', { name: 'Review' })).toBeFocused()
  await expect(page.getByText('for the shop')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(page).toHaveURL(/\/ssl-certificates$/)
  await expect(row(page, 'shop')).toContainText('ACTIVE')
  await expect(row(page, 'shop')).toContainText(/in 8\d days/)
  await expect(row(page, 'shop')).toContainText('shop.example')
  await expect(row(page, 'shop')).toContainText('Not used')
  await expectAccessible(page)

  // The stored bundle is private to its creator and has no passphrase.
  const { secrets } = await api.request<{ secrets: { secret_ref: string }[] }>(
    'GET',
    '/key-manager/v1/secrets',
  )
  const id = secrets[0]?.secret_ref.split('/').pop() ?? ''
  const acl = await api.request<{ read: object }>('GET', `/key-manager/v1/secrets/${id}/acl`)
  expect(acl.read).toMatchObject({ 'project-access': false })
  const { metadata } = await api.request<{ metadata: Record<string, string> }>(
    'GET',
    `/key-manager/v1/secrets/${id}/metadata`,
  )
  expect(metadata).toMatchObject({
    description: 'for the shop',
    subject: 'CN=shop.example',
    names: 'shop.example www.shop.example',
    key: 'RSA 2048',
    fingerprint: authority.fingerprint('shop'),
  })
  writeFileSync(authority.path('stored.p12'), await api.payload(id))
  const stored = authority.run('pkcs12', '-in', 'stored.p12', '-nodes', '-passin', 'pass:')
  expect(stored).toContain('subject=CN = shop.example')
  expect(stored).toContain('subject=CN = Test CA')
  expect(stored).toContain('PRIVATE KEY')

  await page.getByRole('link', { name: 'shop', exact: true }).click()
  await expect(heading(page, 'shop')).toBeVisible()
  await expect(inside(page)).toContainText('www.shop.example')
  await expect(page.getByText('for the shop')).toBeVisible()
  await expectAccessible(page)
})

test('a passphrase never leaves the page', async ({ page, portal, authority }) => {
  const passphrase = 'open, sesame — 開門'
  authority.issue({ name: 'locked' })
  const file = authority.pack('locked', passphrase)
  const bodies = sent(page)
  await page.goto('/ssl-certificates/create')
  await expect(page.getByLabel('Passphrase')).toBeHidden()
  await choose(page, file)
  const field = page.getByLabel('Passphrase')
  await expect(field).toBeFocused()
  await expect(field).toHaveAttribute('type', 'password')
  // Not offered for saving with the name of the certificate as a user.
  await expect(field).toHaveAttribute('autocomplete', 'one-time-code')
  // A protected file is no error.
  await expect(page.getByText('This file is protected.')).toBeVisible()
  await expect(page.locator('[aria-invalid=true]')).toHaveCount(0)
  await expectAccessible(page)
  await field.fill('wrong')
  await field.press('Enter')
  await expect(page.getByText('Incorrect passphrase')).toBeVisible()
  await field.fill(passphrase)
  await page.getByRole('button', { name: 'Unlock', exact: true }).click()
  await expect(inside(page)).toContainText('CN=locked')
  await expect(field).toBeHidden()
  await expect(page.locator('#certificate-contents')).toBeFocused()
  await create(page)
  await expect(row(page, 'locked')).toContainText('ACTIVE')

  expect(bodies.some((body) => body.includes('/key-manager/v1/secrets'))).toBe(true)
  for (const body of bodies) {
    for (const hidden of [passphrase, 'sesame', encodeURIComponent(passphrase)]) {
      expect(body).not.toContain(hidden)
    }
  }
  expect(await page.content()).not.toContain('sesame')
  expect(portal.output).not.toContain('sesame')
  const stored = readdirSync(portal.directory, { recursive: true, withFileTypes: true })
  for (const file of stored.filter((one) => one.isFile())) {
    const bytes = readFileSync(join(file.parentPath, file.name))
    expect(bytes.includes('sesame'), file.name).toBe(false)
  }
})

test('a certificate, key, and chain in PEM are accepted', async ({ page, authority }) => {
  authority.issue({ name: 'pem' })
  await page.goto('/ssl-certificates/create')
  await choose(page, authority.path('pem.pem'))
  await expect(page.getByText('No private key found')).toBeVisible()
  await choose(page, authority.path('pem.key'), authority.path('ca.pem'))
  await expect(inside(page)).toContainText('CN=pem')
  await expect(inside(page).getByRole('listitem')).toContainText(['CN=Test CA'])
  await create(page)
  await expect(row(page, 'pem')).toContainText('ACTIVE')
})

test('Base64 with line breaks and PEM text are accepted', async ({ page, authority }) => {
  authority.issue({ name: 'pasted' })
  authority.pack('pasted')
  const lines =
    authority
      .read('pasted.p12')
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  await page.goto('/ssl-certificates/create')
  await bundle(page).fill(lines.join('\r\n'))
  await expect(inside(page)).toContainText('CN=pasted')
  await create(page)
  await expect(row(page, 'pasted')).toContainText('ACTIVE')

  await page.goto('/ssl-certificates/create')
  await bundle(page).fill(
    `${authority.read('pasted.key').toString()}${authority.read('pasted.pem').toString()}`,
  )
  await expect(inside(page)).toContainText('CN=pasted')
  await expect(page.getByText(/is missing\)\. Many clients/)).toBeVisible()
  await expect(page.getByText('Another certificate has this name')).toBeVisible()
})

test('unusable bundles are refused before anything is sent', async ({ page, authority }) => {
  authority.issue({ name: 'one' })
  authority.issue({ name: 'two' })
  authority.issue({ name: 'old', days: -1 })
  writeFileSync(authority.path('text.p12'), 'not a certificate at all')
  writeFileSync(authority.path('large.p12'), Buffer.alloc(200_000, 0x30))
  const selfSigned = ['req', '-x509', '-nodes', '-days', '30', '-subj', '/CN=self']
  const files = (name: string) => ['-keyout', `${name}.key`, '-out', `${name}.pem`]
  authority.run(...selfSigned, '-newkey', 'rsa:1024', ...files('weak'))
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1']
  authority.run(...selfSigned, ...curve, ...files('curve'))
  const issuer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial']
  authority.run('x509', '-req', '-in', 'two.csr', ...issuer, '-sha1', '-out', 'sha1.pem')
  writeFileSync(
    authority.path('ssh.key'),
    '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----\n',
  )
  const packed = readFileSync(authority.pack('one'))
  writeFileSync(authority.path('half.p12'), packed.subarray(0, packed.length / 2))
  const bodies = sent(page)
  await page.goto('/ssl-certificates/create')
  const next = page.getByRole('button', { name: 'Next: Review & Create >' })
  await next.click()
  await expect(page.getByText('Required').first()).toBeVisible()
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused()
  await page.getByLabel('Name', { exact: true }).fill('x')
  for (const [files, why] of [
    [['text.p12'], 'Not a PKCS#12, PKCS#7, or PEM file'],
    [['half.p12'], 'The file is damaged or incomplete'],
    [['large.p12'], 'Too large: 200 KB. The limit is'],
    [['one.key'], 'No certificate found'],
    [['one.key', 'two.pem'], "The private key doesn't match the certificate"],
    [['old.key', 'old.pem'], 'The certificate expired on'],
    [['weak.key', 'weak.pem'], 'The key of CN=self is too weak: RSA 1024'],
    [['curve.key', 'curve.pem'], "Browsers don't support EC secp256k1 keys"],
    [['two.key', 'sha1.pem'], 'CN=two is signed with SHA-1 with ECDSA'],
    [['ssh.key', 'one.pem'], 'This is an OpenSSH key'],
  ] as const) {
    await choose(page, ...files.map((file) => authority.path(file)))
    await expect(page.getByText(why)).toBeVisible()
    await next.click()
    await expect(bundle(page)).toBeFocused()
    await expect(bundle(page)).toHaveAttribute('aria-invalid', 'true')
    for (const file of files) await page.getByRole('button', { name: `Remove ${file}` }).click()
    await expect(page.getByText(why)).toBeHidden()
  }
  expect(bodies.filter((body) => body.includes('/key-manager/'))).toHaveLength(
    bodies.filter((body) => body.includes('/key-manager/v1/secrets?limit')).length,
  )
})

test('an error of the server is shown and the form is kept', async ({
  page,
  portal,
  authority,
  pageErrors,
}) => {
  pageErrors.allow(/ERR_/, /failed/)
  authority.issue({ name: 'later' })
  await page.goto('/ssl-certificates/create')
  await choose(page, authority.pack('later'))
  await expect(inside(page)).toContainText('CN=later')
  await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
  await portal.stop()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(page.getByText("Couldn't create the certificate.")).toBeVisible()
  await portal.restart()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(row(page, 'later')).toContainText('ACTIVE')
})

test.describe('when only part of a certificate can be stored', () => {
  for (const part of ['acl', 'metadata']) {
    test(`${part} refused: nothing is left behind, and Create works when repeated`, async ({
      page,
      gateway,
      api,
      authority,
      pageErrors,
    }) => {
      pageErrors.allow(/^403 (PUT|DELETE) /)
      authority.issue({ name: 'parts' })
      await page.goto(`${gateway.url}/ssl-certificates/create`)
      await choose(page, authority.pack('parts'))
      await expect(inside(page)).toContainText('CN=parts')
      await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
      const create = page.getByRole('button', { name: 'Create', exact: true })
      const stored = async () =>
        (await api.request<{ total: number }>('GET', '/key-manager/v1/secrets')).total

      gateway.refuse(new RegExp(`^PUT .*/${part}$`))
      await create.click()
      await expect(page.getByText("Couldn't create the certificate.")).toBeVisible()
      await expect(page.getByText('Part of the certificate was saved')).toBeHidden()
      await expectAccessible(page)
      expect(await stored()).toBe(0)

      // A leftover that cannot be deleted is reported with its id.
      gateway.refuse(new RegExp(`^PUT .*/${part}$`), /^DELETE /)
      await create.click()
      const left = page.getByText("Part of the certificate was saved and couldn't be removed")
      await expect(left).toBeVisible()
      await expectAccessible(page)
      expect(await stored()).toBe(1)
      const id = (await left.innerText()).match(/[0-9a-f-]{36}/)?.[0] ?? ''
      await api.request('DELETE', `/key-manager/v1/secrets/${id}`)

      gateway.refuse()
      await create.click()
      await expect(row(page, 'parts')).toContainText('ACTIVE')
      expect(await stored()).toBe(1)
    })
  }
})

test('leaving with unsaved input asks for confirmation', async ({ page, authority }) => {
  authority.issue({ name: 'x' })
  await page.goto('/ssl-certificates/create')
  await choose(page, authority.pack('x'))
  await page.getByRole('link', { name: 'All Services' }).first().click()
  await page.getByRole('button', { name: 'Stay' }).click()
  await expect(heading(page, 'Create a certificate')).toBeVisible()
  await page.getByRole('link', { name: 'All Services' }).first().click()
  await page.getByRole('button', { name: 'Leave', exact: true }).click()
  await expect(heading(page, 'All Services')).toBeVisible()
})

test.describe('with several entries', () => {
  test.beforeEach(async ({ api, authority }) => {
    authority.issue({ name: 'alpha', names: ['a.example', '*.a.example'], days: 80 })
    authority.issue({ name: 'beta', names: ['b.example'], days: 20 })
    authority.issue({ name: 'gamma', names: ['c.example'], days: 300 })
    for (const name of ['beta', 'alpha', 'gamma']) {
      await api.storeSecret(name, readFileSync(authority.pack(name)))
      await api.nextSecond()
    }
  })

  test('search and sort order survive a reload', async ({ page }) => {
    await page.goto('/ssl-certificates')
    await expect(row(page, 'alpha')).toContainText(/in 79 days/)
    expect(await names(page)).toEqual(['gamma', 'alpha', 'beta'])
    await table(page).getByRole('columnheader', { name: 'Expires' }).getByRole('button').click()
    await expect.poll(() => names(page)).toEqual(['beta', 'alpha', 'gamma'])
    const search = page.getByLabel('Search certificates')
    await search.fill('example a.ex')
    await expect.poll(() => names(page)).toEqual(['alpha'])
    await expect(page).toHaveURL(/search=example%20a\.ex&sort=expires/)
    await page.reload()
    await expect.poll(() => names(page)).toEqual(['alpha'])
    await search.fill('nothing like it')
    await expect(page.getByText('Nothing matches “nothing like it”')).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Clear search' }).first().click()
    await expect(row(page, 'gamma')).toBeVisible()
  })

  test('changes by other clients appear without a reload', async ({ page, api, authority }) => {
    await page.goto('/ssl-certificates')
    await expect(row(page, 'alpha')).toBeVisible()
    const id = await api.storeSecret('delta', readFileSync(authority.pack('alpha')))
    await expect(row(page, 'delta')).toContainText('a.example')
    await api.request('DELETE', `/key-manager/v1/secrets/${id}`)
    await expect(row(page, 'delta')).toBeHidden()
  })

  test('several certificates are deleted together', async ({ page }) => {
    await page.goto('/ssl-certificates')
    await tick(page, 'Select alpha')
    await tick(page, 'Select beta')
    await page.getByRole('button', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog).toContainText(
      '2 certificates and their private keys will be permanently deleted',
    )
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await expect.poll(() => names(page)).toEqual(['gamma'])
  })

  test('other users do not see the certificates', async ({ page, portal, signIn }) => {
    const { credentials } = await portal.addUser('max', 'manager')
    await page.context().clearCookies()
    await signIn(credentials)
    await page.goto('/ssl-certificates')
    await expect(page.getByText('No certificates yet')).toBeVisible()
  })

  test('the pages fit a phone', async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto('/ssl-certificates')
    await expect(row(page, 'alpha')).toBeVisible()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(390)
    await expectAccessible(page)
    await page.goto('/ssl-certificates/create')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await expectAccessible(page)
  })
})

test('a file dropped anywhere on the page is read', async ({ page, authority }) => {
  authority.issue({ name: 'dropped' })
  const bytes = readFileSync(authority.pack('dropped')).toString('base64')
  await page.goto('/ssl-certificates/create')
  await expect(page.getByLabel('Name', { exact: true })).toBeVisible()
  const kept = await page.evaluate((base64) => {
    const data = new DataTransfer()
    const content = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))
    data.items.add(new File([content], 'dropped.p12'))
    const drop = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
    return document.querySelector('h1')?.dispatchEvent(drop)
  }, bytes)
  // The browser does not leave the page for the file.
  expect(kept).toBe(false)
  await expect(inside(page)).toContainText('CN=dropped')
})

test('the menu of a certificate leads to its details and deletes it', async ({
  page,
  api,
  authority,
}) => {
  authority.issue({ name: 'shop' })
  await api.storeSecret('shop', readFileSync(authority.pack('shop')))
  await page.goto('/ssl-certificates')
  await fromMenu(page, 'shop', 'View details')
  await expect(heading(page, 'shop')).toBeVisible()
  await page.goBack()
  await page.getByRole('button', { name: 'Actions for shop' }).click()
  await expect(page.getByRole('menuitem', { name: 'Replace…' })).toBeDisabled()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(row(page, 'shop')).toContainText('DELETING')
})
