import { readFileSync } from 'node:fs'
import { expectAccessible } from '../fixtures/accessibility.ts'
import type { Api } from '../fixtures/api.ts'
import { passTime, stopIntervals } from '../fixtures/clock.ts'
import {
  deleteNow,
  fromMenu,
  keyboardReady,
  list,
  names,
  pendingDeletion,
  row,
  tick,
} from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

/** Milliseconds after the undo period, which is six seconds. */
const AFTER_UNDO_PERIOD = 7000

const count = async (api: Api): Promise<number> =>
  (await api.request<{ loadbalancers: unknown[] }>('GET', '/load-balancer/v2/lbaas/loadbalancers'))
    .loadbalancers.length

/** Deletes by the ⋮ menu and confirms. */
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

test.describe('a pending deletion', () => {
  /** The URLs of DELETE requests. */
  let sent: string[]

  test.beforeEach(async ({ page, api, signIn }) => {
    await signIn()
    const network = (await api.network()).id
    for (const name of ['a', 'b', 'c', 'd']) await api.createActive({ name }, network)
    sent = []
    page.on('request', (request) => {
      if (request.method() === 'DELETE') sent.push(request.url())
    })
    await page.goto('/load-balancers?sort=name&dir=asc')
    await expect(row(page, 'd')).toBeVisible()
    await expect(keyboardReady(page)).toBeAttached()
    await stopIntervals(page)
  })

  test('is undone by its button: rows and selection are restored', async ({ page, api }) => {
    await removeTicked(page, 'a', 'c')
    await expect(row(page, 'a')).toContainText('DELETING')
    await expect(row(page, 'b')).toContainText('ACTIVE')
    await expect(page.getByText('2 selected')).toBeHidden()
    const undo = pendingDeletion(page, 'Deleting 2 load balancers').getByRole('button', {
      name: 'Undo',
    })
    // Focus in the message pauses the undo period.
    await undo.focus()
    await expectAccessible(page)
    await undo.click()
    await expect(row(page, 'a')).toContainText('ACTIVE')
    await expect(row(page, 'c')).toContainText('ACTIVE')
    await expect(page.getByText('2 selected')).toBeVisible()
    await passTime(page, AFTER_UNDO_PERIOD)
    expect(sent).toEqual([])
    expect(await count(api)).toBe(4)
  })

  test('is undone by Ctrl+Z, the last first, but not while typing', async ({ page, api }) => {
    await remove(page, 'a')
    await remove(page, 'b')
    await page.getByLabel('Search load balancers').focus()
    await page.keyboard.press('Control+z')
    await expect(pendingDeletion(page, 'Deleting b')).toBeVisible()
    await page.getByRole('heading', { level: 1 }).focus()
    await page.keyboard.press('Control+z')
    await expect(row(page, 'b')).toContainText('ACTIVE')
    await expect(row(page, 'a')).toContainText('DELETING')
    await page.keyboard.press('Control+z')
    await expect(row(page, 'a')).toContainText('ACTIVE')
    expect(await count(api)).toBe(4)
  })

  test('is carried out after the undo period, also from another page', async ({ page, api }) => {
    await remove(page, 'b')
    expect(await count(api)).toBe(4)
    await page.getByRole('link', { name: 'All Services' }).first().click()
    await expect(pendingDeletion(page, 'Deleting b')).toBeVisible()
    await passTime(page, AFTER_UNDO_PERIOD)
    await expect.poll(async () => count(api)).toBe(3)
    await page.goBack()
    await expect.poll(() => names(page)).toEqual(['a', 'c', 'd'])
  })

  test('is carried out at once when its message is dismissed, and waits while the mouse is over it', async ({
    page,
    api,
  }) => {
    await remove(page, 'b')
    await pendingDeletion(page, 'Deleting b').hover()
    await passTime(page, AFTER_UNDO_PERIOD)
    expect(await count(api)).toBe(4)
    await deleteNow(page, 'Deleting b')
    await expect(row(page, 'b')).toBeHidden()
    expect(await count(api)).toBe(3)
  })

  test('waits while focus is in its message, wherever the mouse is', async ({ page, api }) => {
    await remove(page, 'b')
    const message = pendingDeletion(page, 'Deleting b')
    await message.getByRole('button', { name: 'Undo' }).focus()
    await message.hover()
    await page.mouse.move(5, 5)
    await passTime(page, AFTER_UNDO_PERIOD)
    expect(sent).toEqual([])
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await passTime(page, AFTER_UNDO_PERIOD)
    await expect.poll(async () => count(api)).toBe(3)
  })

  test('waits while a dialog is open', async ({ page, api }) => {
    await remove(page, 'b')
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog')).toBeVisible()
    await passTime(page, AFTER_UNDO_PERIOD)
    expect(sent).toEqual([])
    await page.keyboard.press('Escape')
    await expect(pendingDeletion(page, 'Deleting b')).toBeVisible()
    await passTime(page, AFTER_UNDO_PERIOD)
    await expect.poll(async () => count(api)).toBe(3)
  })

  test('is undone without affecting another one', async ({ page, api }) => {
    await remove(page, 'a')
    await remove(page, 'd')
    await pendingDeletion(page, 'Deleting a').getByRole('button', { name: 'Undo' }).click()
    await deleteNow(page, 'Deleting d')
    await expect.poll(() => names(page)).toEqual(['a', 'b', 'c'])
    await expect(row(page, 'a')).toContainText('ACTIVE')
    expect(await count(api)).toBe(3)
  })

  test('is carried out when the page is closed, which does not ask', async ({ page, api }) => {
    await removeTicked(page, 'a', 'b')
    let asked = false
    page.once('dialog', (dialog) => {
      asked = true
      void dialog.accept()
    })
    await page.close({ runBeforeUnload: true })
    expect(asked).toBe(false)
    await expect.poll(async () => count(api)).toBe(2)
  })

  test('leaves the focus on the row when it is undone', async ({ page }) => {
    await remove(page, 'b')
    await pendingDeletion(page, 'Deleting b').getByRole('button', { name: 'Undo' }).click()
    await expect(page.getByRole('link', { name: 'b', exact: true })).toBeFocused()
  })

  test('is cancelled by signing out', async ({ page, api }) => {
    await remove(page, 'b')
    await page.getByRole('button', { name: 'admin' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible()
    await passTime(page, AFTER_UNDO_PERIOD)
    expect(sent.filter((url) => url.includes('loadbalancers'))).toEqual([])
    expect(await count(api)).toBe(4)
  })

  test('is cancelled when the session expires', async ({ page, api, pageErrors }) => {
    pageErrors.allow(/^401 /)
    await remove(page, 'b')
    await page.context().clearCookies()
    await page.getByRole('button', { name: 'Refresh' }).click()
    await expect(page.getByRole('dialog')).toContainText('Your session has expired')
    await expect(pendingDeletion(page, 'Deleting b')).toBeHidden()
    await passTime(page, AFTER_UNDO_PERIOD)
    expect(sent).toEqual([])
    expect(await count(api)).toBe(4)
  })

  test('does not fail when another client deletes the load balancer first', async ({
    page,
    api,
    pageErrors,
  }) => {
    pageErrors.allow(/^404 DELETE /)
    const { loadbalancers } = await api.request<{ loadbalancers: { id: string }[] }>(
      'GET',
      '/load-balancer/v2/lbaas/loadbalancers?name=b',
    )
    await remove(page, 'b')
    await api.remove(loadbalancers[0]?.id ?? '')
    await expect(row(page, 'b')).toBeHidden()
    await deleteNow(page, 'Deleting b')
    await expect.poll(() => names(page)).toEqual(['a', 'c', 'd'])
    await expect(page.getByText("Couldn't delete")).toBeHidden()
  })

  test('stays DELETING while the list is refreshed', async ({ page, api }) => {
    await remove(page, 'b')
    await pendingDeletion(page, 'Deleting b').hover()
    await api.createActive({ name: 'e' })
    await expect(row(page, 'e')).toContainText('ACTIVE')
    await page.getByRole('button', { name: 'Refresh' }).click({ force: true })
    await pendingDeletion(page, 'Deleting b').hover()
    await expect(list(page).locator('[aria-busy=true]')).toHaveCount(0)
    await expect(row(page, 'b')).toContainText('DELETING')
    await pendingDeletion(page, 'Deleting b').getByRole('button', { name: 'Undo' }).click()
    await expect(row(page, 'b')).toContainText('ACTIVE')
  })
})

test('the deletion of a certificate can be undone', async ({ page, api, authority, signIn }) => {
  await signIn()
  authority.issue({ name: 'shop' })
  const id = await api.storeSecret('shop', readFileSync(authority.pack('shop')))
  await page.goto(`/ssl-certificates/${id}`)
  await expect(page.getByRole('heading', { level: 1, name: 'shop' })).toBeVisible()
  await stopIntervals(page)
  const remove = async () => {
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
    await expect(
      page.getByRole('heading', { level: 1, name: 'SSL Certificate Management' }),
    ).toBeVisible()
  }
  await remove()
  const shop = page
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name: 'shop', exact: true }) })
  await expect(shop).toContainText('DELETING')
  await expectAccessible(page)
  // A pending deletion cannot be requested again.
  await pendingDeletion(page, 'Deleting shop').getByRole('button', { name: 'Undo' }).focus()
  await tick(page, 'Select shop')
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByRole('dialog')).toContainText('A change is in progress')
  await page.keyboard.press('Escape')
  await pendingDeletion(page, 'Deleting shop').getByRole('button', { name: 'Undo' }).click()
  await expect(shop).toContainText('ACTIVE')
  await page.getByRole('link', { name: 'shop', exact: true }).click()
  await remove()
  await deleteNow(page, 'Deleting shop')
  await expect(page.getByText('No certificates yet')).toBeVisible()
  const { total } = await api.request<{ total: number }>('GET', '/key-manager/v1/secrets')
  expect(total).toBe(0)
})
