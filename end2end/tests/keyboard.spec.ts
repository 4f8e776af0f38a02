import { readFileSync } from 'node:fs'
import { expectAccessible } from '../fixtures/accessibility.ts'
import { keyboardReady, fromMenu, list, names, row, search } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

const link = (page: Page, name: string) => page.getByRole('link', { name, exact: true })
/** The keyboard shortcuts are loaded after the page. */
const ready = (page: Page) => expect(keyboardReady(page)).toBeAttached()
const help = (page: Page) => page.getByRole('dialog', { name: 'Keyboard shortcuts' })

test.describe('in the list', () => {
  test.beforeEach(async ({ page, api }) => {
    const network = (await api.network()).id
    for (const name of ['a', 'b', 'c', 'd']) await api.createActive({ name }, network)
    await page.goto('/load-balancers?sort=name&dir=asc')
    await expect(row(page, 'd')).toBeVisible()
    await ready(page)
  })

  test('single keys search, create, and show the help', async ({ page }) => {
    await page.keyboard.press('/')
    await expect(search(page)).toBeFocused()
    // Shortcuts are off in a text field.
    await page.keyboard.type('c?/')
    await expect(search(page)).toHaveValue('c?/')
    await page.keyboard.press('Escape')
    await expect(search(page)).toHaveValue('')

    await page.getByRole('heading', { level: 1 }).focus()
    await page.keyboard.press('?')
    await expect(help(page)).toBeVisible()
    await expectAccessible(page)
    // Shortcuts are off while a dialog is open.
    await page.keyboard.press('c')
    await expect(help(page)).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(help(page)).toBeHidden()
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused()

    await page.keyboard.press('Control+c')
    await expect(page).toHaveURL(/\/load-balancers\?/)
    await page.keyboard.press('c')
    await expect(page).toHaveURL(/\/load-balancers\/create$/)
  })

  test('single keys can be turned off, also with the mouse', async ({ page }) => {
    await page.getByRole('button', { name: 'admin' }).click()
    await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click()
    const single = help(page).getByRole('checkbox', { name: 'Single-key shortcuts' })
    await single.press('Space')
    await expect(single).not.toBeChecked()
    await page.keyboard.press('Escape')
    await expect(help(page)).toBeHidden()
    await expect(page.getByRole('button', { name: 'admin' })).toBeFocused()
    await page.reload()
    await expect(row(page, 'd')).toBeVisible()
    await ready(page)
    await page.keyboard.press('/')
    await page.keyboard.press('?')
    await page.keyboard.press('c')
    await expect(search(page)).not.toBeFocused()
    await expect(page).toHaveURL(/\/load-balancers\?/)
    await page.getByRole('button', { name: 'admin' }).click()
    await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click()
    await expect(single).not.toBeChecked()
  })

  test('arrow keys move between rows, Space selects, Enter opens', async ({ page }) => {
    expect(await names(page)).toEqual(['a', 'b', 'c', 'd'])
    await page.keyboard.press('/')
    await page.keyboard.press('ArrowDown')
    await expect(link(page, 'a')).toBeFocused()
    await page.keyboard.press('ArrowUp')
    await expect(link(page, 'a')).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await expect(link(page, 'b')).toBeFocused()
    await page.keyboard.press('End')
    await expect(link(page, 'd')).toBeFocused()
    await page.keyboard.press('Home')
    await expect(link(page, 'a')).toBeFocused()
    await page.keyboard.press('PageDown')
    await expect(link(page, 'd')).toBeFocused()
    await page.keyboard.press('Space')
    await expect(page.getByRole('checkbox', { name: 'Select d' })).toBeChecked()
    await expect(link(page, 'd')).toBeFocused()
    await page.keyboard.press('Space')
    await expect(page.getByRole('checkbox', { name: 'Select d' })).not.toBeChecked()
    await expectAccessible(page)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1 })).toContainText('d')
    await page.goBack()
    await expect(link(page, 'd')).toBeFocused()
  })

  test('arrow keys in a menu move between its items', async ({ page }) => {
    await page.getByRole('button', { name: 'Actions for b' }).focus()
    await page.keyboard.press('ArrowDown')
    await expect(page.getByRole('menuitem', { name: 'Edit' })).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await expect(page.getByRole('menuitem', { name: 'Clone' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('button', { name: 'Actions for b' })).toBeFocused()
  })

  test('Escape in a row clears the search', async ({ page }) => {
    await search(page).fill('active')
    await page.keyboard.press('ArrowDown')
    await expect(link(page, 'a')).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(search(page)).toBeFocused()
    await expect(search(page)).toHaveValue('')
  })

  test('focus moves to the next row after a deletion', async ({ page }) => {
    for (const [gone, next] of [
      ['b', 'c'],
      ['d', 'c'],
    ] as const) {
      await fromMenu(page, gone, 'Delete')
      const dialog = page.getByRole('dialog', { name: 'Delete load balancer' })
      await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
      await expect(dialog).toBeHidden()
      await expect(row(page, gone)).toBeHidden()
      await expect(link(page, next)).toBeFocused()
    }
  })

  test('focus moves to the next row when another client deletes the row', async ({ page, api }) => {
    const all = await api.request<{ loadbalancers: { id: string }[] }>(
      'GET',
      '/load-balancer/v2/lbaas/loadbalancers?name=b',
    )
    await link(page, 'b').focus()
    await api.remove(all.loadbalancers[0]?.id ?? '')
    await expect(row(page, 'b')).toBeHidden()
    await expect(link(page, 'c')).toBeFocused()
  })
})

