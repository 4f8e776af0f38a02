import type { Api } from '../fixtures/api.ts'
import { OCTAVIA } from '../fixtures/edit_dialog.ts'
import {
  addPolicy,
  ask,
  createWithGroups,
  openRules,
  rules,
  save,
  saveButton,
} from '../fixtures/rules.ts'
import { type Page, expect, test } from '../fixtures/test.ts'
import type { Whoami } from '../fixtures/whoami.ts'

test.beforeEach(async ({ signIn }) => signIn())

const path = (value: string) => [{ type: 'PATH', compare_type: 'STARTS_WITH', value }]

/** A load balancer with rules for the paths, in this order; each to the server group `shop`. */
async function withRules(
  api: Api,
  whoami: (name: string) => Promise<Whoami>,
  paths: string[],
): Promise<{ id: string; vip: string; listener: string; policies: string[] }> {
  const made = await createWithGroups(api, [
    await whoami('web'),
    await whoami('shop'),
    await whoami('api'),
  ])
  const policies: string[] = []
  for (const value of paths) {
    const action = { action: 'REDIRECT_TO_POOL', redirect_pool_id: made.pools['shop'] }
    policies.push(await addPolicy(api, made.id, made.listener, action, path(value)))
  }
  return { id: made.id, vip: made.vip, listener: made.listener, policies }
}

const inOrder = (page: Page, paths: string[]) =>
  expect(rules(page).locator('.rule-text')).toHaveText([
    ...paths.map((value, n) => `${n + 1}. If path starts with ${value} → server group shop`),
    'Otherwise → server group web',
  ])

async function orderInApi(api: Api, listener: string): Promise<string[]> {
  const { l7policies } = await api.request<{
    l7policies: { id: string; position: number }[]
  }>('GET', `${OCTAVIA}/l7policies?listener_id=${listener}`)
  return l7policies.sort((a, b) => a.position - b.position).map((one) => one.id)
}

test('a rule is dragged to another place with the mouse', async ({ page, api, whoami }) => {
  const { id, vip, listener, policies } = await withRules(api, whoami, ['/a', '/a/b', '/c'])
  await addPolicy(api, id, listener, { action: 'REJECT' }, path('/private'))
  await openRules(page, id)
  const handle = (n: number) => rules(page).nth(n).locator('[draggable=true]')
  const text = (n: number) => rules(page).nth(n).locator('.rule-text')
  await expect(text(0)).toHaveText('1. If path starts with /private → reject (403)')

  // Rule 4 to the place of rule 2.
  await handle(3).dragTo(text(1))
  await expect(rules(page).locator('.rule-text')).toHaveText([
    '1. If path starts with /private → reject (403)',
    '2. If path starts with /c → server group shop',
    '3. If path starts with /a → server group shop',
    '4. If path starts with /a/b → server group shop',
    'Otherwise → server group web',
  ])
  await expect(page.getByRole('status').filter({ hasText: 'Now rule 2 of 4' })).toHaveCount(1)
  // A rule that sends to a group is evaluated below those that reject, wherever it is dropped.
  await handle(1).dragTo(text(0))
  await expect(text(0)).toContainText('/private')
  await save(page)
  const [a, ab, c] = policies
  const order = await orderInApi(api, listener)
  expect(order.filter((one) => policies.includes(one))).toEqual([c, a, ab])
  expect((await ask(vip, 8080, '/c')).body).toContain('shop')
})

/** The times of Octavia have whole seconds, and the page takes two changes of one second for one. */
const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1050 - (Date.now() % 1000)))

test('two editors move rules: the second sees the conflict, and decides', async ({
  page,
  api,
  whoami,
}) => {
  const { id, listener, policies } = await withRules(api, whoami, ['/a', '/b', '/c'])
  const [a, b, c] = policies
  await openRules(page, id)
  await page.getByRole('button', { name: 'Move up rule 3' }).click()
  await inOrder(page, ['/a', '/c', '/b'])
  await expect(saveButton(page)).toBeEnabled()
  // Somebody else moves the first to the end.
  await nextSecond()
  await api.request('PUT', `${OCTAVIA}/l7policies/${a}`, { l7policy: { position: 3 } })
  await api.waitUntilSettled(id)
  const notice = page.getByRole('main').getByText(/Order of rules/)
  await expect(notice).toContainText('PATH STARTS_WITH /b → shop, PATH STARTS_WITH /c → shop')
  await inOrder(page, ['/a', '/c', '/b'])
  await save(page)
  expect(await orderInApi(api, listener)).toEqual([a, c, b])

  // A move of somebody else alone is shown as it is.
  await nextSecond()
  await api.request('PUT', `${OCTAVIA}/l7policies/${b}`, { l7policy: { position: 1 } })
  await inOrder(page, ['/b', '/a', '/c'])
  await expect(page.getByText('Not saved yet')).toHaveCount(0)
})
