import type { BrowserContext, Locator } from '@playwright/test'
import { expectAccessible } from '../fixtures/accessibility.ts'
import { Api } from '../fixtures/api.ts'
import { createButton, keyboardReady, row } from '../fixtures/locators.ts'
import type { Portal } from '../fixtures/portal.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const project = (page: Page) => page.getByLabel('Project', { exact: true })
/** The project in the header. */
const shownProject = (page: Page) => project(page).locator('option:checked')
const refresh = (page: Page) => page.getByRole('button', { name: 'Refresh' })
const userMenu = (page: Page, user: string) =>
  page.getByRole('banner').getByRole('button', { name: user, exact: true })
const followed = (page: Page, where: string, user: string) =>
  page.getByText(
    `You switched to project ${where} as ${user} in another tab. This tab has switched too.`,
  )

async function namesIn(api: Api): Promise<string[]> {
  const { loadbalancers } = await api.request<{ loadbalancers: { name: string }[] }>(
    'GET',
    '/load-balancer/v2/lbaas/loadbalancers',
  )
  return loadbalancers.map((one) => one.name).sort()
}

/** Returns to a tab until it shows an element; the code that listens is loaded after the page. */
async function comeBack(page: Page, sees: Locator): Promise<void> {
  await expect(async () => {
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
    await expect(sees).toBeVisible({ timeout: 1000 })
  }).toPass()
}

/** A manager of two projects with a load balancer in each, and the API in both. */
async function pat(portal: Portal): Promise<{ here: Api; there: Api; id: string }> {
  await portal.command(['project', 'add', 'shop'])
  const here = await portal.addUser('pat', 'manager')
  await portal.command(['user', 'grant', 'pat', '--project', 'shop', '--role', 'manager'])
  const { credentials } = here
  const there = await Api.signIn(portal.url, credentials, 'shop')
  const { id } = await here.createActive({ name: 'of-default', port: 8080 })
  await there.createActive({ name: 'of-shop', port: 8081 })
  return { here, there, id }
}

/** A second tab of the same browser, on the list. */
async function secondTab(context: BrowserContext): Promise<Page> {
  const second = await context.newPage()
  await second.goto('/load-balancers')
  await expect(heading(second, 'Load Balancer Management')).toBeVisible()
  return second
}

/** Switches the second tab to another project. */
async function goOver(second: Page, label: string, sees: string): Promise<void> {
  await project(second).selectOption({ label })
  await expect(row(second, sees)).toBeVisible()
}

test.describe('another tab switches to another project', () => {
  let apis: Awaited<ReturnType<typeof pat>>

  test.beforeEach(async ({ portal, signIn, pageErrors }) => {
    pageErrors.allow(/^412 /, /EventSource/)
    apis = await pat(portal)
    await signIn({ ...apis.here.credentials, project: 'default' } as Api['credentials'])
  })

  test('Create does nothing in the other project until the user has seen the switch', async ({
    page,
    context,
  }) => {
    await page.goto('/load-balancers')
    await expect(row(page, 'of-default')).toBeVisible()
    await createButton(page).first().click()
    await page.getByLabel('Name', { exact: true }).first().fill('typed here')
    await page.getByLabel('Port', { exact: true }).fill('8082')
    await page.getByRole('button', { name: /^Next/ }).click()
    const create = page.getByRole('button', { name: 'Create', exact: true })
    await expect(create).toBeVisible()
    await goOver(await secondTab(context), 'shop', 'of-shop')

    await expect(shownProject(page)).toHaveText('default')
    await create.click()
    await expect(followed(page, 'shop', 'pat')).toBeVisible()
    await expect(shownProject(page)).toHaveText('shop')
    await expect(page.getByRole('main')).toContainText('typed here')
    expect(await namesIn(apis.here)).toEqual(['of-default'])
    expect(await namesIn(apis.there)).toEqual(['of-shop'])
    await expectAccessible(page)

    await create.click()
    await expect(row(page, 'typed here')).toContainText('ACTIVE')
    await expect(row(page, 'of-shop')).toBeVisible()
    expect(await namesIn(apis.here)).toEqual(['of-default'])
    expect(await namesIn(apis.there)).toEqual(['of-shop', 'typed here'])
  })

  test('Refresh shows the rows and the name of the other project', async ({ page, context }) => {
    await page.goto('/load-balancers')
    await expect(row(page, 'of-default')).toBeVisible()
    await goOver(await secondTab(context), 'shop', 'of-shop')
    await refresh(page).click()
    await expect(row(page, 'of-shop')).toBeVisible()
    await expect(row(page, 'of-default')).toBeHidden()
    await expect(shownProject(page)).toHaveText('shop')
    // This tab receives changes of the other project.
    await apis.there.createActive({ name: 'later', port: 8083 })
    await expect(row(page, 'later')).toContainText('ACTIVE')
  })

  test('returning to this tab shows the other project before anything is pressed', async ({
    page,
    context,
  }) => {
    await page.goto(`/load-balancers/${apis.id}`)
    await expect(heading(page, 'of-default')).toBeVisible()
    await goOver(await secondTab(context), 'shop', 'of-shop')
    await comeBack(page, row(page, 'of-shop'))
    await expect(page).toHaveURL(/\/load-balancers$/)
    await expect(shownProject(page)).toHaveText('shop')
  })

  test('unsaved changes in the edit dialog are kept and not sent', async ({ page, context }) => {
    await page.goto(`/load-balancers/${apis.id}/edit`)
    const dialog = page.getByRole('dialog', { name: 'Edit Load Balancer' })
    const name = dialog.getByLabel('Name', { exact: true }).first()
    await name.fill('renamed')
    const second = await secondTab(context)
    await goOver(second, 'shop', 'of-shop')
    await comeBack(page, page.getByText('Your unsaved changes here are kept'))
    await expect(name).toHaveValue('renamed')
    expect(await namesIn(apis.here)).toEqual(['of-default'])

    await goOver(second, 'default', 'of-default')
    await dialog.getByRole('button', { name: 'OK', exact: true }).click()
    await expect(heading(page, 'renamed')).toBeVisible()
    expect(await namesIn(apis.here)).toEqual(['renamed'])
    expect(await namesIn(apis.there)).toEqual(['of-shop'])
    await expect(shownProject(page)).toHaveText('default')
  })

  test('closing the edit dialog switches to the other project', async ({ page, context }) => {
    await page.goto(`/load-balancers/${apis.id}/edit`)
    const dialog = page.getByRole('dialog', { name: 'Edit Load Balancer' })
    await expect(dialog.getByLabel('Name', { exact: true }).first()).toHaveValue('of-default')
    await goOver(await secondTab(context), 'shop', 'of-shop')
    await comeBack(page, page.getByText('Your unsaved changes here are kept'))
    await expect(dialog).toBeVisible()
    await dialog.getByRole('button', { name: 'Cancel', exact: true }).click()
    await expect(row(page, 'of-shop')).toBeVisible()
    await expect(shownProject(page)).toHaveText('shop')
  })
})

