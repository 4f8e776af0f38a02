import { readFileSync } from 'node:fs'
import { expectAccessible } from '../fixtures/accessibility.ts'
import { admin } from '../fixtures/portal.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const certificate = (page: Page) => page.getByLabel('SSL certificate', { exact: true })

test('expired certificates are shown on All Services and disabled in the wizard', async ({
  page,
  api,
  authority,
}) => {
  authority.issue({ name: 'fine', days: 90 })
  authority.issue({ name: 'over', days: -1 })
  await api.storeSecret('fine', readFileSync(authority.pack('fine')))
  await api.storeSecret('over', readFileSync(authority.pack('over')))
  await page.goto('/')
  const main = page.getByRole('main')
  await expect(main.getByRole('link', { name: 'over' })).toBeVisible()
  await expect(main).toContainText('Expired')
  await expect(main).toContainText('Valid')
  await expectAccessible(page)
  // The wizard shows an expired certificate disabled.
  await page.goto('/load-balancers/create')
  await page.getByLabel('Protocol').selectOption({ label: 'HTTPS with SSL' })
  await expect(certificate(page).locator('option', { hasText: 'over' })).toHaveText(
    'over (expired)',
  )
  await expect(certificate(page).locator('option', { hasText: 'over' })).toBeDisabled()
})

test('certificates that expire soon are announced once a day at sign-in', async ({
  page,
  api,
  authority,
}) => {
  authority.issue({ name: 'fine', days: 90 })
  authority.issue({ name: 'soon', days: 6.5, since: 300 })
  await api.storeSecret('fine', readFileSync(authority.pack('fine')))
  await api.storeSecret('soon', readFileSync(authority.pack('soon')))
  await page.context().clearCookies()
  const signIn = async (to: string) => {
    await page.goto(to)
    await page.getByLabel('User', { exact: true }).fill(admin.user)
    await page.getByLabel('Password', { exact: true }).fill(admin.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  }
  const notice = page.getByRole('status').filter({ hasText: 'soon expires in 6 days.' })
  // On any page after sign-in.
  await signIn('/load-balancers')
  await expect(heading(page, 'Load Balancer Management')).toBeVisible()
  await expect(notice).toBeVisible()
  await expectAccessible(page)
  await notice.getByRole('link', { name: 'Show' }).click()
  await expect(heading(page, 'soon')).toBeVisible()
  await notice.getByRole('button', { name: 'Dismiss' }).click()
  await expect(notice).toBeHidden()
  // Once a day.
  await page.goto('/')
  const main = page.getByRole('main')
  await expect(main.getByRole('link', { name: 'soon' })).toBeVisible()
  await expect(main).toContainText('Expiring')
  await page.goto('/ssl-certificates')
  await expect(page.getByRole('link', { name: 'soon', exact: true })).toBeVisible()
  await expect(notice).toBeHidden()
  // Another expired certificate is announced again.
  authority.issue({ name: 'over', days: -1 })
  await api.storeSecret('over', readFileSync(authority.pack('over')))
  await page.goto('/')
  const both = page
    .getByRole('status')
    .filter({ hasText: '2 certificates have expired or soon will.' })
  await expect(both).toBeVisible()
  await both.getByRole('link', { name: 'Show' }).click()
  await expect(page).toHaveURL(/\/ssl-certificates\?sort=expires/)
  await expectAccessible(page)
})
