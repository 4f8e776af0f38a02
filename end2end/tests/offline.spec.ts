import { expectAccessible } from '../fixtures/accessibility.ts'
import { keyboardReady, row } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

/** Takes the network away, or gives it back. The browser of a machine without one fires no event. */
async function setOffline(page: Page, isOffline: boolean): Promise<void> {
  await page.context().setOffline(isOffline)
  await page.evaluate(`dispatchEvent(new Event('${isOffline ? 'offline' : 'online'}'))`)
}

test('without a network a form is kept, and the page is live again with it', async ({
  page,
  api,
  pageErrors,
}) => {
  pageErrors.allow(/failed .*net::ERR_/, /ERR_INTERNET_DISCONNECTED|EventSource|Failed to fetch/)
  const { id } = await api.createActive({ name: 'before', port: 8080 })
  await page.goto('/load-balancers/create')
  const name = page.getByLabel('Name', { exact: true }).first()
  await name.fill('typed')
  await expect(keyboardReady(page)).toBeAttached()
  const banner = page.getByText('Connection lost')
  await setOffline(page, true)
  await expect(banner).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  // Whether the request has arrived is not known, and asking again creates no second one.
  await expect(page.getByRole('form')).toContainText('may or may not have been created')

  await setOffline(page, false)
  await expect(banner).toBeHidden({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(row(page, 'typed')).toContainText('ACTIVE')
  // One was created, and changes arrive again.
  await expect(page.getByRole('rowheader').filter({ hasText: 'typed' })).toHaveCount(1)
  await api.update(id, { name: 'after' })
  await expect(row(page, 'after')).toBeVisible()
})
