import { expectAccessible } from '../fixtures/accessibility.ts'
import {
  confirm,
  dialog,
  membersOf,
  OCTAVIA,
  okButton,
  openDialog,
  stepList,
  thirtyMembers,
  threeMembers,
  weightField,
} from '../fixtures/edit_dialog.ts'
import type { Gateway } from '../fixtures/gateway.ts'
import { fromMenu, keyboardReady, list, tick } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

// An edit whose steps fail, or that continues while the user is on another page.

test.beforeEach(async ({ signIn }) => signIn())

/** Starts an edit of thirty steps and stops the server during it. */
async function interruptEdit(page: Page, id: string, down: () => Promise<void>): Promise<void> {
  await openDialog(page, id)
  await tick(page, 'Select all servers')
  await dialog(page).getByRole('button', { name: 'Disable', exact: true }).click()
  await expect(dialog(page).getByText('30 changes: disable 30 servers')).toBeVisible()
  await okButton(page).click()
  const steps = stepList(page)
  await expect(steps.getByText('Done').first()).toBeVisible()
  await down()
  await expect(dialog(page)).toContainText('Completed steps are kept')
  await expect(steps.getByText('Done').first()).toBeVisible()
  await expect(steps.getByText('Not sent').first()).toBeVisible()
  // A lost connection is not reported as a failed step.
  await expect(steps.getByText('Failed')).toHaveCount(0)
}

/** The ports of the servers in the step list, by step status. */
async function portsByStepStatus(page: Page): Promise<Record<string, number[]>> {
  const steps = stepList(page).getByRole('listitem')
  const ports: Record<string, number[]> = {}
  for (const text of await steps.allInnerTexts()) {
    const [, port, how] = text.match(/192\.0\.2\.9:(\d+)\s+(.+)/) ?? []
    ;(ports[how ?? text] ??= []).push(Number(port))
  }
  return ports
}

test('the status of each step matches what the server has done', async ({
  page,
  api,
  portal,
  pageErrors,
}) => {
  pageErrors.allow(/failed .* net::ERR_/, /ERR_CONNECTION|ERR_INCOMPLETE/)
  const made = await api.createActive({ name: 'web', port: 8080, members: thirtyMembers })
  await interruptEdit(page, made.id, () => portal.stop())
  const { Done: done = [], 'Not sent': unsent = [], ...rest } = await portsByStepStatus(page)
  expect(Object.keys(rest).filter((how) => !/^(Unknown|Sent, not confirmed)$/.test(how))).toEqual(
    [],
  )
  const between = Object.values(rest).flat()
  expect(between.length).toBeLessThanOrEqual(1)
  expect(done.length + between.length + unsent.length).toBe(thirtyMembers.length)
  await portal.restart()
  const off = (await membersOf(api, made.id)).filter((m) => !m.admin_state_up)
  const ports = off.map((member) => member.protocol_port)
  expect(ports.filter((port) => !between.includes(port)).toSorted()).toEqual(done.toSorted())
  for (const port of unsent) expect(ports).not.toContain(port)
  // Steps run in the order of the form.
  expect([...done, ...between, ...unsent]).toEqual(
    thirtyMembers.map((member) => member.protocol_port),
  )
  await dialog(page).getByRole('button', { name: 'Try again' }).click()
  await expect(dialog(page)).toBeHidden()
  expect((await membersOf(api, made.id)).filter((m) => m.admin_state_up)).toEqual([])
})

test('a failed step is scrolled into view', async ({ page, api, gateway, pageErrors }) => {
  pageErrors.allow(/^403 PUT /)
  const made = await api.createActive({ name: 'web', port: 8080, members: thirtyMembers })
  const last = (await membersOf(api, made.id)).at(-1)
  gateway.refuse(new RegExp(`^PUT .*/members/${last?.id}$`))
  await page.goto(`${gateway.url}/load-balancers/${made.id}/edit`)
  await tick(page, 'Select all servers')
  await dialog(page).getByRole('button', { name: 'Disable', exact: true }).click()
  await okButton(page).click()
  const steps = stepList(page).getByRole('listitem')
  const failed = steps.filter({ hasText: 'Failed' })
  await expect(failed).toContainText('192.0.2.9:8030')
  await expect(failed).toHaveAttribute('aria-current', 'step')
  await expect(failed).toBeInViewport()
  await expect(steps.first()).not.toBeInViewport()
})

test('Try again continues after a failed step', async ({ page, api, portal, pageErrors }) => {
  pageErrors.allow(/failed .* net::ERR_/, /ERR_CONNECTION|ERR_INCOMPLETE/)
  const made = await api.createActive({ name: 'web', port: 8080, members: thirtyMembers })
  await interruptEdit(page, made.id, () => portal.stop())
  await expectAccessible(page)
  await portal.restart()
  await dialog(page).getByRole('button', { name: 'Try again' }).click()
  await expect(dialog(page)).toBeHidden()
  expect((await membersOf(api, made.id)).filter((m) => m.admin_state_up)).toEqual([])
})

