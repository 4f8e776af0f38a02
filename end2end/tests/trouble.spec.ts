import { expectAccessible } from '../fixtures/accessibility.ts'
import { createButton, row, search } from '../fixtures/locators.ts'
import { admin } from '../fixtures/portal.ts'
import { expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

test('a server that is gone is missed quietly, and back by itself', async ({
  page,
  api,
  portal,
  watch,
}) => {
  watch.expect(/failed .* net::ERR_/, /ERR_CONNECTION|ERR_INCOMPLETE|EventSource/, /Failed to fetch/)
  const kept = await api.active({ name: 'kept', port: 8080 })
  await page.goto('/load-balancers')
  await expect(row(page, 'kept')).toContainText('ACTIVE')
  await expect(page.getByText(/^Last updated/)).toBeVisible()
  await search(page).fill('ke')
  const banner = page.getByText('The connection to the server is lost')
  await portal.down()
  await expect(banner).toBeVisible()
  await expect(row(page, 'kept')).toBeVisible()
  await expect(search(page)).toHaveValue('ke')
  await expectAccessible(page)
  await portal.again()
  await expect(banner).toBeHidden({ timeout: 60_000 })
  // It hears of changes again, without a word from anybody here.
  await api.update(kept.id, { name: 'kept well' })
  await expect(row(page, 'kept well')).toBeVisible()
})

test('a form outlives the server', async ({ page, portal, watch }) => {
  watch.expect(/failed .* net::ERR_/, /ERR_CONNECTION|ERR_INCOMPLETE|EventSource/, /Failed to fetch/)
  await page.goto('/load-balancers')
  await createButton(page).first().click()
  await page.getByLabel('Name', { exact: true }).fill('typed before')
  await portal.down()
  await expect(page.getByText('The connection to the server is lost')).toBeVisible()
  await page.getByLabel(/^Description/).fill('and after')
  await portal.again()
  await expect(page.getByText('The connection to the server is lost')).toBeHidden({
    timeout: 60_000,
  })
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('typed before')
  await expect(page.getByLabel(/^Description/)).toHaveValue('and after')
})

test('a session that ends is renewed in place, and what was typed goes on', async ({
  page,
  watch,
}) => {
  watch.expect(/^401 /)
  await page.goto('/load-balancers')
  await createButton(page).first().click()
  await page.getByLabel('Name', { exact: true }).fill('goes on')
  await page.getByLabel('Port', { exact: true }).fill('8080')
  await page.getByRole('button', { name: /^Next/ }).click()
  await page.context().clearCookies()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('Your session has ended')
  await expectAccessible(page)
  await dialog.getByLabel('Password', { exact: true }).fill(admin.password)
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(row(page, 'goes on')).toContainText('ACTIVE')
})

test('a slow answer keeps its place, and comes', async ({ page, api, portal }) => {
  await api.active({ name: 'late', port: 8080 })
  await page.goto('/')
  await expect(page.getByText('Healthy').first()).toBeVisible()
  await page.getByRole('navigation').getByRole('link', { name: 'Load Balancing' }).click()
  await expect(row(page, 'late')).toBeVisible()
  portal.freeze()
  const refresh = page.getByRole('button', { name: 'Refresh' })
  await refresh.click()
  await expect(refresh).toHaveAttribute('aria-busy', 'true')
  await expect(row(page, 'late')).toBeVisible()
  portal.thaw()
  await expect(refresh).not.toHaveAttribute('aria-busy', 'true')
})

