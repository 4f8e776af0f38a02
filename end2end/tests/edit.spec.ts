import { expectAccessible } from '../fixtures/accessibility.ts'
import {
  type Member,
  confirm,
  dialog,
  endpointOf,
  membersOf,
  OCTAVIA,
  okButton,
  openDialog,
  poolOf,
  serverRow,
  threeMembers,
  weightField,
} from '../fixtures/edit_dialog.ts'
import { fromMenu, row } from '../fixtures/locators.ts'
import { expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

test('Back closes the dialog, then returns to the list', async ({ page, api }) => {
  const made = await api.createActive({ name: 'web', port: 8080 })
  await page.goto('/load-balancers')
  await fromMenu(page, 'web', 'Edit')
  await expect(okButton(page)).toBeVisible()
  await page.goBack()
  await expect(page).toHaveURL(new RegExp(`/load-balancers/${made.id}$`))
  await expect(dialog(page)).toBeHidden()
  await page.goBack()
  await expect(row(page, 'web')).toBeVisible()
})

test('OK is disabled until something changes', async ({ page, api }) => {
  const made = await api.createActive({ name: 'web', port: 8080, members: threeMembers })
  await openDialog(page, made.id)
  await expect(okButton(page)).toHaveAttribute('aria-disabled', 'true')
  await expect(okButton(page)).toHaveAccessibleDescription('No changes yet')
  await okButton(page).click({ force: true })
  await expect(dialog(page)).toBeVisible()
  await weightField(page, '192.0.2.1:80').fill('5')
  await expect(okButton(page)).not.toHaveAttribute('aria-disabled', 'true')
  await weightField(page, '192.0.2.1:80').fill('1')
  await expect(okButton(page)).toHaveAttribute('aria-disabled', 'true')
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toBeHidden()
})

test('fields that were not edited keep their values', async ({ page, api }) => {
  const made = await api.createActive({ name: 'web', port: 8080, members: threeMembers })
  const inPool = await poolOf(api, made.id)
  const [first, second] = await membersOf(api, made.id)
  await api.request('PUT', `${OCTAVIA}/pools/${inPool}/members/${first?.id}`, {
    member: { weight: 9, backup: true, admin_state_up: false, tags: ['blue'] },
  })
  await api.waitUntilSettled(made.id)
  const before = (await membersOf(api, made.id)).filter((m) => m.id !== second?.id)
  await openDialog(page, made.id)
  await weightField(page, second ? endpointOf(second) : '').fill('4')
  await dialog(page).getByLabel('Description').fill('the shop')
  await confirm(page, made.id)
  const after = await membersOf(api, made.id)
  const fields = ({ id, name, weight, backup, admin_state_up, monitor_address, tags }: Member) => ({
    ...{ id, name, weight, backup, admin_state_up, monitor_address, tags },
  })
  expect(after.filter((m) => m.id !== second?.id).map(fields)).toEqual(before.map(fields))
  expect(after.find((m) => m.id === second?.id)?.weight).toBe(4)
})

test('closing with unsaved changes asks for confirmation', async ({ page, api }) => {
  const made = await api.createActive({ name: 'web', port: 8080, members: threeMembers })
  await page.goto(`/load-balancers/${made.id}`)
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  const question = page.getByRole('dialog', { name: 'Discard your changes?' })
  await weightField(page, '192.0.2.1:80').fill('5')
  for (const leave of [
    () => dialog(page).getByRole('button', { name: 'Cancel' }).click(),
    () => dialog(page).getByRole('button', { name: 'Close' }).click(),
    () => page.keyboard.press('Escape'),
    () => page.goBack(),
  ]) {
    await leave()
    await expect(question).toBeVisible()
    await question.getByRole('button', { name: 'Keep editing' }).click()
    await expect(question).toBeHidden()
    await expect(weightField(page, '192.0.2.1:80')).toHaveValue('5')
    await expect(page).toHaveURL(/\/edit$/)
  }
  await page.keyboard.press('Escape')
  await expectAccessible(page)
  await question.getByRole('button', { name: 'Discard' }).click()
  await expect(dialog(page)).toBeHidden()
  await expect(page).toHaveURL(new RegExp(`/load-balancers/${made.id}$`))
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeFocused()
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await expect(weightField(page, '192.0.2.1:80')).toHaveValue('1')
})

test('a reload restores unsaved changes', async ({ page, api }) => {
  const made = await api.createActive({ name: 'web', port: 8080, members: threeMembers })
  page.on('dialog', (question) => void question.accept())
  await openDialog(page, made.id)
  await weightField(page, '192.0.2.2:80').fill('8')
  await dialog(page).getByRole('button', { name: 'Remove 192.0.2.3:80' }).click()
  await page.reload()
  await expect(weightField(page, '192.0.2.2:80')).toHaveValue('8')
  await expect(serverRow(page, '192.0.2.3:80')).toContainText('will be removed')
  await dialog(page).getByRole('button', { name: 'Start over' }).click()
  await expect(okButton(page)).toHaveAttribute('aria-disabled', 'true')
})

test('a reader sees why editing is not possible', async ({
  page,
  api,
  portal,
  signIn,
  pageErrors,
}) => {
  // Keystone does not show a reader the names of other users.
  pageErrors.allow(/^403 GET \S+\/identity\/v3\/users\//)
  const made = await api.createActive({ name: 'web', port: 8080, members: threeMembers })
  const reader = await portal.addUser('reader', 'reader')
  await signIn(reader.credentials)
  await page.goto(`/load-balancers/${made.id}`)
  const button = page.getByRole('button', { name: 'Edit', exact: true })
  await expect(button).toHaveAttribute('aria-disabled', 'true')
  await expect(button).toHaveAccessibleDescription('Your role is view-only')
  await page.goto(`/load-balancers/${made.id}/edit`)
  await expect(dialog(page)).toContainText('Your role is view-only')
  await expect(okButton(page)).toHaveCount(0)
})

test('a load balancer with a listener in ERROR can be edited, and the reason is shown', async ({
  page,
  api,
}) => {
  const first = await api.createActive({ name: 'first', port: 8080 })
  const vip = first.vip_address.replace(/\d+$/, (last) => String(Number(last) + 40))
  const { createServer } = await import('node:http')
  const squatter = createServer().listen(8081, vip)
  await new Promise((ready) => squatter.once('listening', ready))
  try {
    const { loadbalancer } = await api.request<{ loadbalancer: { id: string } }>(
      'POST',
      `${OCTAVIA}/loadbalancers`,
      {
        loadbalancer: {
          name: 'unlucky',
          vip_network_id: (await api.network()).id,
          vip_address: vip,
          listeners: [{ protocol: 'HTTP', protocol_port: 8081 }],
        },
      },
    )
    await api.waitUntilSettled(loadbalancer.id)
    await page.goto(`/load-balancers/${loadbalancer.id}`)
    await expect(page.getByRole('main')).toContainText(
      `Port 8081 of ${vip} is used by another program`,
    )
    await page.getByRole('button', { name: 'Edit', exact: true }).click()
    await expect(okButton(page)).toBeVisible()
    await expectAccessible(page)
  } finally {
    squatter.close()
  }
})

test('the dialog fits a phone in Traditional Chinese', async ({ page, api }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.addInitScript(() => localStorage.setItem('language', 'zh-TW'))
  const made = await api.createActive({ name: 'web', port: 8080, members: threeMembers })
  await page.goto(`/load-balancers/${made.id}/edit`)
  const phone = page.getByRole('dialog', { name: '編輯負載平衡器' })
  await phone.getByRole('button', { name: '新增伺服器' }).click()
  await phone.getByLabel('私有 IP').fill('192.0.2.4:80')
  await page.keyboard.press('Tab')
  await expect(phone.getByText('1 項變更：新增 1 台伺服器')).toBeVisible()
  // Cards have no headings but the box that selects all.
  await expect(phone.getByRole('table').getByText('選取所有伺服器').last()).toBeVisible()
  const box = await phone.boundingBox()
  expect(box).toMatchObject({ x: 0, y: 0, width: 390, height: 844 })
  const overflow = 'document.querySelector("dialog[open] .dialog-body").scrollWidth'
  expect(await page.evaluate(overflow)).toBeLessThanOrEqual(390)
  await expectAccessible(page)
  await phone.getByRole('button', { name: '確認' }).click()
  await expect(phone).toBeHidden()
  expect(await membersOf(api, made.id)).toHaveLength(4)
})
