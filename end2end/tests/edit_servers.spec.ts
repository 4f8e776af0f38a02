import { expectAccessible } from '../fixtures/accessibility.ts'
import {
  confirm,
  dialog,
  endpointOf,
  membersOf,
  OCTAVIA,
  okButton,
  openDialog,
  serverRow,
  serverTable,
  threeMembers,
  weightField,
} from '../fixtures/edit_dialog.ts'
import { countAnswers } from '../fixtures/http.ts'
import { fromMenu, section, tick } from '../fixtures/locators.ts'
import { expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

test('two added servers receive traffic', async ({ page, api, whoami }) => {
  const one = await whoami('server-one')
  const two = await whoami('server-two')
  const made = await api.createActive({ name: 'web', port: 8080, members: [] })
  await page.goto('/load-balancers')
  await fromMenu(page, 'web', 'Edit')
  await expect(page).toHaveURL(new RegExp(`/load-balancers/${made.id}/edit$`))
  for (const [i, { member }] of [one, two].entries()) {
    await dialog(page).getByRole('button', { name: 'Add Server' }).click()
    await dialog(page).getByLabel('Private IP').nth(i).fill(member.address)
    await dialog(page).getByLabel('Port', { exact: true }).nth(i).fill(`${member.protocol_port}`)
  }
  await expect(dialog(page).getByText('2 changes: add 2 servers')).toBeVisible()
  await confirm(page, made.id)
  await expect(page.getByText('web has been changed.')).toBeVisible()
  const network = section(page, 'Networks & Connection')
  await expect(network.getByRole('table', { name: 'Listeners' })).toContainText('8080')
  for (const { member } of [one, two]) {
    const servers = network.getByRole('table', { name: 'Servers' })
    const place = servers.getByRole('row').filter({ hasText: member.address })
    await expect(place.filter({ hasText: `${member.protocol_port}` })).toBeVisible()
  }
  await expect(page.getByText('ACTIVE').first()).toBeVisible()
  const answers = await countAnswers(made.vip_address, 8080, 20, [one.name, two.name])
  expect(answers).toEqual({ [one.name]: 10, [two.name]: 10 })
})

test('a first server is added to a load balancer without server groups', async ({
  page,
  api,
  whoami,
}) => {
  const one = await whoami('one')
  const made = await api.createActive({ name: 'web', port: 8080 })
  await openDialog(page, made.id)
  await dialog(page).getByRole('button', { name: 'Add Server' }).click()
  await dialog(page).getByLabel('Private IP').fill(one.address)
  await dialog(page).getByRole('button', { name: 'Add Server' }).click()
  await dialog(page).getByRole('button', { name: 'Remove server 2' }).click()
  await expect(dialog(page).getByRole('button', { name: 'Remove server 1' })).toBeFocused()
  await confirm(page, made.id)
  expect(await countAnswers(made.vip_address, 8080, 2, ['one'])).toEqual({ one: 2 })
})

test('servers are drained and removed together, and both can be undone', async ({ page, api }) => {
  const made = await api.createActive({ name: 'web', port: 8080, members: threeMembers })
  await openDialog(page, made.id)
  await dialog(page).getByRole('button', { name: 'Drain 192.0.2.1:80' }).click()
  await expect(weightField(page, '192.0.2.1:80')).toHaveValue('0')
  await expect(serverRow(page, '192.0.2.1:80')).toContainText('will take no new connections')
  await tick(page, 'Select 192.0.2.2:80')
  await tick(page, 'Select 192.0.2.3:80')
  await dialog(page).getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(serverRow(page, '192.0.2.3:80')).toContainText('will be removed')
  await expect(dialog(page)).toContainText('No server of servers will take new connections')
  await expectAccessible(page)
  const remove = dialog(page).getByRole('button', { name: 'Remove 192.0.2.3:80' })
  const undo = dialog(page).getByRole('button', { name: 'Undo 192.0.2.3:80' })
  await undo.click()
  await expect(weightField(page, '192.0.2.3:80')).toHaveValue('1')
  await expect(remove).toBeFocused()
  await remove.press('Enter')
  await expect(undo).toBeFocused()
  await undo.press('Enter')
  await expect(remove).toBeFocused()
  await expect(dialog(page).getByText('2 changes: drain 1 server, remove 1 server')).toBeVisible()
  await confirm(page, made.id)
  const left = (await membersOf(api, made.id)).map((m) => [endpointOf(m), m.weight])
  expect(left).toEqual([
    ['192.0.2.1:80', 0],
    ['192.0.2.3:80', 1],
  ])
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await dialog(page).getByRole('button', { name: 'Stop draining 192.0.2.1:80' }).click()
  await expect(weightField(page, '192.0.2.1:80')).toHaveValue('1')
})

test('pasted lines become servers, without those that are there already', async ({ page, api }) => {
  const made = await api.createActive({ name: 'web', port: 8080, members: threeMembers })
  await openDialog(page, made.id)
  await dialog(page).getByRole('button', { name: 'Add Server' }).click()
  await dialog(page).getByLabel('Private IP').focus()
  await page.evaluate(
    'navigator.clipboard.writeText("192.0.2.10:80\\n[2001:db8::1]:8080\\n\\n192.0.2.3:80\\n")',
  )
  await page.keyboard.press('ControlOrMeta+V')
  const preview = page.getByRole('dialog', { name: 'Add multiple' })
  await expect(preview).toContainText('1 repeat left out.')
  await preview.getByRole('button', { name: 'Add 2' }).click()
  const address = dialog(page).getByLabel('Private IP')
  await expect(address).toHaveCount(2)
  await dialog(page).getByRole('button', { name: 'Add Server' }).click()
  await address.nth(2).fill('192.0.2.3:80')
  await okButton(page).click()
  await expect(address.nth(2)).toHaveAttribute('aria-invalid', 'true')
  await expect(address.nth(2)).toBeFocused()
  await expect(dialog(page)).toContainText('Already added')
  await expectAccessible(page)
  await address.nth(2).fill('192.0.2.300')
  await okButton(page).click()
  await expect(address.nth(2)).toHaveAttribute('aria-invalid', 'true')
  await address.nth(2).fill('192.0.2.30')
  await confirm(page, made.id)
  expect((await membersOf(api, made.id)).map(endpointOf)).toEqual([
    '192.0.2.10:80',
    '192.0.2.1:80',
    '192.0.2.2:80',
    '192.0.2.30:80',
    '192.0.2.3:80',
    '2001:db8::1:8080',
  ])
})

test('a health check is added, with a timeout below its interval', async ({ page, api }) => {
  const made = await api.createActive({ name: 'web', port: 8080, members: threeMembers })
  await openDialog(page, made.id)
  await dialog(page).getByLabel('Check', { exact: true }).selectOption('TCP')
  await dialog(page).getByLabel('Interval').fill('5')
  await dialog(page).getByLabel('Timeout', { exact: true }).fill('5')
  await okButton(page).click()
  await expect(dialog(page).getByLabel('Timeout', { exact: true })).toHaveAttribute(
    'aria-invalid',
    'true',
  )
  await expect(dialog(page).getByLabel('Timeout', { exact: true })).toBeFocused()
  await dialog(page).getByLabel('Timeout', { exact: true }).fill('2')
  await dialog(page)
    .getByRole('radio', { name: /LEAST_CONNECTIONS/ })
    .check({ force: true })
  await confirm(page, made.id)
  const { healthmonitors } = await api.request<{ healthmonitors: object[] }>(
    'GET',
    `${OCTAVIA}/healthmonitors`,
  )
  expect(healthmonitors).toMatchObject([{ type: 'TCP', delay: 5, timeout: 2 }])
  await expect(page.getByRole('main')).toContainText('LEAST_CONNECTIONS')
})

test('a load balancer with 50 listeners and 500 servers is edited', async ({ page, api }) => {
  const members500 = Array.from({ length: 500 }, (_, i) => ({
    address: `192.0.2.${1 + (i % 250)}`,
    protocol_port: 8000 + Math.floor(i / 250),
    name: `a server with quite a long name, number ${i}`,
  }))
  const listeners50 = Array.from({ length: 50 }, (_, i) => ({
    protocol: 'HTTP',
    protocol_port: 9001 + i,
    default_pool: { name: 'servers' },
  }))
  const pools = [
    { name: 'servers', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', members: members500 },
  ]
  const vip_network_id = (await api.network()).id
  const { loadbalancer } = await api.request<{ loadbalancer: { id: string } }>(
    'POST',
    `${OCTAVIA}/loadbalancers`,
    { loadbalancer: { name: 'big', vip_network_id, listeners: listeners50, pools } },
  )
  const made = await api.waitUntilSettled(loadbalancer.id)
  await openDialog(page, made.id)
  await expect(dialog(page).getByRole('group', { name: /^Listener HTTP/ })).toHaveCount(50)
  await dialog(page).getByLabel('Search servers').fill('number 432')
  await expect(serverTable(page).getByRole('rowheader')).toHaveCount(1)
  await weightField(page, '192.0.2.183:8001').fill('12')
  await expect(dialog(page).getByText('1 change: change 1 server')).toBeVisible()
  await confirm(page, made.id)
  const changed = (await membersOf(api, made.id)).filter((m) => m.weight === 12)
  expect(changed.map(endpointOf)).toEqual(['192.0.2.183:8001'])
})
