import { expectAccessible } from '../fixtures/accessibility.ts'
import { keyboardReady } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

const wizard = 'Create a load balancer'
const failed = "This page couldn't be loaded"

/** The names of the chunks requested so far. */
function chunks(page: Page): string[] {
  const names: string[] = []
  page.on('request', (request) => {
    const name = /\/([a-z_0-9]+)-[0-9a-f]{16}\.wasm$/.exec(request.url())?.[1]
    if (name !== undefined && name !== 'page') names.push(name)
  })
  return names
}

const create = (page: Page) => page.getByRole('link', { name: '＋Create' }).first()
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })

test.beforeEach(async ({ page, signIn }) => {
  await signIn()
  const answer = await page.request.get('/')
  const script = /from '(\/page-[0-9a-f]+\.js)'/.exec(await answer.text())?.[1] ?? ''
  const text = await (await page.request.get(script)).text()
  // A development build has no chunks.
  test.skip(!text.includes('load_balancer_forms-'), 'the page of this binary is not split')
})

test('a chunk is downloaded when its link is hovered', async ({ page }) => {
  const seen = chunks(page)
  await page.goto('/load-balancers')
  await expect(heading(page, 'Load Balancer Management')).toBeVisible()
  await expect(create(page)).toBeVisible()
  expect(seen).not.toContain('load_balancer_forms')
  await create(page).hover()
  await expect.poll(() => seen).toContain('load_balancer_forms')
  await create(page).click()
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toBeFocused()
  expect(seen.filter((name) => name === 'load_balancer_forms')).toHaveLength(1)
})

test('a chunk is downloaded when its link has focus', async ({ page }) => {
  const seen = chunks(page)
  await page.goto('/load-balancers')
  await create(page).focus()
  await expect.poll(() => seen).toContain('load_balancer_forms')
})

test('the details chunk is preloaded from the list', async ({ page, api }) => {
  const { id } = await api.createActive({ name: 'ready', port: 8080 })
  const seen = chunks(page)
  await page.goto('/load-balancers')
  await expect.poll(() => seen).toContain('load_balancer')
  await page.goto(`/load-balancers/${id}`)
  await expect(heading(page, 'ready')).toBeVisible()
})

test('chunks are cached as immutable', async ({ page }) => {
  const chunk = page.waitForResponse(/\/load_balancer_forms-[0-9a-f]{16}\.wasm$/)
  await page.goto('/load-balancers/create')
  const headers = await (await chunk).allHeaders()
  expect(headers['cache-control']).toContain('immutable')
  expect(headers['content-type']).toBe('application/wasm')
  expect(headers['content-encoding']).toBe('br')
})

test('only one language is downloaded, before the first API request', async ({ page }) => {
  const seen: string[] = []
  page.on('request', (request) => {
    const name = /\/(texts-[a-zA-Z-]+)-[0-9a-f]{16}\.txt$/.exec(request.url())?.[1]
    seen.push(name ?? request.url())
  })
  const texts = page.waitForResponse(/\/texts-en-[0-9a-f]{16}\.txt$/)
  await page.goto('/load-balancers')
  const headers = await (await texts).allHeaders()
  expect(headers['cache-control']).toContain('immutable')
  expect(headers['content-encoding']).toBe('br')
  await expect(heading(page, 'Load Balancer Management')).toBeVisible()
  expect(seen.filter((name) => name.startsWith('texts-'))).toEqual(['texts-en'])
  const data = seen.findIndex((url) => url.includes('/identity/') || url.includes('/portal/'))
  expect(seen.indexOf('texts-en')).toBeLessThan(data)
})

test('a language that fails to download is reported and the page keeps its own', async ({
  page,
  portal,
  pageErrors,
}) => {
  pageErrors.allow(/ERR_/)
  await page.goto('/load-balancers')
  await expect(create(page)).toBeVisible()
  // With it comes what shows messages.
  await expect(keyboardReady(page)).toBeAttached()
  await portal.stop()
  await page.getByLabel('Language').selectOption({ label: '繁體中文' })
  await expect(page.getByText("The server isn't responding or was updated")).toBeVisible()
  await expect(heading(page, 'Load Balancer Management')).toBeVisible()
  await expect(page.getByLabel('Language').locator('option:checked')).toHaveText('English')
  await portal.restart()
  await page.getByLabel('Language').selectOption({ label: '繁體中文' })
  await expect(heading(page, '負載平衡器管理')).toBeVisible()
})

test('a slow download shows that the page is loading', async ({ page, portal }) => {
  await page.goto('/load-balancers')
  await expect(create(page)).toBeVisible()
  portal.suspend()
  await create(page).click()
  await expect(page.getByRole('main').getByText('Loading…')).toBeAttached()
  await expect(heading(page, 'Load Balancer Management')).toBeHidden()
  portal.resume()
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toBeFocused()
})

test('a failed download offers a reload', async ({ page, portal, pageErrors }) => {
  pageErrors.allow(/ERR_/)
  await page.goto('/load-balancers')
  await expect(create(page)).toBeVisible()
  await portal.stop()
  await create(page).click()
  await expect(heading(page, failed)).toBeFocused()
  await expect(page).toHaveTitle(new RegExp(failed))
  await expectAccessible(page)
  // The previous page still works.
  await page.goBack()
  await expect(heading(page, 'Load Balancer Management')).toBeVisible()
  await create(page).click()
  await expect(heading(page, failed)).toBeVisible()
  await portal.restart()
  await page.getByRole('button', { name: 'Reload' }).click()
  await expect(heading(page, wizard)).toBeVisible()
})
