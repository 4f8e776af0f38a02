import { expectAccessible } from '../fixtures/accessibility.ts'
import type { Api } from '../fixtures/api.ts'
import { fromMenu, row, section, tick } from '../fixtures/locators.ts'
import { admin } from '../fixtures/portal.ts'
import { type Page, expect, test } from '../fixtures/test.ts'
import { countAnswers } from '../fixtures/traffic.ts'

interface Member {
  id: string
  name: string
  address: string
  protocol_port: number
  weight: number
  backup: boolean
  admin_state_up: boolean
  monitor_address: string | null
  tags: string[]
}

const ROOT = '/load-balancer/v2/lbaas'

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Edit Load Balancer' })
const ok = (page: Page) => dialog(page).getByRole('button', { name: 'OK', exact: true })
const servers = (page: Page) => dialog(page).getByRole('table', { name: 'Servers' })
const server = (page: Page, place: string) =>
  servers(page).getByRole('row').filter({ hasText: place })
const weight = (page: Page, place: string) =>
  dialog(page).getByLabel(`Weight ${place}`, { exact: true })

/** The dialog, opened by its address. */
async function edit(page: Page, id: string): Promise<void> {
  await page.goto(`/load-balancers/${id}/edit`)
  await expect(ok(page)).toBeVisible()
}

/** Presses OK and waits for the details page. */
async function confirm(page: Page, id: string): Promise<void> {
  await ok(page).click()
  await expect(dialog(page)).toBeHidden()
  await expect(page).toHaveURL(new RegExp(`/load-balancers/${id}$`))
}

async function pool(api: Api, loadbalancer: string): Promise<string> {
  const { pools } = await api.request<{ pools: { id: string }[] }>(
    'GET',
    `${ROOT}/pools?loadbalancer_id=${loadbalancer}`,
  )
  return pools[0]?.id ?? ''
}

async function members(api: Api, loadbalancer: string): Promise<Member[]> {
  const path = `${ROOT}/pools/${await pool(api, loadbalancer)}/members`
  const { members } = await api.request<{ members: Member[] }>('GET', path)
  return members.toSorted((a, b) => (at(a) < at(b) ? -1 : 1))
}

const at = (member: Member) => `${member.address}:${member.protocol_port}`

/** Servers that nobody runs: what is edited here is what is written down of them. */
const three = [
  { address: '192.0.2.1', protocol_port: 80 },
  { address: '192.0.2.2', protocol_port: 80 },
  { address: '192.0.2.3', protocol_port: 80 },
]

test.beforeEach(async ({ signIn }) => signIn())

