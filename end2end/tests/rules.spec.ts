import { expectAccessible } from '../fixtures/accessibility.ts'
import { OCTAVIA } from '../fixtures/edit_dialog.ts'
import {
  addPolicy,
  ask,
  createWithGroups,
  editor,
  fillCondition,
  openRules,
  rules,
  save,
  saveButton,
} from '../fixtures/rules.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

/** The server that sent a body. */
const nameOf = (body: string) => ['web', 'shop', 'api'].find((name) => body.startsWith(name))

const trial = (page: Page) => page.getByRole('region', { name: 'Try a request' })
const outcome = (page: Page) => trial(page).getByRole('status')

async function menu(page: Page, rule: number, item: string): Promise<void> {
  await page.getByRole('button', { name: `More actions for rule ${rule}` }).click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

test('two hosts and a path of one listener go to three server groups', async ({
  page,
  api,
  whoami,
}) => {
  const servers = [await whoami('web'), await whoami('shop'), await whoami('api')] as const
  const { id, vip } = await createWithGroups(api, [...servers])
  await openRules(page, id)
  await expect(rules(page)).toHaveText(['Otherwise → server group web'])

  await page.getByRole('button', { name: 'Add rule' }).click()
  await expectAccessible(page)
  // Nothing is sent with an error.
  await editor(page).getByRole('button', { name: 'Apply' }).click()
  await expect(editor(page).getByLabel('Value')).toBeFocused()
  await expect(editor(page).getByLabel('Value')).toHaveAttribute('aria-invalid', 'true')
  await fillCondition(page, 1, 'HOST_NAME', 'is', 'shop.example.com')
  await editor(page).getByRole('button', { name: 'Add condition' }).click()
  await fillCondition(page, 2, 'PATH', 'starts with', '/api')
  await editor(page).getByLabel('Server group').selectOption({ label: 'api' })
  await editor(page).getByRole('button', { name: 'Apply' }).click()
  await expect(editor(page)).toBeHidden()

  await page.getByRole('button', { name: 'Add rule' }).click()
  await fillCondition(page, 1, 'HOST_NAME', 'is', 'shop.example.com')
  await editor(page).getByLabel('Server group').selectOption({ label: 'shop' })
  await editor(page).getByRole('button', { name: 'Apply' }).click()

  await page.getByRole('button', { name: 'Add rule' }).click()
  await fillCondition(page, 1, 'HOST_NAME', 'ends with', '.blocked.example')
  await editor(page).getByLabel('Action').selectOption({ label: 'Reject' })
  await editor(page).getByRole('button', { name: 'Apply' }).click()

  await expect(rules(page).locator('.rule-text')).toHaveText([
    '1. If host ends with .blocked.example → reject (403)',
    '2. If host is shop.example.com and path starts with /api → server group api',
    '3. If host is shop.example.com → server group shop',
    'Otherwise → server group web',
  ])
  await expectAccessible(page)
  await save(page)

  const by = async (host: string, path: string) => {
    const answer = await ask(vip, 8080, path, { host })
    return answer.status === 200 ? nameOf(answer.body) : answer.status
  }
  expect(await by('SHOP.example.com:8080', '/api/v1')).toBe('api')
  expect(await by('shop.example.com', '/')).toBe('shop')
  expect(await by('www.example.com', '/api')).toBe('web')
  expect(await by('a.blocked.example', '/')).toBe(403)
  await page.reload()
  await expect(rules(page)).toHaveCount(4)
})

test('rules are reordered, disabled, copied, and deleted by keyboard', async ({
  page,
  api,
  whoami,
}) => {
  const servers = [await whoami('web'), await whoami('shop'), await whoami('api')] as const
  const { id, vip, pools, listener } = await createWithGroups(api, [...servers])
  const path = (value: string) => [{ type: 'PATH', compare_type: 'STARTS_WITH', value }]
  const to = (name: string) => ({ action: 'REDIRECT_TO_POOL', redirect_pool_id: pools[name] })
  await addPolicy(api, id, listener, to('shop'), path('/a'))
  await addPolicy(api, id, listener, to('api'), path('/a/b'))
  await openRules(page, id)
  await expect(rules(page).nth(1)).toContainText(
    'Never reached: rule 1 matches everything that this one matches',
  )
  await expectAccessible(page)

  const up = page.getByRole('button', { name: 'Move up rule 2' })
  await up.focus()
  await page.keyboard.press('Enter')
  await expect(rules(page).first()).toContainText('path starts with /a/b')
  // The focus stays on the rule.
  await expect(page.getByRole('button', { name: 'Move up rule 1' })).toBeFocused()
  await expect(page.getByText('Never reached')).toHaveCount(0)
  await save(page)
  expect((await ask(vip, 8080, '/a/b')).body).toContain('api')
  expect((await ask(vip, 8080, '/a')).body).toContain('shop')

  await menu(page, 2, 'Disable')
  await expect(rules(page).nth(1)).toContainText('Disabled')
  await menu(page, 1, 'Duplicate')
  await expect(rules(page).nth(1)).toContainText('New')
  await menu(page, 1, 'Delete')
  await expect(rules(page)).toHaveCount(3)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(rules(page)).toHaveCount(4)
  await menu(page, 2, 'Delete')
  await expect(rules(page)).toHaveCount(3)
  await save(page)
  expect((await ask(vip, 8080, '/a')).body).toContain('web')
  await page.getByRole('button', { name: 'Move down rule 1' }).click()
  await page.getByRole('button', { name: 'Discard changes' }).click()
  await expect(rules(page).first()).toContainText('/a/b')
})

test('what another editor changed meanwhile is kept', async ({ page, api, whoami }) => {
  const servers = [await whoami('web'), await whoami('shop'), await whoami('api')] as const
  const { id, pools, listener } = await createWithGroups(api, [...servers])
  const path = (value: string) => [{ type: 'PATH', compare_type: 'STARTS_WITH', value }]
  const to = (name: string) => ({ action: 'REDIRECT_TO_POOL', redirect_pool_id: pools[name] })
  const first = await addPolicy(api, id, listener, to('shop'), path('/a'))
  await openRules(page, id)
  await menu(page, 1, 'Edit')
  await fillCondition(page, 1, 'PATH', 'starts with', '/mine')
  await editor(page).getByRole('button', { name: 'Apply' }).click()
  // Somebody else adds a rule and changes the same condition.
  await addPolicy(api, id, listener, to('api'), path('/theirs'))
  await expect(rules(page)).toHaveCount(3)
  await expect(rules(page).first()).toContainText('/mine')
  const { rules: own } = await api.request<{ rules: { id: string }[] }>(
    'GET',
    `${OCTAVIA}/l7policies/${first}/rules`,
  )
  await api.request('PUT', `${OCTAVIA}/l7policies/${first}/rules/${own[0]?.id}`, {
    rule: { value: '/other' },
  })
  // Saving stops when it finds a change that the page has not shown yet.
  const keep = page.getByRole('button', { name: 'Keep my changes' })
  await expect(async () => {
    if (await keep.isVisible()) await keep.click()
    else if (await saveButton(page).isEnabled()) await saveButton(page).click({ timeout: 2000 })
    await expect(page.getByText('site has been changed.')).toBeVisible({ timeout: 3000 })
  }).toPass({ timeout: 60_000 })
  await expect(rules(page).locator('.rule-text')).toHaveText([
    '1. If path starts with /mine → server group shop',
    '2. If path starts with /theirs → server group api',
    'Otherwise → server group web',
  ])
})

test('a tried request is decided as the real one is', async ({ page, api, whoami }) => {
  const servers = [await whoami('web'), await whoami('shop'), await whoami('api')] as const
  const { id, vip, pools, listener } = await createWithGroups(api, [...servers])
  const to = (name: string) => ({ action: 'REDIRECT_TO_POOL', redirect_pool_id: pools[name] })
  await addPolicy(api, id, listener, to('shop'), [
    { type: 'HOST_NAME', compare_type: 'EQUAL_TO', value: 'shop.example.com' },
    { type: 'COOKIE', compare_type: 'REGEX', key: 'beta', value: '^(yes|on)$', invert: true },
  ])
  await addPolicy(api, id, listener, to('api'), [
    { type: 'HEADER', compare_type: 'CONTAINS', key: 'X-Kind', value: 'mobile' },
  ])
  await addPolicy(
    api,
    id,
    listener,
    { action: 'REDIRECT_PREFIX', redirect_prefix: 'https://old.example', redirect_http_code: 308 },
    [{ type: 'PATH', compare_type: 'STARTS_WITH', value: '/old' }],
  )
  await openRules(page, id)
  for (const [url, header, cookie] of [
    [`http://shop.example.com:8080/`, '', ''],
    [`http://shop.example.com:8080/`, '', 'a=b; beta=on'],
    [`http://www.example.com:8080/x?y`, 'X-Kind: a mobile b', 'beta=on'],
    [`http://shop.example.com:8080/older?x=1`, '', ''],
    [`http://${vip}:8080/`, 'X-Kind: desktop', ''],
  ] as const) {
    await trial(page).getByRole('textbox', { name: 'URL' }).fill(url)
    await trial(page).getByLabel('Headers').fill(header)
    await trial(page).getByLabel('Cookies').fill(cookie)
    const { host, pathname, search } = new URL(url)
    const [name, value] = header.split(': ')
    const answer = await ask(vip, 8080, pathname + search, {
      host,
      ...(name ? { [name]: value ?? '' } : {}),
      ...(cookie ? { cookie } : {}),
    })
    const real =
      answer.status === 200
        ? `server group ${nameOf(answer.body)}`
        : `redirect to ${answer.location} (${answer.status})`
    await expect(outcome(page)).toContainText(`→ ${real}`)
  }
  // The condition that failed is named.
  await trial(page).getByRole('textbox', { name: 'URL' }).fill('http://shop.example.com:8080/')
  await trial(page).getByLabel('Cookies').fill('beta=yes')
  await expect(trial(page).getByRole('list', { name: 'Evaluation' })).toContainText(
    "cookie beta does not match ^(yes|on)$: doesn't match",
  )
  await expectAccessible(page)
  await trial(page).getByRole('textbox', { name: 'URL' }).fill('http://shop.example.com:81/')
  await expect(outcome(page)).toContainText(
    'No listener of this load balancer accepts http on port 81',
  )
})

test('an expression that never ends leaves the page usable', async ({ page, api, whoami }) => {
  const servers = [await whoami('web'), await whoami('shop'), await whoami('api')] as const
  const { id, pools, listener } = await createWithGroups(api, [...servers])
  await addPolicy(
    api,
    id,
    listener,
    { action: 'REDIRECT_TO_POOL', redirect_pool_id: pools['web'] },
    [{ type: 'HEADER', compare_type: 'REGEX', key: 'X-A', value: '(a+)+$' }],
  )
  await openRules(page, id)
  await trial(page).getByRole('textbox', { name: 'URL' }).fill('http://a.example:8080/')
  await trial(page)
    .getByLabel('Headers')
    .fill(`X-A: ${'a'.repeat(60)}!`)
  await expect(outcome(page)).toContainText("Can't tell")
  await expect(trial(page).getByRole('list', { name: 'Evaluation' })).toContainText(
    "can't be told here",
  )
  await trial(page).getByLabel('Headers').fill('X-A: aaa')
  await expect(outcome(page)).toContainText('→ server group web')
})

test('the tab and the dialog speak Traditional Chinese', async ({ page, api, whoami }) => {
  const servers = [await whoami('web'), await whoami('shop'), await whoami('api')] as const
  const { id, pools, listener } = await createWithGroups(api, [...servers])
  await addPolicy(
    api,
    id,
    listener,
    { action: 'REDIRECT_TO_POOL', redirect_pool_id: pools['shop'] },
    [{ type: 'HOST_NAME', compare_type: 'EQUAL_TO', value: 'shop.example.com' }],
  )
  await page.addInitScript(() => localStorage.setItem('language', 'zh-TW'))
  await page.goto(`/load-balancers/${id}?tab=rules`)
  const list = page.getByRole('list', { name: 'HTTP 8080 的規則' }).getByRole('listitem')
  await expect(list).toHaveCount(2)
  await expect(list.first()).toContainText('如果 主機 為 shop.example.com → 伺服器群組 shop')
  await expectAccessible(page)
  await page.getByRole('button', { name: '新增規則' }).click()
  await expect(page.getByRole('dialog', { name: '在 HTTP 8080 新增規則' })).toBeVisible()
  await expectAccessible(page)
})
