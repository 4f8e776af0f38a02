import { expectAccessible } from '../fixtures/accessibility.ts'
import {
  confirm,
  dialog,
  membersOf,
  OCTAVIA,
  okButton,
  openDialog,
  poolOf,
  threeMembers,
  weightField,
} from '../fixtures/edit_dialog.ts'
import { section } from '../fixtures/locators.ts'
import { admin } from '../fixtures/portal.ts'
import { expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

test('the second of two editors is warned and keeps their changes', async ({
  page,
  api,
  browser,
  portal,
}) => {
  const made = await api.createActive({ name: 'web', port: 8080, members: threeMembers })
  const other = await browser.newContext({ baseURL: portal.url })
  try {
    const second = await other.newPage()
    await other.request.post(`${portal.url}/portal/session`, {
      headers: { origin: portal.url },
      data: admin,
    })
    await openDialog(page, made.id)
    await openDialog(second, made.id)
    await weightField(page, '192.0.2.1:80').fill('5')
    await dialog(page).getByLabel('Description').fill('of the first')
    await weightField(second, '192.0.2.1:80').fill('7')
    await dialog(second).getByLabel('Name', { exact: true }).first().fill('of the second')
    await confirm(page, made.id)

    await expect(second.getByText('Someone else just changed')).toBeInViewport()
    await okButton(second).click()
    const conflicts = dialog(second)
    await expect(conflicts).toContainText('Nothing has been sent')
    await expect(conflicts).toContainText(
      'Server 192.0.2.1:80: Weight was “1” and is now “5”; yours is “7”',
    )
    await expect(conflicts).toContainText('Description was empty and is now “of the first”')
    await expectAccessible(second)
    await conflicts.getByRole('button', { name: 'Back to the form' }).click()
    await expect(weightField(second, '192.0.2.1:80')).toHaveValue('7')
    await expect(conflicts.getByLabel('Description')).toHaveValue('of the first')
    await confirm(second, made.id)

    expect((await membersOf(api, made.id)).map((m) => m.weight)).toEqual([7, 1, 1])
    const { loadbalancer } = await api.request<{ loadbalancer: object }>(
      'GET',
      `${OCTAVIA}/loadbalancers/${made.id}`,
    )
    expect(loadbalancer).toMatchObject({ name: 'of the second', description: 'of the first' })
  } finally {
    await other.close()
  }
})

for (const [choice, then] of [
  ['Keep my changes', 7],
  ['Discard mine', 5],
] as const) {
  test(`both editors changed the same field: ${choice}`, async ({ page, api }) => {
    const made = await api.createActive({ name: 'web', port: 8080, members: threeMembers })
    await openDialog(page, made.id)
    await weightField(page, '192.0.2.1:80').fill('7')
    await weightField(page, '192.0.2.2:80').fill('3')
    const [first] = await membersOf(api, made.id)
    await api.request(
      'PUT',
      `${OCTAVIA}/pools/${await poolOf(api, made.id)}/members/${first?.id}`,
      {
        member: { weight: 5 },
      },
    )
    await api.waitUntilSettled(made.id)
    await okButton(page).click()
    await dialog(page).getByRole('button', { name: choice }).click()
    await expect(dialog(page)).toBeHidden()
    expect((await membersOf(api, made.id)).map((m) => m.weight)).toEqual([then, 3, 1])
  })
}

test('a change by another client is announced while the dialog is open', async ({
  page,
  api,
  signIn,
}) => {
  await signIn()
  const made = await api.createActive({ name: 'web', port: 8080, members: threeMembers })
  await openDialog(page, made.id)
  await weightField(page, '192.0.2.1:80').fill('5')
  await api.update(made.id, { description: 'of somebody else' })
  await api.waitUntilSettled(made.id)
  // The form keeps its input while the state changes from UPDATING to ACTIVE.
  await expect(dialog(page).getByText('Someone else just changed')).toBeInViewport()
  await expect(weightField(page, '192.0.2.1:80')).toHaveValue('5')
  // The edit waits for a change in progress.
  await api.update(made.id, { description: 'again of somebody else' })
  await okButton(page).click()
  await expect(dialog(page)).toContainText('both can be kept')
  await dialog(page).getByRole('button', { name: 'Continue' }).click()
  await expect(dialog(page)).toBeHidden()
  const { loadbalancer } = await api.request<{ loadbalancer: object }>(
    'GET',
    `${OCTAVIA}/loadbalancers/${made.id}`,
  )
  expect(loadbalancer).toMatchObject({ description: 'again of somebody else' })
})

test('a revoked role is reported and the form is kept', async ({
  page,
  portal,
  signIn,
  pageErrors,
}) => {
  pageErrors.allow(/^403 (PUT|GET) /)
  const mia = await portal.addUser('mia', 'member')
  await portal.command(['user', 'grant', 'mia', '--project', 'default', '--role', 'reader'])
  const made = await mia.createActive({ name: 'web', port: 8080, members: threeMembers })
  await signIn(mia.credentials)
  await openDialog(page, made.id)
  await weightField(page, '192.0.2.1:80').fill('5')
  await portal.command(['user', 'revoke', 'mia', '--project', 'default', '--role', 'member'])
  await okButton(page).click()
  await expect(dialog(page)).toContainText("You don't have permission to do this.")
  await expect(dialog(page).getByRole('listitem').filter({ hasText: 'Failed' })).toHaveCount(1)
  await expectAccessible(page)
  await dialog(page).getByRole('button', { name: 'Back to the form' }).click()
  await expect(weightField(page, '192.0.2.1:80')).toHaveValue('5')
  // The role is granted again.
  await portal.command(['user', 'grant', 'mia', '--project', 'default', '--role', 'member'])
  await confirm(page, made.id)
  const servers = section(page, 'Networks & Connection').getByRole('table', { name: 'Servers' })
  await expect(servers.getByRole('row').filter({ hasText: '192.0.2.1' })).toContainText('5')
})