test('two servers are added, and traffic reaches both', async ({ page, api, whoami }) => {
  const one = await whoami('server-one')
  const two = await whoami('server-two')
  const made = await api.active({ name: 'web', port: 8080, members: [] })
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

test('going back closes the dialog, and then leads to the list', async ({ page, api }) => {
  const made = await api.active({ name: 'web', port: 8080 })
  await page.goto('/load-balancers')
  await fromMenu(page, 'web', 'Edit')
  await expect(ok(page)).toBeVisible()
  await page.goBack()
  await expect(page).toHaveURL(new RegExp(`/load-balancers/${made.id}$`))
  await expect(dialog(page)).toBeHidden()
  await page.goBack()
  await expect(row(page, 'web')).toBeVisible()
})

test('OK has nothing to do while nothing is changed', async ({ page, api }) => {
  const made = await api.active({ name: 'web', port: 8080, members: three })
  await edit(page, made.id)
  await expect(ok(page)).toHaveAttribute('aria-disabled', 'true')
  await expect(ok(page)).toHaveAccessibleDescription('No changes yet')
  await ok(page).click({ force: true })
  await expect(dialog(page)).toBeVisible()
  await weight(page, '192.0.2.1:80').fill('5')
  await expect(ok(page)).not.toHaveAttribute('aria-disabled', 'true')
  await weight(page, '192.0.2.1:80').fill('1')
  await expect(ok(page)).toHaveAttribute('aria-disabled', 'true')
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toBeHidden()
})

test('what is not touched stays as it is', async ({ page, api }) => {
  const made = await api.active({ name: 'web', port: 8080, members: three })
  const inPool = await pool(api, made.id)
  const [first, second] = await members(api, made.id)
  await api.request('PUT', `${ROOT}/pools/${inPool}/members/${first?.id}`, {
    member: { weight: 9, backup: true, admin_state_up: false, tags: ['blue'] },
  })
  await api.settled(made.id)
  const before = (await members(api, made.id)).filter((m) => m.id !== second?.id)
  await edit(page, made.id)
  await weight(page, second ? at(second) : '').fill('4')
  await dialog(page).getByLabel('Description').fill('the shop')
  await confirm(page, made.id)
  const after = await members(api, made.id)
  const fields = ({ id, name, weight, backup, admin_state_up, monitor_address, tags }: Member) => ({
    ...{ id, name, weight, backup, admin_state_up, monitor_address, tags },
  })
  expect(after.filter((m) => m.id !== second?.id).map(fields)).toEqual(before.map(fields))
  expect(after.find((m) => m.id === second?.id)?.weight).toBe(4)
})

test('two people: the second is told, and loses nothing', async ({ page, api, browser, portal }) => {
  const made = await api.active({ name: 'web', port: 8080, members: three })
  const other = await browser.newContext({ baseURL: portal.url })
  try {
    const second = await other.newPage()
    await other.request.post(`${portal.url}/portal/session`, {
      headers: { origin: portal.url },
      data: admin,
    })
    await edit(page, made.id)
    await edit(second, made.id)
    await weight(page, '192.0.2.1:80').fill('5')
    await dialog(page).getByLabel('Description').fill('of the first')
    await weight(second, '192.0.2.1:80').fill('7')
    await dialog(second).getByLabel('Name', { exact: true }).first().fill('of the second')
    await confirm(page, made.id)

    await expect(second.getByText('Someone else just changed')).toBeInViewport()
    await ok(second).click()
    const told = dialog(second)
    await expect(told).toContainText('Nothing has been sent')
    await expect(told).toContainText(
      'Server 192.0.2.1:80: Weight was “1” and is now “5”; yours is “7”',
    )
    await expect(told).toContainText('Description was empty and is now “of the first”')
    await expectAccessible(second)
    await told.getByRole('button', { name: 'Back to the form' }).click()
    await expect(weight(second, '192.0.2.1:80')).toHaveValue('7')
    await expect(told.getByLabel('Description')).toHaveValue('of the first')
    await confirm(second, made.id)

    expect((await members(api, made.id)).map((m) => m.weight)).toEqual([7, 1, 1])
    const { loadbalancer } = await api.request<{ loadbalancer: object }>(
      'GET',
      `${ROOT}/loadbalancers/${made.id}`,
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
  test(`of two that changed the same: ${choice}`, async ({ page, api }) => {
    const made = await api.active({ name: 'web', port: 8080, members: three })
    await edit(page, made.id)
    await weight(page, '192.0.2.1:80').fill('7')
    await weight(page, '192.0.2.2:80').fill('3')
    const [first] = await members(api, made.id)
    await api.request('PUT', `${ROOT}/pools/${await pool(api, made.id)}/members/${first?.id}`, {
      member: { weight: 5 },
    })
    await api.settled(made.id)
    await ok(page).click()
    await dialog(page).getByRole('button', { name: choice }).click()
    await expect(dialog(page)).toBeHidden()
    expect((await members(api, made.id)).map((m) => m.weight)).toEqual([then, 3, 1])
  })
}

const many = Array.from({ length: 30 }, (_, i) => ({
  address: '192.0.2.9',
  protocol_port: 8001 + i,
}))

/** Begins thirty steps, and takes the server down in the middle of them. */
async function breakOff(page: Page, id: string, down: () => Promise<void>): Promise<void> {
  await edit(page, id)
  await tick(page, 'Select all servers')
  await dialog(page).getByRole('button', { name: 'Disable', exact: true }).click()
  await expect(dialog(page).getByText('30 changes: disable 30 servers')).toBeVisible()
  await ok(page).click()
  const steps = dialog(page).getByRole('list', { name: 'Steps' })
  await expect(steps.getByText('Done').first()).toBeVisible()
  await down()
  await expect(dialog(page)).toContainText('Completed steps are kept')
  await expect(steps.getByText('Done').first()).toBeVisible()
  await expect(steps.getByText('Not sent').first()).toBeVisible()
  // A connection that breaks is no step that fails.
  await expect(steps.getByText('Failed')).toHaveCount(0)
}

/** The ports of the servers that the steps shown speak of, by how those stand. */
async function told(page: Page): Promise<Record<string, number[]>> {
  const steps = dialog(page).getByRole('list', { name: 'Steps' }).getByRole('listitem')
  const ports: Record<string, number[]> = {}
  for (const text of await steps.allInnerTexts()) {
    const [, port, how] = text.match(/192\.0\.2\.9:(\d+) off\s+(.+)/) ?? []
    ;(ports[how ?? text] ??= []).push(Number(port))
  }
  return ports
}

test('what is said to be done is done, and what is not is not', async ({
  page,
  api,
  portal,
  watch,
}) => {
  watch.expect(/failed .* net::ERR_/, /ERR_CONNECTION|ERR_INCOMPLETE/)
  const made = await api.active({ name: 'web', port: 8080, members: many })
  await breakOff(page, made.id, () => portal.down())
  const { Done: done = [], 'Not sent': unsent = [], ...rest } = await told(page)
  expect(Object.keys(rest).filter((how) => !/^(Unknown|Sent, not confirmed)$/.test(how))).toEqual(
    [],
  )
  const between = Object.values(rest).flat()
  expect(between.length).toBeLessThanOrEqual(1)
  expect(done.length + between.length + unsent.length).toBe(many.length)
  await portal.again()
  const off = (await members(api, made.id)).filter((m) => !m.admin_state_up)
  const ports = off.map((member) => member.protocol_port)
  expect(ports.filter((port) => !between.includes(port)).toSorted()).toEqual(done.toSorted())
  for (const port of unsent) expect(ports).not.toContain(port)
  // One after the other, as they stand in the form.
  expect([...done, ...between, ...unsent]).toEqual(many.map((member) => member.protocol_port))
  await dialog(page).getByRole('button', { name: 'Try again' }).click()
  await expect(dialog(page)).toBeHidden()
  expect((await members(api, made.id)).filter((m) => m.admin_state_up)).toEqual([])
})

test('a step that fails is in sight, however many come before it', async ({
  page,
  api,
  gateway,
  watch,
}) => {
  watch.expect(/^403 PUT /)
  const made = await api.active({ name: 'web', port: 8080, members: many })
  const last = (await members(api, made.id)).at(-1)
  gateway.refuse(new RegExp(`^PUT .*/members/${last?.id}$`))
  await page.goto(`${gateway.url}/load-balancers/${made.id}/edit`)
  await tick(page, 'Select all servers')
  await dialog(page).getByRole('button', { name: 'Disable', exact: true }).click()
  await ok(page).click()
  const steps = dialog(page).getByRole('list', { name: 'Steps' }).getByRole('listitem')
  const failed = steps.filter({ hasText: 'Failed' })
  await expect(failed).toContainText('192.0.2.9:8030')
  await expect(failed).toHaveAttribute('aria-current', 'step')
  await expect(failed).toBeInViewport()
  await expect(steps.first()).not.toBeInViewport()
})

test('a step that failed is tried again', async ({ page, api, portal, watch }) => {
  watch.expect(/failed .* net::ERR_/, /ERR_CONNECTION|ERR_INCOMPLETE/)
  const made = await api.active({ name: 'web', port: 8080, members: many })
  await breakOff(page, made.id, () => portal.down())
  await expectAccessible(page)
  await portal.again()
  await dialog(page).getByRole('button', { name: 'Try again' }).click()
  await expect(dialog(page)).toBeHidden()
  expect((await members(api, made.id)).filter((m) => m.admin_state_up)).toEqual([])
})

test('the dialog opened anew finishes what broke off', async ({ page, api, portal, watch }) => {
  watch.expect(/failed .* net::ERR_/, /ERR_CONNECTION|ERR_INCOMPLETE/)
  page.on('dialog', (question) => void question.accept())
  const made = await api.active({ name: 'web', port: 8080, members: many })
  await breakOff(page, made.id, () => portal.down())
  await portal.again()
  await page.reload()
  await expect(dialog(page).getByText('Draft restored.')).toBeVisible()
  await expect(dialog(page).getByText(/\d+ changes: disable \d+ servers/)).toBeVisible()
  await confirm(page, made.id)
  expect((await members(api, made.id)).filter((m) => m.admin_state_up)).toEqual([])
})

test('servers are drained, switched and removed, several at once, and that is taken back', async ({
  page,
  api,
}) => {
  const made = await api.active({ name: 'web', port: 8080, members: three })
  await edit(page, made.id)
  await dialog(page).getByRole('button', { name: 'Drain 192.0.2.1:80' }).click()
  await expect(weight(page, '192.0.2.1:80')).toHaveValue('0')
  await expect(server(page, '192.0.2.1:80')).toContainText('will take no new connections')
  await tick(page, 'Select 192.0.2.2:80')
  await tick(page, 'Select 192.0.2.3:80')
  await dialog(page).getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(server(page, '192.0.2.3:80')).toContainText('will be removed')
  await expect(dialog(page)).toContainText('No server of servers will take new connections')
  await expectAccessible(page)
  const remove = dialog(page).getByRole('button', { name: 'Remove 192.0.2.3:80' })
  const undo = dialog(page).getByRole('button', { name: 'Undo 192.0.2.3:80' })
  await undo.click()
  await expect(weight(page, '192.0.2.3:80')).toHaveValue('1')
  await expect(remove).toBeFocused()
  await remove.press('Enter')
  await expect(undo).toBeFocused()
  await undo.press('Enter')
  await expect(remove).toBeFocused()
  await expect(
    dialog(page).getByText('2 changes: drain 1 server, remove 1 server'),
  ).toBeVisible()
  await confirm(page, made.id)
  const left = (await members(api, made.id)).map((m) => [at(m), m.weight])
  expect(left).toEqual([
    ['192.0.2.1:80', 0],
    ['192.0.2.3:80', 1],
  ])
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await dialog(page).getByRole('button', { name: 'Stop draining 192.0.2.1:80' }).click()
  await expect(weight(page, '192.0.2.1:80')).toHaveValue('1')
})

test('many lines are pasted; what is there already is refused at its field', async ({
  page,
  api,
}) => {
  const made = await api.active({ name: 'web', port: 8080, members: three })
  await edit(page, made.id)
  await dialog(page).getByRole('button', { name: 'Add Server' }).click()
  await dialog(page).getByLabel('Private IP').focus()
  await page.evaluate(
    'navigator.clipboard.writeText("192.0.2.10:80\\n[2001:db8::1]:8080\\n\\n192.0.2.3:80\\n")',
  )
  await page.keyboard.press('ControlOrMeta+V')
  const address = dialog(page).getByLabel('Private IP')
  await expect(address).toHaveCount(3)
  await ok(page).click()
  await expect(address.nth(2)).toHaveAttribute('aria-invalid', 'true')
  await expect(address.nth(2)).toBeFocused()
  await expect(dialog(page)).toContainText('Already added')
  await expectAccessible(page)
  await address.nth(2).fill('192.0.2.300')
  await ok(page).click()
  await expect(address.nth(2)).toHaveAttribute('aria-invalid', 'true')
  await address.nth(2).fill('192.0.2.30')
  await confirm(page, made.id)
  expect((await members(api, made.id)).map(at)).toEqual([
    '192.0.2.10:80',
    '192.0.2.1:80',
    '192.0.2.2:80',
    '192.0.2.30:80',
    '192.0.2.3:80',
    '2001:db8::1:8080',
  ])
})

test('a health check is added; its timeout stays below its delay', async ({ page, api }) => {
  const made = await api.active({ name: 'web', port: 8080, members: three })
  await edit(page, made.id)
  await page.locator('summary', { hasText: 'Health check' }).click()
  await dialog(page).getByLabel('Check', { exact: true }).selectOption('TCP')
  await dialog(page).getByLabel('Interval').fill('5')
  await dialog(page).getByLabel('Timeout', { exact: true }).fill('5')
  await ok(page).click()
  await expect(dialog(page).getByLabel('Timeout', { exact: true })).toHaveAttribute('aria-invalid', 'true')
  await expect(dialog(page).getByLabel('Timeout', { exact: true })).toBeFocused()
  await dialog(page).getByLabel('Timeout', { exact: true }).fill('2')
  await dialog(page).getByRole('radio', { name: /LEAST_CONNECTIONS/ }).check({ force: true })
  await confirm(page, made.id)
  const { healthmonitors } = await api.request<{ healthmonitors: object[] }>(
    'GET',
    `${ROOT}/healthmonitors`,
  )
  expect(healthmonitors).toMatchObject([{ type: 'TCP', delay: 5, timeout: 2 }])
  await expect(page.getByRole('main')).toContainText('LEAST_CONNECTIONS')
})

test('listeners are added, renamed, limited and removed', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  const made = await api.active({ name: 'web', port: 8080, members: [one.member] })
  await edit(page, made.id)
  const there = dialog(page).getByRole('group', { name: 'Listener HTTP 8080' })
  await expect(dialog(page)).toContainText("A listener's protocol and port can't be changed")
  await there.getByLabel('Name').fill('front door')
  await there.getByLabel('Connection limit').fill('100')
  await there.getByRole('button', { name: 'Allowed CIDRs and timeouts' }).click()
  await there.getByLabel('Allowed source ranges').fill('nowhere')
  await dialog(page).getByRole('button', { name: 'Add listener' }).click()
  await dialog(page).getByLabel('Port', { exact: true }).fill('8081')
  await ok(page).click()
  await expect(there.getByLabel('Allowed source ranges')).toHaveAttribute('aria-invalid', 'true')
  await there.getByLabel('Allowed source ranges').fill('127.0.0.0/8')
  await expectAccessible(page)
  await confirm(page, made.id)
  const { listeners } = await api.request<{ listeners: object[] }>('GET', `${ROOT}/listeners`)
  expect(listeners).toHaveLength(2)
  expect(listeners).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        protocol_port: 8080,
        name: 'front door',
        connection_limit: 100,
        allowed_cidrs: ['127.0.0.0/8'],
      }),
      expect.objectContaining({ protocol_port: 8081 }),
    ]),
  )
  expect(await countAnswers(made.vip_address, 8081, 2, ['one'])).toEqual({ one: 2 })

  await edit(page, made.id)
  const remove = there.getByRole('button', { name: 'Remove HTTP 8080' })
  const undo = there.getByRole('button', { name: 'Undo' })
  await remove.click()
  await expect(undo).toBeFocused()
  await undo.press('Enter')
  await expect(remove).toBeFocused()
  await expect(there.getByLabel('Connection limit')).toHaveValue('100')
  await remove.press('Enter')
  await expect(dialog(page)).toContainText('HTTP 8080 will stop accepting traffic.')
  await confirm(page, made.id)
  const left = await api.request<{ listeners: object[] }>('GET', `${ROOT}/listeners`)
  expect(left.listeners).toMatchObject([{ protocol_port: 8081 }])
})