test('Back returns to the row and scroll position in a long list', async ({ page, api }) => {
  const network = (await api.network()).id
  const name = (i: number) => `lb-${String(i).padStart(3, '0')}`
  for (let made = 0; made < 200; made += 40) {
    await Promise.all(
      Array.from({ length: 40 }, (_, i) => api.create({ name: name(made + i) }, network)),
    )
  }
  await page.goto('/load-balancers?sort=name&dir=asc')
  await expect(row(page, 'lb-000')).toBeVisible()
  await ready(page)
  await expect(list(page)).toHaveAttribute('aria-rowcount', '201')
  await link(page, 'lb-000').focus()
  await page.keyboard.press('End')
  await expect(link(page, 'lb-199')).toBeFocused()
  await page.keyboard.press('PageUp')
  await page.keyboard.press('ArrowUp')
  const focused = page.locator('main :focus')
  await expect(focused).toHaveText(/^lb-1\d\d$/)
  const opened = await focused.innerText()
  await expect(row(page, opened)).toHaveAttribute(
    'aria-rowindex',
    String(Number(opened.slice(3)) + 2),
  )
  const before = await focused.boundingBox()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toContainText(opened)
  await page.goBack()
  await expect(link(page, opened)).toBeFocused()
  await expect(link(page, opened)).toBeInViewport()
  await expect
    .poll(async () => Math.abs(((await focused.boundingBox())?.y ?? 0) - (before?.y ?? 0)))
    .toBeLessThan(3)
})

test('state changes are announced to screen readers', async ({ page, api, whoami }) => {
  const server = await whoami('only')
  const monitor = { type: 'TCP', delay: 1, timeout: 1, max_retries: 1, max_retries_down: 1 }
  await api.createActive({ name: 'web', port: 8080, members: [server.member], monitor })
  await page.goto('/load-balancers')
  await expect(row(page, 'web')).toContainText('ONLINE')
  await ready(page)
  await server.stop()
  await expect(page.getByRole('status').filter({ hasText: 'web is now ERROR' })).toHaveCount(1)
})

test('the same keys work in the list of certificates', async ({ page, api, authority }) => {
  for (const name of ['a.example', 'b.example', 'c.example']) {
    authority.issue({ name })
    await api.storeSecret(name, readFileSync(authority.pack(name)))
  }
  await page.goto('/ssl-certificates?sort=name&dir=asc')
  await expect(link(page, 'c.example')).toBeVisible()
  await ready(page)
  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox')).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(link(page, 'a.example')).toBeFocused()
  await page.keyboard.press('End')
  await expect(link(page, 'c.example')).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Space')
  await expect(page.getByRole('checkbox', { name: 'Select b.example' })).toBeChecked()
  await page.keyboard.press('Space')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toContainText('b.example')
  await page.goBack()
  await expect(link(page, 'b.example')).toBeFocused()
  await page.keyboard.press('c')
  await expect(page).toHaveURL(/\/ssl-certificates\/create$/)
})

test('single keys create nothing for a reader', async ({ page, portal, signIn }) => {
  const { credentials } = await portal.addUser('reader', 'reader')
  await signIn(credentials)
  await page.goto('/load-balancers')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await ready(page)
  await page.keyboard.press('c')
  await page.keyboard.press('?')
  await expect(help(page)).toBeVisible()
  await expect(page).toHaveURL(/\/load-balancers$/)
})
