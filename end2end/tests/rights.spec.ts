import { readFileSync } from 'node:fs'
import type { Locator } from '@playwright/test'
import { expectAccessible } from '../fixtures/accessibility.ts'
import { createButton, list, row } from '../fixtures/locators.ts'
import { type Role } from '../fixtures/portal.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

/** Expects a disabled button or menu item with a reason. */
async function expectRefused(action: Locator, why: RegExp): Promise<void> {
  await expect(action).toBeVisible()
  await expect(action).toHaveAttribute('aria-disabled', 'true')
  await expect(action).toHaveAccessibleDescription(why)
}

async function openMenu(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click()
}

const looksOnly = /view-only/

test.describe('a reader', () => {
  test.beforeEach(async ({ api, portal, signIn }) => {
    await api.createActive({ name: 'web', port: 8080 })
    const { credentials } = await portal.addUser('rita', 'reader')
    await signIn(credentials)
  })

  test('sees every action of the list disabled, with the reason', async ({ page }) => {
    await page.goto('/load-balancers')
    await expect(row(page, 'web')).toContainText('admin')
    await expectRefused(createButton(page), looksOnly)
    await openMenu(page, 'web')
    for (const item of ['Edit', 'Clone', 'Delete']) {
      const entry = page.getByRole('menuitem', { name: item })
      await expect(entry).toHaveAttribute('aria-disabled', 'true')
      await expect(entry).toContainText(looksOnly)
    }
    await page.keyboard.press('Escape')
    await page.getByRole('checkbox', { name: 'Select web' }).check({ force: true })
    await expectRefused(page.getByRole('button', { name: 'Delete', exact: true }), looksOnly)
    await expectAccessible(page)
  })

  test('sees the actions of details and certificates disabled', async ({ page }) => {
    await page.goto('/load-balancers')
    await page.getByRole('link', { name: 'web', exact: true }).click()
    for (const action of ['Edit', 'Delete']) {
      await expectRefused(page.getByRole('button', { name: action, exact: true }), looksOnly)
    }
    await openMenu(page, 'web')
    await expect(page.getByRole('menuitem', { name: 'Clone' })).toContainText(looksOnly)
    await expect(page.getByRole('menuitem', { name: 'Export' })).not.toHaveAttribute(
      'aria-disabled',
    )
    await page.goto('/ssl-certificates')
    await expectRefused(createButton(page).first(), looksOnly)
  })

  test('cannot create on an empty All Services page', async ({ page, portal, api, signIn }) => {
    await portal.command(['project', 'add', 'empty'])
    await portal.addUser('ron', 'reader', 'empty')
    await signIn({ user: 'ron', password: 'ron: a long enough password' })
    expect(api).toBeTruthy()
    await page.goto('/')
    await expect(page.getByText('Create your first load balancer')).toBeVisible()
    await expectRefused(createButton(page).first(), looksOnly)
    await expectAccessible(page)
  })
})

test('a Tenant User sees their own load balancers, a Tenant Admin and an admin all', async ({
  page,
  api,
  portal,
  signIn,
}) => {
  const mia = await portal.addUser('mia', 'member')
  const boss = await portal.addUser('boss', 'manager')
  await mia.createActive({ name: 'of-mia', port: 8080 })
  await boss.createActive({ name: 'of-boss', port: 8081 })
  await api.createActive({ name: 'of-admin', port: 8082 })
  const everything = ['of-admin', 'of-boss', 'of-mia']
  for (const [who, seen] of [
    [mia.credentials, ['of-mia']],
    [boss.credentials, everything],
    [api.credentials, everything],
  ] as const) {
    await signIn(who)
    await page.goto('/load-balancers?sort=name&dir=asc')
    await expect(row(page, 'of-mia')).toBeVisible()
    await expect(list(page).getByRole('rowheader')).toHaveText([...seen])
    for (const name of seen) {
      await openMenu(page, name)
      for (const item of ['Edit', 'Clone', 'Delete']) {
        await expect(page.getByRole('menuitem', { name: item })).not.toHaveAttribute(
          'aria-disabled',
        )
      }
      await page.keyboard.press('Escape')
    }
  }
})