test('reopening the dialog completes an interrupted edit', async ({
  page,
  api,
  portal,
  pageErrors,
}) => {
  pageErrors.allow(/failed .* net::ERR_/, /ERR_CONNECTION|ERR_INCOMPLETE/)
  page.on('dialog', (question) => void question.accept())
  const made = await api.createActive({ name: 'web', port: 8080, members: thirtyMembers })
  await interruptEdit(page, made.id, () => portal.stop())
  await portal.restart()
  await page.reload()
  await expect(dialog(page).getByText('Draft restored.')).toBeVisible()
  await expect(dialog(page).getByText(/\d+ changes: disable \d+ servers/)).toBeVisible()
  await confirm(page, made.id)
  expect((await membersOf(api, made.id)).filter((m) => m.admin_state_up)).toEqual([])
})

test('a reload during an edit asks first, and the edit continues on other pages', async ({
  page,
  api,
  signIn,
}) => {
  await signIn()
  const made = await api.createActive({ name: 'web', port: 8080, members: thirtyMembers })
  const asked: string[] = []
  page.on('dialog', (question) => {
    asked.push(question.type())
    void question.dismiss()
  })
  await page.goto('/load-balancers')
  await expect(keyboardReady(page)).toBeAttached()
  await fromMenu(page, 'web', 'Edit')
  await tick(page, 'Select all servers')
  await dialog(page).getByRole('button', { name: 'Disable', exact: true }).click()
  await okButton(page).click()
  const steps = stepList(page)
  await expect(steps.getByText('Done').first()).toBeVisible()
  // A reload would interrupt the edit: the browser asks first.
  await page.evaluate('setTimeout(() => location.reload())')
  await expect.poll(() => asked).toEqual(['beforeunload'])
  // The edit continues on other pages, and its end is announced.
  await page.goBack()
  await page.goBack()
  await expect(page.getByRole('table', { name: 'Load balancers' })).toBeVisible()
  await page.evaluate('setTimeout(() => location.reload())')
  await expect.poll(() => asked).toEqual(['beforeunload', 'beforeunload'])
  await page.getByRole('link', { name: 'web', exact: true }).click()
  await page.getByRole('button', { name: 'Edit', exact: true }).waitFor()
  const up = async () => {
    const { pools } = await api.request<{ pools: { id: string }[] }>(
      'GET',
      `${OCTAVIA}/pools?loadbalancer_id=${made.id}`,
    )
    const { members } = await api.request<{ members: { admin_state_up: boolean }[] }>(
      'GET',
      `${OCTAVIA}/pools/${pools[0]?.id}/members`,
    )
    return members.filter((member) => member.admin_state_up).length
  }
  await expect(page.getByText('web has been changed.')).toBeVisible()
  expect(await up()).toBe(0)
})

test.describe('an edit that ends while another page is shown', () => {
  test.beforeEach(async ({ signIn }) => signIn())

  /** Returns to the list while the first of two changes is held back; returns the function that releases it. */
  async function leave(page: Page, gateway: Gateway): Promise<() => void> {
    const first = gateway.hold(/^PUT .*\/members\//)
    await page.goto(`${gateway.url}/load-balancers`)
    await expect(keyboardReady(page)).toBeAttached()
    await fromMenu(page, 'web', 'Edit')
    await weightField(page, '192.0.2.1:80').fill('5')
    await weightField(page, '192.0.2.2:80').fill('6')
    await okButton(page).click()
    await first.held
    await page.goBack()
    const main = page.getByRole('main')
    await expect(main).toContainText('An edit of this load balancer is running: step 1 of 2.')
    await expect(main.getByRole('link', { name: 'Show progress' })).toBeVisible()
    await page.goBack()
    await expect(list(page)).toBeVisible()
    return first.release
  }

  test('is announced once, and the dialog can be opened again', async ({ page, api, gateway }) => {
    await api.createActive({ name: 'web', port: 8080, members: threeMembers })
    const release = await leave(page, gateway)
    const notice = page.locator('.flash').filter({ hasText: 'web has been changed.' })
    await expect(notice).toHaveCount(0)
    release()
    await expect(notice).toHaveCount(1)
    await notice.getByRole('button', { name: 'Dismiss' }).click()
    await fromMenu(page, 'web', 'Edit')
    await expect(weightField(page, '192.0.2.1:80')).toHaveValue('5')
    await expect(weightField(page, '192.0.2.2:80')).toHaveValue('6')
    await expect(okButton(page)).toHaveAccessibleDescription('No changes yet')
    await expect(dialog(page)).not.toContainText('Draft restored.')
    await expect(notice).toHaveCount(0)
  })

  test('links to the dialog if it failed', async ({ page, api, gateway, pageErrors }) => {
    pageErrors.allow(/^403 PUT /)
    await api.createActive({ name: 'web', port: 8080, members: threeMembers })
    const release = await leave(page, gateway)
    // The server has done the first change; only its response is late.
    gateway.refuse(/^PUT .*\/members\//)
    release()
    const notice = page
      .locator('.flash')
      .filter({ hasText: 'Editing web stopped before all steps were completed.' })
    await expect(notice).toHaveCount(1)
    await expectAccessible(page)
    await notice.getByRole('link', { name: 'Show' }).click()
    const steps = dialog(page).getByRole('listitem')
    await expect(steps.filter({ hasText: 'Failed' })).toHaveCount(1)
    await expect(notice).toHaveCount(1)
    gateway.refuse()
    await dialog(page).getByRole('button', { name: 'Try again' }).click()
    await expect(dialog(page)).toBeHidden()
    await expect(page.locator('.flash').filter({ hasText: 'web has been changed.' })).toHaveCount(1)
  })
})