test('a load balancer without servers or groups gets its first', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  const made = await api.active({ name: 'web', port: 8080 })
  await edit(page, made.id)
  await dialog(page).getByRole('button', { name: 'Add Server' }).click()
  await dialog(page).getByLabel('Private IP').fill(one.address)
  await dialog(page).getByRole('button', { name: 'Add Server' }).click()
  await dialog(page).getByRole('button', { name: 'Remove server 2' }).click()
  await expect(dialog(page).getByRole('button', { name: 'Remove server 1' })).toBeFocused()
  await confirm(page, made.id)
  expect(await countAnswers(made.vip_address, 8080, 2, ['one'])).toEqual({ one: 2 })
})

test('closing with changes asks first, whichever way', async ({ page, api }) => {
  const made = await api.active({ name: 'web', port: 8080, members: three })
  await page.goto(`/load-balancers/${made.id}`)
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  const question = page.getByRole('dialog', { name: 'Discard your changes?' })
  await weight(page, '192.0.2.1:80').fill('5')
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
    await expect(weight(page, '192.0.2.1:80')).toHaveValue('5')
    await expect(page).toHaveURL(/\/edit$/)
  }
  await page.keyboard.press('Escape')
  await expectAccessible(page)
  await question.getByRole('button', { name: 'Discard' }).click()
  await expect(dialog(page)).toBeHidden()
  await expect(page).toHaveURL(new RegExp(`/load-balancers/${made.id}$`))
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeFocused()
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await expect(weight(page, '192.0.2.1:80')).toHaveValue('1')
})

