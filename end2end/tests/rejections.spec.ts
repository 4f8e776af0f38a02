import { expectAccessible } from '../fixtures/accessibility.ts'
import {
  OCTAVIA,
  confirm,
  dialog,
  membersOf,
  okButton,
  openDialog,
} from '../fixtures/edit_dialog.ts'
import { row } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

const create = (page: Page) => page.getByRole('button', { name: 'Create', exact: true })
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true }).first()

async function review(page: Page, name: string): Promise<void> {
  await field(page, 'Name').fill(name)
  await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
  await expect(create(page)).toBeVisible()
}

test('a VIP that is in use is reported at its field in the wizard', async ({
  page,
  api,
  pageErrors,
}) => {
  pageErrors.allow(/409 POST/)
  const { vip_address } = await api.createActive({ name: 'first', protocol: 'HTTP', port: 8080 })
  await page.goto('/load-balancers/create')
  const vip = page.getByLabel('VIP address')
  await vip.fill(vip_address)
  await review(page, 'second')
  await create(page).click()

  await expect(page).toHaveURL(/\/load-balancers\/create$/)
  await expect(vip).toBeFocused()
  await expect(vip).toHaveAttribute('aria-invalid', 'true')
  await expect(vip).toHaveAccessibleDescription(new RegExp(`${vip_address} is already in use`))
  await expect(page.getByRole('form').getByRole('alert')).toContainText(
    "Couldn't create the load balancer.",
  )
  await expect(field(page, 'Name')).toHaveValue('second')
  await expectAccessible(page)

  await vip.fill('')
  await expect(page.getByRole('form').getByRole('alert')).toBeHidden()
  await review(page, 'second')
  await create(page).click()
  await expect(row(page, 'second')).toContainText('ACTIVE')
})

test('a rejection follows the translations that arrive after it', async ({
  page,
  api,
  pageErrors,
}) => {
  pageErrors.allow(/409 POST/)
  const { vip_address } = await api.createActive({ name: 'first', protocol: 'HTTP', port: 8080 })
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  await page.route(/\/welcome-\w+\.wasm$/, async (route) => {
    await held
    await route.continue()
  })
  await page.goto('/load-balancers/create')
  const vip = page.getByLabel('VIP address')
  await vip.fill(vip_address)
  await review(page, 'second')
  await create(page).click()
  await expect(vip).toHaveAccessibleDescription(/already allocated in subnet/)
  release()
  await expect(vip).toHaveAccessibleDescription(new RegExp(`${vip_address} is already in use`))
  await expect(page.getByRole('form').getByRole('alert')).toContainText('is already in use')
})

test('a refusal of no single field is above the button', async ({ page, api, pageErrors }) => {
  pageErrors.allow(/403 POST/)
  const { projects } = await api.request<{ projects: { id: string }[] }>(
    'GET',
    '/identity/v3/auth/projects',
  )
  const project = projects[0]?.id ?? ''
  await api.request('PUT', `${OCTAVIA}/quotas/${project}`, { quota: { listener: 0 } })
  await page.goto('/load-balancers/create')
  await review(page, 'third')
  await create(page).click()
  const alert = page.getByRole('form').getByRole('alert')
  await expect(alert).toContainText('The project has reached its quota of: listeners')
  await expect(create(page)).toBeVisible()
  await expect(alert.getByRole('button')).toHaveCount(0)
})

test('a refused server is reported at its field in the edit dialog', async ({
  page,
  api,
  pageErrors,
}) => {
  pageErrors.allow(/400 POST/)
  const made = await api.createActive({
    name: 'shop',
    protocol: 'HTTP',
    port: 8080,
    members: [{ address: '192.0.2.1', protocol_port: 80 }],
  })
  await openDialog(page, made.id)
  await field(page, 'Description').fill('what is sold')
  await dialog(page).getByRole('button', { name: 'Add Server' }).click()
  const address = dialog(page)
    .getByLabel(/^Private IP/)
    .last()
  // The load balancer itself.
  await address.fill(`${made.vip_address}:8080`)
  await address.blur()
  await okButton(page).click()

  await expect(address).toBeFocused()
  await expect(address).toHaveValue(made.vip_address)
  await expect(address).toHaveAttribute('aria-invalid', 'true')
  await expect(address).toHaveAccessibleDescription(/is the load balancer itself/)
  await expect(dialog(page).getByRole('alert')).toContainText('Not saved: Add server')
  await expectAccessible(page)

  await address.fill('192.0.2.2')
  await confirm(page, made.id)
  const members = await membersOf(api, made.id)
  expect(members.map((member) => member.address).sort()).toEqual(['192.0.2.1', '192.0.2.2'])
  const { loadbalancer } = await api.request<{ loadbalancer: { description: string } }>(
    'GET',
    `${OCTAVIA}/loadbalancers/${made.id}`,
  )
  expect(loadbalancer.description).toBe('what is sold')
})