test('the header shows the role and switches projects without signing in again', async ({
  page,
  portal,
  signIn,
  pageErrors,
}) => {
  pageErrors.allow(/^403 GET \S+\/identity\/v3\/users\//)
  await portal.command(['project', 'add', 'shop'])
  const pat = await portal.addUser('pat', 'member')
  const grant = async (role: Role, project: string) =>
    portal.command(['user', 'grant', 'pat', '--project', project, '--role', role])
  await grant('reader', 'shop')
  await pat.createActive({ name: 'mine', port: 8080 })
  await signIn({ ...pat.credentials, project: 'default' } as typeof pat.credentials)
  await page.goto('/load-balancers')
  await expect(row(page, 'mine')).toBeVisible()
  await page.getByRole('button', { name: 'pat' }).click()
  await expect(page.getByRole('menu')).toContainText('Tenant User')
  await page.keyboard.press('Escape')

  await page.getByLabel('Project', { exact: true }).selectOption({ label: 'shop' })
  await expect(page.getByText('No load balancers yet')).toBeVisible()
  await expect(row(page, 'mine')).toBeHidden()
  await expectRefused(createButton(page).first(), looksOnly)
  await page.getByRole('button', { name: 'pat' }).click()
  await expect(page.getByRole('menu')).toContainText('Viewer')
  await page.keyboard.press('Escape')
  await page.reload()
  await expect(page.getByText('No load balancers yet')).toBeVisible()

  await page.getByLabel('Project', { exact: true }).selectOption({ label: 'default' })
  await expect(row(page, 'mine')).toBeVisible()
  await expect(createButton(page).first()).not.toHaveAttribute('aria-disabled')
})

test('resources of other users are reported as not found at every URL', async ({
  page,
  api,
  authority,
  portal,
  signIn,
  pageErrors,
}) => {
  pageErrors.allow(/^40[34] GET \S+\/(loadbalancers|secrets|portal)\//)
  authority.issue({ name: 'secret-shop' })
  const secret = await api.storeSecret('secret-shop', readFileSync(authority.pack('secret-shop')))
  const theirs = await api.createActive({
    name: 'of-admin',
    description: 'told nobody',
    port: 8080,
  })
  const mia = await portal.addUser('mia', 'member')
  await signIn(mia.credentials)
  for (const [path, words] of [
    [`/load-balancers/${theirs.id}`, 'Load balancer not found'],
    [`/load-balancers/${theirs.id}/edit`, 'Load balancer not found'],
    [`/load-balancers/create?from=${theirs.id}`, "Couldn't load the load balancer to clone"],
    [`/ssl-certificates/${secret}`, 'Certificate not found'],
  ] as const) {
    await page.goto(path)
    await expect(page.getByText(words).first(), path).toBeVisible()
    await expect(page.getByRole('dialog')).toBeHidden()
    const told = await page.locator('body').innerText()
    expect(told, path).not.toMatch(/of-admin|told nobody|secret-shop/)
    await expectAccessible(page)
  }
})

test('a role revoked during the wizard refuses Create, and nothing is created', async ({
  page,
  api,
  portal,
  signIn,
  pageErrors,
}) => {
  pageErrors.allow(/^40[13] /)
  expect(api).toBeTruthy()
  const mia = await portal.addUser('mia', 'member')
  await signIn(mia.credentials)
  await page.goto('/load-balancers/create')
  await page.getByLabel('Name', { exact: true }).fill('too late')
  await page.getByLabel('Port', { exact: true }).fill('8080')
  await page.getByRole('button', { name: /^Next/ }).click()
  await portal.command(['user', 'revoke', 'mia', '--project', 'default', '--role', 'member'])
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(
    page
      .getByText(/You don't have permission to do this|Your session has expired|no longer/)
      .first(),
  ).toBeVisible()
  const { loadbalancers } = await api.request<{ loadbalancers: unknown[] }>(
    'GET',
    '/load-balancer/v2/lbaas/loadbalancers',
  )
  expect(loadbalancers).toEqual([])
})
