import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expectAccessible } from '../fixtures/accessibility.ts'
import { confirm, dialog, openDialog } from '../fixtures/edit_dialog.ts'
import { settledByName } from '../fixtures/graph.ts'
import { row } from '../fixtures/locators.ts'
import type { Authority } from '../fixtures/openssl.ts'
import { editor, fillCondition, save } from '../fixtures/rules.ts'
import { type Page, expect, test } from '../fixtures/test.ts'
import type { Whoami } from '../fixtures/whoami.ts'

const PORT = 8443

test.beforeEach(async ({ signIn }) => signIn())

/** What curl prints of a URL of the load balancer, verified by the authority. */
async function curl(
  authority: Authority,
  vip: string,
  host: string,
  path: string,
  client?: string,
): Promise<string> {
  const identity = client ? ['--cert', `${client}.pem`, '--key', `${client}.key`] : []
  const { stdout } = await promisify(execFile)(
    'curl',
    [
      ...['--silent', '--show-error', '--fail', '--max-time', '10', '--cacert', 'ca.pem'],
      ...['--resolve', `${host}:${PORT}:${vip}`, ...identity],
      `https://${host}:${PORT}${path}`,
    ],
    { cwd: authority.directory },
  )
  return stdout
}

/** Creates the load balancer `site` in the wizard: one listener for clients with a certificate. */
async function createInWizard(page: Page, authority: Authority, server: Whoami): Promise<void> {
  await page.goto('/load-balancers/create')
  await page.getByLabel('Name', { exact: true }).first().fill('site')
  await page.getByLabel('Protocol').selectOption({ label: 'HTTPS with SSL' })
  await page.getByLabel('Port', { exact: true }).fill(String(PORT))
  await page.getByRole('button', { name: 'Add Server' }).click()
  await page.getByLabel('Private IP').fill(server.address)
  await page.getByRole('button', { name: 'Create a certificate' }).click()
  const certificate = page.getByRole('dialog', { name: 'Create a certificate' })
  await certificate.getByLabel('Choose files').setInputFiles(authority.pack('shop'))
  await certificate.getByRole('button', { name: 'Next: Review & Create >' }).click()
  await certificate.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(certificate).toBeHidden()
  await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(row(page, 'site')).toContainText('ACTIVE')
}

/** Adds server groups, and requires client certificates, in the edit dialog. */
async function edit(page: Page, id: string, authority: Authority, groups: Whoami[]): Promise<void> {
  await openDialog(page, id)
  for (const [index, server] of groups.entries()) {
    await dialog(page).getByRole('button', { name: 'New server group' }).click()
    const card = dialog(page).getByRole('region', {
      name: `Server group · Server group ${index + 2}`,
    })
    await card.getByRole('button', { name: 'Add Server' }).click()
    await card.getByLabel('Private IP').fill(server.address)
    await card.getByLabel('Server group name').fill(server.name)
  }
  const listener = dialog(page).getByRole('group', { name: `Listener HTTPS with SSL ${PORT}` })
  const more = listener.getByRole('button', { name: 'More options' })
  if ((await more.getAttribute('aria-expanded')) === 'false') await more.click()
  await listener.getByLabel('Client certificates').selectOption({ label: 'Required' })
  const authorities = listener.getByRole('group', { name: 'CA certificates' })
  await authorities.locator('input[type=file]').setInputFiles(authority.path('ca.pem'))
  await expect(authorities).toContainText('ca.pem')
  await confirm(page, id)
}

test('in the browser alone: two hosts and a path of one HTTPS listener, for known clients', async ({
  page,
  api,
  authority,
  whoami,
}) => {
  test.slow()
  const [web, shop, other] = [await whoami('web'), await whoami('shop'), await whoami('api')]
  authority.issue({ name: 'shop', names: ['shop.example', 'www.example'] })
  authority.issue({ name: 'client', names: ['client.example'] })
  await createInWizard(page, authority, web)
  const { id, vip_address: vip } = await settledByName(api, 'site')
  await edit(page, id, authority, [shop, other])

  await page.goto(`/load-balancers/${id}?tab=rules`)
  const rules = page.getByRole('list', { name: `Rules of HTTPS with SSL ${PORT}` })
  await expect(rules.getByRole('listitem')).toHaveCount(1)
  await page.getByRole('button', { name: 'Add rule' }).click()
  await fillCondition(page, 1, 'HOST_NAME', 'is', 'shop.example')
  await editor(page).getByRole('button', { name: 'Add condition' }).click()
  await fillCondition(page, 2, 'PATH', 'starts with', '/api')
  await editor(page).getByLabel('Server group').selectOption({ label: 'api' })
  await editor(page).getByRole('button', { name: 'Apply' }).click()
  await page.getByRole('button', { name: 'Add rule' }).click()
  await fillCondition(page, 1, 'HOST_NAME', 'is', 'shop.example')
  await editor(page).getByLabel('Server group').selectOption({ label: 'shop' })
  await editor(page).getByRole('button', { name: 'Apply' }).click()
  await expectAccessible(page)
  await save(page)

  for (const [host, path, server] of [
    ['shop.example', '/', 'shop'],
    ['shop.example', '/api/v1', 'api'],
    ['www.example', '/api', 'web'],
  ] as const) {
    await expect
      .poll(() => curl(authority, vip, host, path, 'client').catch(String), { timeout: 30_000 })
      .toMatch(new RegExp(`^${server}\\b`))
    await expect(curl(authority, vip, host, path)).rejects.toThrow(/alert|handshake|reset|closed/i)
  }
})
