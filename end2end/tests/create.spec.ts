import { expectAccessible } from '../fixtures/accessibility.ts'
import { stopIntervals } from '../fixtures/clock.ts'
import { row } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn, page }) => {
  await signIn()
  await page.goto('/load-balancers/create')
  await expect(page.getByRole('heading', { name: 'Configure' })).toBeVisible()
})

const next = (page: Page) => page.getByRole('button', { name: 'Next: Review & Create >' })
const name = (page: Page) => page.getByLabel('Name', { exact: true }).first()
const review = (page: Page) => page.getByRole('heading', { name: 'Review', exact: true })

async function unfold(page: Page, summary: string): Promise<void> {
  await page.locator('summary', { hasText: summary }).click()
}

test('a name is the only required input', async ({ page }) => {
  await expectAccessible(page)
  await name(page).fill('shop')
  await expect(page.getByLabel('Protocol')).toHaveValue('HTTP')
  await expect(page.getByLabel('Port', { exact: true })).toHaveValue('80')
  await next(page).click()
  await expect(review(page)).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(page).toHaveURL(/\/load-balancers$/)
  await expect(row(page, 'shop')).toContainText(/ACTIVE|ERROR/)
})

test('a missing name is reported at its field, which gets focus', async ({ page }) => {
  await next(page).click()
  await expect(review(page)).toBeHidden()
  await expect(name(page)).toHaveAttribute('aria-invalid', 'true')
  await expect(name(page)).toBeFocused()
  await expectAccessible(page)
})

test('no errors are shown during the first input', async ({ page }) => {
  await name(page).pressSequentially('s')
  await expect(page.locator('[aria-invalid=true]')).toHaveCount(0)
})

test('Back and Next keep all input', async ({ page }) => {
  await name(page).fill('shop')
  await page.getByLabel('Description').fill('what is sold')
  await page.getByRole('radio', { name: 'Network Load Balancer' }).check({ force: true })
  await page.getByLabel('Port', { exact: true }).fill('5432')
  await next(page).click()
  await expect(review(page)).toBeVisible()
  await expect(page.getByRole('main')).toContainText('5432')
  await page.getByRole('button', { name: '< Back' }).click()
  await expect(name(page)).toHaveValue('shop')
  await expect(page.getByLabel('Description')).toHaveValue('what is sold')
  await expect(page.getByRole('radio', { name: 'Network Load Balancer' })).toBeChecked()
  await expect(page.getByLabel('Protocol')).toHaveValue('TCP')
  await expect(page.getByLabel('Port', { exact: true })).toHaveValue('5432')
})

test('two listeners on one port are refused at the field', async ({ page }) => {
  await name(page).fill('shop')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  const ports = page.getByLabel('Port', { exact: true })
  await expect(ports).toHaveCount(2)
  await ports.nth(0).fill('8080')
  await ports.nth(1).fill('8080')
  await next(page).click()
  await expect(review(page)).toBeHidden()
  await expect(ports.nth(1)).toHaveAttribute('aria-invalid', 'true')
  await ports.nth(1).fill('8081')
  await next(page).click()
  await expect(review(page)).toBeVisible()
})

test('a port is a number from 1 to 65535', async ({ page }) => {
  await name(page).fill('shop')
  for (const bad of ['0', '65536', 'x', '']) {
    await page.getByLabel('Port', { exact: true }).fill(bad)
    await next(page).click()
    await expect(page.getByLabel('Port', { exact: true })).toHaveAttribute('aria-invalid', 'true')
  }
})

test('servers are added one by one and pasted as many lines', async ({ page, api }) => {
  await name(page).fill('shop')
  await page.getByLabel('Port', { exact: true }).first().fill('8080')
  await unfold(page, 'Servers')
  await page.getByRole('button', { name: 'Add Server' }).click()
  const address = page.getByLabel('Private IP').last()
  await address.focus()
  await page.evaluate(
    'navigator.clipboard.writeText("192.0.2.10:80\\n192.0.2.11:8080\\n\\n192.0.2.12 81\\n")',
  )
  await page.keyboard.press('ControlOrMeta+V')
  await expect(page.getByLabel('Private IP')).toHaveCount(3)
  await expectAccessible(page)
  await next(page).click()
  await expect(review(page)).toBeVisible()
  await expect(page.getByRole('main')).toContainText('192.0.2.11')
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(row(page, 'shop')).toContainText('ACTIVE')
  const { members } = await api.request<{ members: { address: string; protocol_port: number }[] }>(
    'GET',
    '/portal/members',
  )
  expect(members.map((m) => `${m.address}:${m.protocol_port}`).toSorted()).toEqual([
    '192.0.2.10:80',
    '192.0.2.11:8080',
    '192.0.2.12:81',
  ])
})

