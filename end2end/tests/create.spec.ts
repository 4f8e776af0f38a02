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
  // 80 is taken, so 443 is proposed.
  await expect(page.getByLabel('Protocol').nth(1)).toHaveValue('TERMINATED_HTTPS')
  await expect(ports.nth(1)).toHaveValue('443')
  await page.getByLabel('Protocol').nth(1).selectOption('HTTP')
  await ports.nth(0).fill('8080')
  await ports.nth(1).fill('8080')
  await next(page).click()
  await expect(review(page)).toBeHidden()
  await expect(ports.nth(1)).toHaveAttribute('aria-invalid', 'true')
  await expect(ports.nth(1)).toHaveAccessibleDescription('Port 8080 is used by listener 1')
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
  await page.getByRole('button', { name: 'Add Server' }).click()
  await page.getByLabel('Private IP').last().fill('300.1.1.1')
  await next(page).click()
  await expect(page.getByLabel('Private IP').last()).toHaveAttribute('aria-invalid', 'true')
  await expect(review(page)).toBeHidden()
})

test('the review shows every part with a way back, and the same as code', async ({ page }) => {
  await name(page).fill('shop')
  await page.getByRole('radio', { name: /LEAST_CONNECTIONS/ }).press('Space')
  await next(page).click()
  const main = page.getByRole('main')
  await expect(main).toContainText('shop')
  await expect(main).toContainText('LEAST_CONNECTIONS')
  await expect(main).toContainText('HTTP GET / 200 every 5 s')
  await expect(main.getByText('No servers. Requests fail (503) until you add one.')).toBeVisible()
  await unfold(page, 'As code')
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

test('a type keeps its listeners while another one is tried', async ({ page }) => {
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  const type = (name: string) => page.getByRole('radio', { name }).check({ force: true })
  const protocol = page.getByLabel('Protocol')
  const port = page.getByLabel('Port', { exact: true })
  const check = page.getByLabel('Check', { exact: true })
  await port.nth(1).fill('8443')
  await expect(check).toHaveValue('HTTP')
  await type('Network Load Balancer')
  await expect(protocol).toHaveCount(1)
  await expect(protocol).toHaveValue('TCP')
  await expect(check).toHaveValue('TCP')
  await port.fill('5432')
  await type('Application Load Balancer')
  await expect(protocol).toHaveCount(2)
  await expect(protocol.nth(0)).toHaveValue('HTTP')
  await expect(protocol.nth(1)).toHaveValue('TERMINATED_HTTPS')
  await expect(port.nth(1)).toHaveValue('8443')
  await expect(check).toHaveValue('HTTP')
  await type('Network Load Balancer')
  await expect(port).toHaveValue('5432')
})

test('an address with a port is split when Enter is pressed', async ({ page }) => {
  await expect(name(page)).toBeFocused()
  await name(page).fill('shop')
  await page.getByRole('button', { name: 'Add Server' }).click()
  await page.getByLabel('Private IP').fill('192.0.2.10:8080')
  await page.getByLabel('Private IP').press('Enter')
  await expect(review(page)).toBeVisible()
  const servers = page.getByRole('table', { name: 'Servers' })
  await expect(servers).toContainText('192.0.2.10')
  await expect(servers).toContainText('8080')
})

test('full-width digits are converted', async ({ page }) => {
  const port = page.getByLabel('Port', { exact: true })
  await port.fill('４４３')
  await expect(port).toHaveValue('443')
})

test('a VIP address outside of the network is refused at its field', async ({ page }) => {
  await name(page).fill('shop')
  const vip = page.getByLabel('VIP address')
  await vip.fill('203.0.113.7')
  await next(page).click()
  await expect(vip).toBeFocused()
  await expect(vip).toHaveAccessibleDescription(/Enter an address in 127\./)
  await expectAccessible(page)
})

test('many pasted servers are a table, without repeats, and can be undone', async ({ page }) => {
  await name(page).fill('shop')
  await page.getByRole('button', { name: 'Add multiple' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add multiple' })
  const lines = Array.from({ length: 60 }, (_, i) => `192.0.2.${i + 1}:80`)
  const text = [...lines, '192.0.2.1:80', '192.0.2.2 80', '192.0.2.99:80 300', '192.0.2.98'].join(
    '\n',
  )
  await dialog.getByLabel('Servers, one per line').fill(text)
  await expect(dialog).toContainText('2 repeats left out.')
  await expect(dialog).toContainText('2 lines left out:')
  await expect(dialog).toContainText('Line 63, “192.0.2.99:80 300”: Weight must be 0 to 256')
  await expect(dialog).toContainText('Line 64, “192.0.2.98”: Port is missing')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Add 60' }).click()
  const table = page.getByRole('table', { name: 'New servers' })
  await expect(table).toHaveAttribute('aria-rowcount', '61')
  expect(await table.getByRole('row').count()).toBeLessThan(50)
  await expectAccessible(page)
  await page.getByText('60 servers added.').getByRole('button', { name: 'Undo' }).click()
  await expect(table).toBeHidden()

  await page.getByRole('button', { name: 'Add multiple' }).click()
  await dialog.getByLabel('Servers, one per line').fill(lines.join('\n'))
  await dialog.getByRole('button', { name: 'Add 60' }).click()
  // An error in a row that is not drawn gets focus.
  await table.getByLabel('Weight').first().fill('999')
  await table.getByRole('row').last().scrollIntoViewIfNeeded()
  await next(page).click()
  await expect(page.getByLabel('Weight').and(page.locator('[aria-invalid=true]'))).toBeFocused()
  await page.getByRole('button', { name: 'Remove all' }).click()
  await expect(table).toBeHidden()
  await page.getByText('60 servers removed.').getByRole('button', { name: 'Undo' }).click()
  await expect(table).toHaveAttribute('aria-rowcount', '61')
})

test('Tab goes through the rows of a long table, and there is a way past it', async ({ page }) => {
  await page.getByRole('button', { name: 'Add multiple' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add multiple' })
  const lines = Array.from({ length: 40 }, (_, i) => `192.0.2.${i + 1}:80`)
  await dialog.getByLabel('Servers, one per line').fill(lines.join('\n'))
  await dialog.getByRole('button', { name: 'Add 40' }).click()
  const table = page.getByRole('table', { name: 'New servers' })
  const address = table.getByLabel('Private IP')
  await address.first().focus()
  const focused = () =>
    page.evaluate(() => (document.activeElement as HTMLInputElement | null)?.value)
  const addresses: unknown[] = []
  for (let row = 0; row < lines.length; row += 1) {
    addresses.push(await focused())
    // Port, weight, backup, options, remove, and the next address.
    for (let stop = 0; stop < 6; stop += 1) await page.keyboard.press('Tab')
  }
  expect(addresses).toEqual(lines.map((line) => line.replace(':80', '')))
  await expect(page.getByRole('button', { name: 'Add Server' })).toBeFocused()
  await page.getByRole('button', { name: 'Skip the table' }).press('Enter')
  await expect(page.getByRole('button', { name: 'Add Server' })).toBeFocused()
})

test('Next and Create are visible at every scroll position', async ({ page }) => {
  await expect(next(page)).toBeInViewport({ ratio: 1 })
  await name(page).fill('shop')
  await next(page).click()
  await expect(page.getByRole('button', { name: 'Create', exact: true })).toBeInViewport({
    ratio: 1,
  })
})

test('a reader sees why before typing anything', async ({ page, portal, signIn }) => {
  const reader = await portal.addUser('reader', 'reader')
  await signIn(reader.credentials)
  await page.goto('/load-balancers/create')
  await expect(page.getByRole('main')).toContainText('Your role is view-only')
  await expectAccessible(page)
})

for (const lost of ['one answer', 'every answer'] as const) {
  test(`a Create that loses ${lost} makes one load balancer`, async ({
    page,
    api,
    gateway,
    pageErrors,
  }) => {
    pageErrors.allow(/ERR_EMPTY_RESPONSE|failed .* net::ERR_/)
    await page.goto(`${gateway.url}/load-balancers/create`)
    await name(page).fill('shop')
    await page.getByLabel('Port', { exact: true }).fill('8080')
    await next(page).click()
    const times = lost === 'one answer' ? 1 : Infinity
    const stop = gateway.dropResponses(/^POST \S+\/lbaas\/loadbalancers$/, times)
    const create = page.getByRole('button', { name: 'Create', exact: true })
    await create.click()
    if (lost === 'every answer') {
      const main = page.getByRole('main')
      await expect(main.getByText('may or may not have been created')).toBeVisible()
      await expect(main).not.toContainText("Couldn't create")
      stop()
      // Known after a reload, too.
      page.on('dialog', (question) => void question.accept())
      await page.reload()
      await create.click()
    }
    await expect(row(page, 'shop')).toContainText('ACTIVE')
    const { loadbalancers } = await api.request<{ loadbalancers: object[] }>(
      'GET',
      '/load-balancer/v2/lbaas/loadbalancers',
    )
    expect(loadbalancers).toHaveLength(1)
  })
}