test('a reload loses nothing', async ({ page, api }) => {
  const made = await api.active({ name: 'web', port: 8080, members: three })
  page.on('dialog', (question) => void question.accept())
  await edit(page, made.id)
  await weight(page, '192.0.2.2:80').fill('8')
  await dialog(page).getByRole('button', { name: 'Remove 192.0.2.3:80' }).click()
  await page.reload()
  await expect(weight(page, '192.0.2.2:80')).toHaveValue('8')
  await expect(server(page, '192.0.2.3:80')).toContainText('will be removed')
  await dialog(page).getByRole('button', { name: 'Start over' }).click()
  await expect(ok(page)).toHaveAttribute('aria-disabled', 'true')
})

test('a reader is told why not', async ({ page, api, portal, signIn, watch }) => {
  // Keystone tells a reader no names of other users.
  watch.expect(/^403 GET \S+\/identity\/v3\/users\//)
  const made = await api.active({ name: 'web', port: 8080, members: three })
  const reader = await portal.addUser('reader', 'reader')
  await signIn(reader.credentials)
  await page.goto(`/load-balancers/${made.id}`)
  const button = page.getByRole('button', { name: 'Edit', exact: true })
  await expect(button).toHaveAttribute('aria-disabled', 'true')
  await expect(button).toHaveAccessibleDescription('Your role is view-only')
  await page.goto(`/load-balancers/${made.id}/edit`)
  await expect(dialog(page)).toContainText('Your role is view-only')
  await expect(ok(page)).toHaveCount(0)
})

test('a load balancer in ERROR cannot be edited, and says so', async ({ page, api }) => {
  const first = await api.active({ name: 'first', port: 8080 })
  const vip = first.vip_address.replace(/\d+$/, (last) => String(Number(last) + 40))
  const { createServer } = await import('node:http')
  const squatter = createServer().listen(8081, vip)
  await new Promise((ready) => squatter.once('listening', ready))
  try {
    const { loadbalancer } = await api.request<{ loadbalancer: { id: string } }>(
      'POST',
      `${ROOT}/loadbalancers`,
      {
        loadbalancer: {
          name: 'unlucky',
          vip_network_id: (await api.network()).id,
          vip_address: vip,
          listeners: [{ protocol: 'HTTP', protocol_port: 8081 }],
        },
      },
    )
    await api.settled(loadbalancer.id)
    await page.goto(`/load-balancers/${loadbalancer.id}/edit`)
    await expect(dialog(page)).toContainText('In ERROR')
    await expectAccessible(page)
    await dialog(page).getByRole('button', { name: 'Close' }).last().click()
    const button = page.getByRole('button', { name: 'Edit', exact: true })
    await expect(button).toHaveAttribute('aria-disabled', 'true')
  } finally {
    squatter.close()
  }
})

test('on a phone, in Traditional Chinese', async ({ page, api }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.addInitScript(() => localStorage.setItem('language', 'zh-TW'))
  const made = await api.active({ name: 'web', port: 8080, members: three })
  await page.goto(`/load-balancers/${made.id}/edit`)
  const phone = page.getByRole('dialog', { name: '編輯負載平衡器' })
  await phone.getByRole('button', { name: '新增伺服器' }).click()
  await phone.getByLabel('私有 IP').fill('192.0.2.4:80')
  await page.keyboard.press('Tab')
  await expect(phone.getByText('1 項變更：新增 1 台伺服器')).toBeVisible()
  // In cards only what ticks all is left of the headings, and says so.
  await expect(phone.getByRole('table').getByText('選取所有伺服器').last()).toBeVisible()
  const width = async (label: string) =>
    (await phone.getByRole('group', { name: 'HTTP 8080' }).getByLabel(label).boundingBox())?.width
  expect(await width('連線數上限')).toBe(await width('名稱'))
  const box = await phone.boundingBox()
  expect(box).toMatchObject({ x: 0, y: 0, width: 390, height: 844 })
  const overflow = 'document.querySelector("dialog[open] .dialog-body").scrollWidth'
  expect(await page.evaluate(overflow)).toBeLessThanOrEqual(390)
  await expectAccessible(page)
  await phone.getByRole('button', { name: '確認' }).click()
  await expect(phone).toBeHidden()
  expect(await members(api, made.id)).toHaveLength(4)
})

test('fifty listeners and five hundred servers', async ({ page, api }) => {
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
    `${ROOT}/loadbalancers`,
    { loadbalancer: { name: 'big', vip_network_id, listeners: listeners50, pools } },
  )
  const made = await api.settled(loadbalancer.id)
  await edit(page, made.id)
  await expect(dialog(page).getByRole('group', { name: /^Listener HTTP/ })).toHaveCount(50)
  await dialog(page).getByLabel('Search servers').fill('number 432')
  await expect(servers(page).getByRole('rowheader')).toHaveCount(1)
  await weight(page, '192.0.2.183:8001').fill('12')
  await expect(dialog(page).getByText('1 change: change 1 server')).toBeVisible()
  await confirm(page, made.id)
  const changed = (await members(api, made.id)).filter((m) => m.weight === 12)
  expect(changed.map(at)).toEqual(['192.0.2.183:8001'])
})