test('another tab signs in as another user: this tab does nothing in their name', async ({
  page,
  context,
  portal,
  signIn,
  pageErrors,
}) => {
  pageErrors.allow(/^412 /, /EventSource/)
  const mia = await portal.addUser('mia', 'manager')
  await portal.command(['project', 'add', 'shop'])
  const rob = await portal.addUser('rob', 'manager', 'shop')
  await mia.createActive({ name: 'of-mia', port: 8080 })
  await rob.createActive({ name: 'of-rob', port: 8081 })
  await signIn(mia.credentials)
  await page.goto('/load-balancers')
  await expect(row(page, 'of-mia')).toBeVisible()
  await createButton(page).first().click()
  await page.getByLabel('Name', { exact: true }).first().fill('of mia too')
  await page.getByLabel('Port', { exact: true }).fill('8082')
  await page.getByRole('button', { name: /^Next/ }).click()
  const create = page.getByRole('button', { name: 'Create', exact: true })
  await expect(create).toBeVisible()

  const second = await context.newPage()
  const answer = await second.request.post(`${portal.url}/portal/session`, {
    headers: { origin: portal.url },
    data: rob.credentials,
  })
  expect(answer.ok()).toBe(true)
  await create.click()
  await expect(followed(page, 'shop', 'rob')).toBeVisible()
  await expect(row(page, 'of-rob')).toBeVisible()
  await expect(row(page, 'of-mia')).toBeHidden()
  await expect(userMenu(page, 'rob')).toBeVisible()
  await expect(page.getByText('of mia too')).toBeHidden()
  expect(await namesIn(mia)).toEqual(['of-mia'])
  expect(await namesIn(rob)).toEqual(['of-rob'])
})

test('another tab signs out: this tab asks to sign in again and keeps the form', async ({
  page,
  context,
  api,
  signIn,
  pageErrors,
}) => {
  pageErrors.allow(/^401 /, /EventSource/)
  await signIn()
  await page.goto('/load-balancers/create')
  const name = page.getByLabel('Name', { exact: true }).first()
  await name.fill('not lost')
  const second = await secondTab(context)
  await userMenu(second, 'admin').click()
  await second.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(second).toHaveURL(/\/login/)
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('Your session has expired')
  await dialog.getByLabel('Password', { exact: true }).fill(api.credentials.password)
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(name).toHaveValue('not lost')
})

test('signing in again in one tab ends the question in the others', async ({
  page,
  context,
  api,
  signIn,
  pageErrors,
}) => {
  pageErrors.allow(/^401 /, /EventSource/)
  await signIn()
  await page.goto('/load-balancers')
  await expect(keyboardReady(page)).toBeAttached()
  const second = await secondTab(context)
  await expect(keyboardReady(second)).toBeAttached()
  await context.clearCookies()
  for (const tab of [page, second]) {
    await refresh(tab).click()
    await expect(tab.getByRole('dialog')).toContainText('Your session has expired')
    // The user is filled in, so the password is next.
    await expect(tab.getByRole('dialog').getByLabel('Password', { exact: true })).toBeFocused()
  }
  await page
    .getByRole('dialog')
    .getByLabel('Password', { exact: true })
    .fill(api.credentials.password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(second.getByRole('dialog')).toBeHidden()
})
