import { expectAccessible } from '../fixtures/accessibility.ts'
import { passTime, stopIntervals } from '../fixtures/clock.ts'
import { admin } from '../fixtures/portal.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

async function fillIn(page: Page, user: string, password: string, project = ''): Promise<void> {
  await page.getByLabel('User', { exact: true }).fill(user)
  await page.getByLabel('Password', { exact: true }).fill(password)
  if (project) await page.getByLabel('Project').fill(project)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

test('sign-in leads to All Services', async ({ page }) => {
  await page.goto('/')
  await expect(page).toHaveURL(/\/login/)
  await expect(page).toHaveTitle(/Sign in/)
  await expectAccessible(page)
  await fillIn(page, admin.user, admin.password)
  await expect(page.getByRole('heading', { level: 1, name: 'All Services' })).toBeVisible()
  await expect(page).toHaveURL(/\/$/)
  await expect(page.getByRole('button', { name: admin.user })).toBeVisible()
})

test('the token stays out of JavaScript and the password out of the URL', async ({ page }) => {
  await page.goto('/login')
  await fillIn(page, admin.user, admin.password)
  await expect(page.getByRole('heading', { level: 1, name: 'All Services' })).toBeVisible()
  expect(await page.evaluate('document.cookie')).toBe('')
  const kept = await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')
  expect(kept).not.toContain(admin.password)
  const [cookie] = await page.context().cookies()
  expect(cookie).toMatchObject({ name: 'lb_portal_session', httpOnly: true, sameSite: 'Strict' })
  expect(kept).not.toContain(cookie?.value)
})

test('a wrong password is reported and the form is kept', async ({ page, pageErrors }) => {
  pageErrors.allow(/^401 POST \S+\/portal\/session$/)
  await page.goto('/login')
  await fillIn(page, admin.user, 'wrong')
  await expect(page.getByRole('alert')).toContainText('Incorrect user name, password, or project.')
  await expect(page.getByLabel('User', { exact: true })).toHaveValue(admin.user)
  // The password is selected: typing replaces it.
  const password = page.getByLabel('Password', { exact: true })
  await expect(password).toBeFocused()
  await page.keyboard.type('again')
  await expect(password).toHaveValue('again')
  await expect(password).toHaveAttribute('type', 'password')
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(password).toHaveAttribute('type', 'text')
  await page.getByRole('button', { name: 'Hide', exact: true }).click()
  await expectAccessible(page)
  await fillIn(page, admin.user, admin.password)
  await expect(page.getByRole('heading', { level: 1, name: 'All Services' })).toBeVisible()
})

test('an empty form is not sent', async ({ page }) => {
  await page.goto('/login')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByText('Enter your user name')).toBeVisible()
  await expect(page.getByText('Enter your password')).toBeVisible()
  await expect(page.getByLabel('User', { exact: true })).toBeFocused()
})

test('repeated wrong passwords are throttled', async ({ page, pageErrors }) => {
  pageErrors.allow(/^(401|429) POST \S+\/portal\/session$/)
  await page.goto('/login')
  await expect(page.getByLabel('User', { exact: true })).toBeVisible()
  // The wait is counted down by a timer.
  await stopIntervals(page)
  let status = 0
  for (let tries = 0; tries < 12 && status !== 429; tries += 1) {
    const response = page.waitForResponse((one) => one.url().endsWith('/portal/session'))
    await fillIn(page, admin.user, `wrong ${tries}`)
    status = (await response).status()
  }
  await expect(page.getByRole('alert')).toContainText(
    /Too many attempts\. Try again in \d+ seconds?\./,
  )
  await passTime(page, 60_000)
  await expect(page.getByText('Too many attempts')).toBeHidden()
})

test('the project is remembered', async ({ page, portal, pageErrors }) => {
  // Background requests that were on their way when the session ended.
  pageErrors.allow(/^401 GET .*\/(key-manager|portal\/certificates)/)
  await portal.command(['project', 'add', 'shop'])
  const clerk = await portal.addUser('clerk', 'member', 'shop')
  await page.goto('/login')
  await fillIn(page, 'clerk', clerk.credentials.password, 'shop')
  await expect(page.getByRole('heading', { level: 1, name: 'All Services' })).toBeVisible()
  await expect(page.getByRole('banner')).toContainText('shop')
  await page.getByRole('button', { name: 'clerk' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/\/login/)
  await expect(page.getByLabel('Project')).toHaveValue('shop')
})

test('sign-in returns to the requested URL', async ({ page }) => {
  await page.goto('/load-balancers?search=web')
  await expect(page).toHaveURL(/\/login\?next=/)
  await fillIn(page, admin.user, admin.password)
  await expect(page).toHaveURL(/\/load-balancers\?search=web$/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Load Balancer Management')
})

test('sign-in never leads to another site', async ({ page, portal }) => {
  await page.goto('/login?next=//evil.example/')
  await fillIn(page, admin.user, admin.password)
  await expect(page.getByRole('heading', { level: 1, name: 'All Services' })).toBeVisible()
  expect(page.url().startsWith(portal.url)).toBe(true)
})

test('signing out ends the session', async ({ page, signIn }) => {
  await signIn()
  await page.goto('/load-balancers')
  await page.getByRole('button', { name: admin.user }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/\/login/)
  await page.goto('/load-balancers')
  await expect(page).toHaveURL(/\/login\?next=/)
})

test('sign-in works with the keyboard only', async ({ page }) => {
  await page.goto('/login')
  await page.getByLabel('User', { exact: true }).focus()
  await page.keyboard.type(admin.user)
  await page.getByLabel('Password', { exact: true }).focus()
  await page.keyboard.type(admin.password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'All Services' })).toBeVisible()
})