test('removing a row can be undone, and focus stays next to it', async ({ page }) => {
  await stopIntervals(page)
  const port = page.getByLabel('Port', { exact: true })
  await port.fill('8080')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await port.nth(1).fill('8081')
  await page.getByRole('button', { name: 'Remove listener 1' }).click()
  await expect(port).toHaveValue('8081')
  await expect(page.getByRole('button', { name: 'Remove listener 1' })).toBeFocused()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(port).toHaveCount(2)
  await expect(port.first()).toHaveValue('8080')

  await unfold(page, 'Servers')
  const add = page.getByRole('button', { name: 'Add Server' })
  const address = page.getByLabel('Private IP')
  for (const [n, ip] of ['192.0.2.1', '192.0.2.2', '192.0.2.3'].entries()) {
    if ((await address.count()) <= n) await add.click()
    await address.nth(n).fill(ip)
  }
  await page.getByRole('button', { name: 'Remove server 2' }).press('Enter')
  await expect(address).toHaveCount(2)
  await expect(page.getByRole('button', { name: 'Remove server 2' })).toBeFocused()
  await expect(page.getByText('Server 192.0.2.2 removed')).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('ControlOrMeta+z')
  await expect(address.nth(1)).toHaveValue('192.0.2.2')
  // Removing an empty row offers no Undo.
  await add.click()
  await page.getByRole('button', { name: 'Remove server 4' }).press('Enter')
  await expect(page.getByRole('button', { name: 'Remove server 3' })).toBeFocused()
  await expect(page.getByText(/^Server .* removed$/)).toHaveCount(0)
  for (const n of [3, 2, 1]) {
    await page.getByRole('button', { name: `Remove server ${n}` }).press('Enter')
    await expect(address).toHaveCount(n - 1)
  }
  await expect(add).toBeFocused()
})

test('an invalid address is refused at its field', async ({ page }) => {
  await name(page).fill('shop')
  await unfold(page, 'Servers')
  await page.getByRole('button', { name: 'Add Server' }).click()
  await page.getByLabel('Private IP').last().fill('300.1.1.1')
  await next(page).click()
  await expect(page.getByLabel('Private IP').last()).toHaveAttribute('aria-invalid', 'true')
  await expect(review(page)).toBeHidden()
})

test('the review shows every part with a way back, and the same as code', async ({ page }) => {
  await name(page).fill('shop')
  await page.getByRole('radio', { name: /LEAST_CONNECTIONS/ }).press('Space')
  await unfold(page, 'Health check')
  await next(page).click()
  const main = page.getByRole('main')
  await expect(main).toContainText('shop')
  await expect(main).toContainText('LEAST_CONNECTIONS')
  await expect(main).toContainText('loopback')
  for (const [tab, text] of [
    [/openstack/i, 'openstack loadbalancer create'],
    [/Terraform/, 'resource "openstack_lb_loadbalancer_v2"'],
    [/API|request/i, '"loadbalancer"'],
  ] as const) {
    await page.getByRole('tab', { name: tab }).click()
    await expect(main).toContainText(text)
    await expectAccessible(page)
  }
  await page.getByRole('button', { name: /^Edit/ }).first().click()
  await expect(name(page)).toHaveValue('shop')
})

test('leaving with unsaved input asks for confirmation', async ({ page }) => {
  await name(page).fill('shop')
  let asked = 0
  page.on('dialog', async (dialog) => {
    asked += 1
    await dialog.dismiss()
  })
  await page.getByRole('navigation').getByRole('link', { name: 'All Services' }).click()
  const question = page.getByRole('dialog')
  await expect.poll(async () => asked + (await question.count())).toBeGreaterThan(0)
  if (asked === 0) await page.keyboard.press('Escape')
  await expect(name(page)).toHaveValue('shop')
  await expect(page).toHaveURL(/\/load-balancers\/create/)
})

test('an unreachable server is reported and the form is kept', async ({
  page,
  portal,
  pageErrors,
}) => {
  // The page preloads from the stopped server.
  pageErrors.allow(/failed .* net::ERR_/, /ERR_CONNECTION|ERR_INCOMPLETE/)
  await name(page).fill('shop')
  await page.getByLabel('Port', { exact: true }).fill('8080')
  await next(page).click()
  await portal.stop()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(
    page
      .getByRole('main')
      .getByText(/isn't responding/)
      .first(),
  ).toBeVisible()
  await portal.restart()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(row(page, 'shop')).toContainText('ACTIVE')
})

test('a load balancer is created with the keyboard only', async ({ page }) => {
  await name(page).focus()
  await page.keyboard.type('typed')
  for (let tabs = 0; tabs < 60; tabs += 1) {
    await page.keyboard.press('Tab')
    if (await next(page).evaluate((e) => e === document.activeElement)) break
  }
  await page.keyboard.press('Enter')
  await expect(review(page)).toBeVisible()
  const create = page.getByRole('button', { name: 'Create', exact: true })
  for (let tabs = 0; tabs < 60; tabs += 1) {
    await page.keyboard.press('Tab')
    if (await create.evaluate((e) => e === document.activeElement)) break
  }
  await page.keyboard.press('Enter')
  await expect(row(page, 'typed')).toBeVisible()
})
