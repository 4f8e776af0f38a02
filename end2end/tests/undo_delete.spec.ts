import { readFileSync } from 'node:fs'
import { expectAccessible } from '../fixtures/accessibility.ts'
import type { Api } from '../fixtures/api.ts'
import { atOnce, fromMenu, list, names, row, tick, waiting } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

const count = async (api: Api): Promise<number> =>
  (
    await api.request<{ loadbalancers: unknown[] }>('GET', '/load-balancer/v2/lbaas/loadbalancers')
  ).loadbalancers.length

/** Answers the question of the ⋮ menu's `Delete`. */
async function remove(page: Page, name: string): Promise<void> {
  await fromMenu(page, name, 'Delete')
  const dialog = page.getByRole('dialog', { name: 'Delete load balancer' })
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(dialog).toBeHidden()
}

async function removeTicked(page: Page, ...ticked: string[]): Promise<void> {
  for (const name of ticked) await tick(page, `Select ${name}`)
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete load balancers' })
  await dialog.getByRole('textbox').fill(`${ticked.length}`)
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(dialog).toBeHidden()
}

test.describe('what was asked to be deleted', () => {
  /** Every DELETE that the page has sent. */
  let sent: string[]

  test.beforeEach(async ({ page, api, signIn }) => {
    await signIn()
    const network = (await api.network()).id
    for (const name of ['a', 'b', 'c', 'd']) await api.active({ name }, network)
    sent = []
    page.on('request', (request) => {
      if (request.method() === 'DELETE') sent.push(request.url())
    })
    await page.goto('/load-balancers?sort=name&dir=asc')
    await expect(row(page, 'd')).toBeVisible()
  })

  test('is taken back by a button: rows and ticks are what they were', async ({ page, api }) => {
    await removeTicked(page, 'a', 'c')
    await expect(row(page, 'a')).toContainText('DELETING')
    await expect(row(page, 'b')).toContainText('ACTIVE')
    await expect(page.getByText('2 selected')).toBeHidden()
    const undo = waiting(page, 'Deleting 2 load balancers').getByRole('button', { name: 'Undo' })
    // It waits for whoever is at it.
    await undo.focus()
    await expectAccessible(page)
    await undo.click()
    await expect(row(page, 'a')).toContainText('ACTIVE')
    await expect(row(page, 'c')).toContainText('ACTIVE')
    await expect(page.getByText('2 selected')).toBeVisible()
    // Longer than it would have waited.
    await page.waitForTimeout(7000)
    expect(sent).toEqual([])
    expect(await count(api)).toBe(4)
  })

  test('is taken back by Ctrl+Z, the last first, and not while one types', async ({ page, api }) => {
    await expect(async () => {
      await page.keyboard.press('?')
      await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible({ timeout: 1000 })
    }).toPass()
    await page.keyboard.press('Escape')
    await remove(page, 'a')
    await remove(page, 'b')
    await page.getByLabel('Search load balancers').focus()
    await page.keyboard.press('Control+z')
    await expect(waiting(page, 'Deleting b')).toBeVisible()
    await page.getByRole('heading', { level: 1 }).focus()
    await page.keyboard.press('Control+z')
    await expect(row(page, 'b')).toContainText('ACTIVE')
    await expect(row(page, 'a')).toContainText('DELETING')
    await page.keyboard.press('Control+z')
    await expect(row(page, 'a')).toContainText('ACTIVE')
    expect(await count(api)).toBe(4)
  })

  test('goes when the time is up, also from another page', async ({ page, api }) => {
    await remove(page, 'b')
    expect(await count(api)).toBe(4)
    await page.getByRole('link', { name: 'All Services' }).first().click()
    await expect(waiting(page, 'Deleting b')).toBeVisible()
    await expect.poll(async () => count(api)).toBe(3)
    await page.goBack()
    await expect.poll(() => names(page)).toEqual(['a', 'c', 'd'])
  })

  test('goes at once when its message is dismissed, and waits while one points at it', async ({
    page,
    api,
  }) => {
    await remove(page, 'b')
    await waiting(page, 'Deleting b').hover()
    await page.waitForTimeout(7000)
    expect(await count(api)).toBe(4)
    await atOnce(page, 'Deleting b')
    await expect(row(page, 'b')).toBeHidden()
    expect(await count(api)).toBe(3)
  })

  test('waits while the keyboard is at its message, wherever the mouse goes', async ({ page, api }) => {
    await remove(page, 'b')
    const message = waiting(page, 'Deleting b')
    await message.getByRole('button', { name: 'Undo' }).focus()
    await message.hover()
    await page.mouse.move(5, 5)
    await page.waitForTimeout(7000)
    expect(sent).toEqual([])
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await expect.poll(async () => count(api)).toBe(3)
  })

  test('waits behind a dialog', async ({ page, api }) => {
    await remove(page, 'b')
    // The keyboard's part of the page comes a moment after the list.
    await expect(async () => {
      await page.keyboard.press('?')
      await expect(page.getByRole('dialog')).toBeVisible({ timeout: 1000 })
    }).toPass()
    await page.waitForTimeout(7000)
    expect(sent).toEqual([])
    await page.keyboard.press('Escape')
    await expect(waiting(page, 'Deleting b')).toBeVisible()
    await expect.poll(async () => count(api), { timeout: 15_000 }).toBe(3)
  })

  test('of two, one goes and one stays', async ({ page, api }) => {
    await remove(page, 'a')
    await remove(page, 'd')
    await waiting(page, 'Deleting a').getByRole('button', { name: 'Undo' }).click()
    await atOnce(page, 'Deleting d')
    await expect.poll(() => names(page)).toEqual(['a', 'b', 'c'])
    await expect(row(page, 'a')).toContainText('ACTIVE')
    expect(await count(api)).toBe(3)
  })

  test('stays when one closes the page, which is asked first', async ({ page, api }) => {
    await remove(page, 'b')
    let asked = false
    page.once('dialog', (dialog) => {
      asked = dialog.type() === 'beforeunload'
      void dialog.accept()
    })
    await page.reload()
    expect(asked).toBe(true)
    await expect(row(page, 'b')).toContainText('ACTIVE')
    await page.waitForTimeout(7000)
    expect(sent).toEqual([])
    expect(await count(api)).toBe(4)
  })

  test('stays when one signs out', async ({ page, api }) => {
    await remove(page, 'b')
    await page.getByRole('button', { name: 'admin' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible()
    await page.waitForTimeout(7000)
    expect(sent.filter((url) => url.includes('loadbalancers'))).toEqual([])
    expect(await count(api)).toBe(4)
  })

  test('stays when the session ends', async ({ page, api, watch }) => {
    watch.expect(/^401 /)
    await remove(page, 'b')
    await page.context().clearCookies()
    await page.getByRole('button', { name: 'Refresh' }).click()
    await expect(page.getByRole('dialog')).toContainText('Your session has expired')
    await expect(waiting(page, 'Deleting b')).toBeHidden()
    await page.waitForTimeout(7000)
    expect(sent).toEqual([])
    expect(await count(api)).toBe(4)
  })

  test('by somebody else meanwhile is no failure', async ({ page, api, watch }) => {
    watch.expect(/^404 DELETE /)
    const { loadbalancers } = await api.request<{ loadbalancers: { id: string }[] }>(
      'GET',
      '/load-balancer/v2/lbaas/loadbalancers?name=b',
    )
    await remove(page, 'b')
    await api.remove(loadbalancers[0]?.id ?? '')
    await expect(row(page, 'b')).toBeHidden()
    await atOnce(page, 'Deleting b')
    await expect.poll(() => names(page)).toEqual(['a', 'c', 'd'])
    await expect(page.getByText("Couldn't delete")).toBeHidden()
  })

  test('keeps to what it says while the list is read anew', async ({ page, api }) => {
    await remove(page, 'b')
    await waiting(page, 'Deleting b').hover()
    await api.active({ name: 'e' })
    await expect(row(page, 'e')).toContainText('ACTIVE')
    await page.getByRole('button', { name: 'Refresh' }).click({ force: true })
    await waiting(page, 'Deleting b').hover()
    await expect(list(page).locator('[aria-busy=true]')).toHaveCount(0)
    await expect(row(page, 'b')).toContainText('DELETING')
    await waiting(page, 'Deleting b').getByRole('button', { name: 'Undo' }).click()
    await expect(row(page, 'b')).toContainText('ACTIVE')
  })
})

test('a certificate is taken back too', async ({ page, api, authority, signIn }) => {
  await signIn()
  authority.issue({ name: 'shop' })
  const id = await api.store('shop', readFileSync(authority.pack('shop')))
  await page.goto(`/ssl-certificates/${id}`)
  const remove = async () => {
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'SSL Certificate Management' })).toBeVisible()
  }
  await remove()
  const shop = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'shop', exact: true }) })
  await expect(shop).toContainText('DELETING')
  await expectAccessible(page)
  // Asking again while it waits says why not.
  await waiting(page, 'Deleting shop').getByRole('button', { name: 'Undo' }).focus()
  await tick(page, 'Select shop')
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByRole('dialog')).toContainText('A change is in progress')
  await page.keyboard.press('Escape')
  await waiting(page, 'Deleting shop').getByRole('button', { name: 'Undo' }).click()
  await expect(shop).toContainText('ACTIVE')
  await page.getByRole('link', { name: 'shop', exact: true }).click()
  await remove()
  await atOnce(page, 'Deleting shop')
  await expect(page.getByText('No certificates yet')).toBeVisible()
  const { total } = await api.request<{ total: number }>('GET', '/key-manager/v1/secrets')
  expect(total).toBe(0)
})
