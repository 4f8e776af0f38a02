import { expectAccessible } from '../fixtures/accessibility.ts'
import { row } from '../fixtures/locators.ts'
import { expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

test('a new user is guided to the first load balancer', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByText('Create your first load balancer')).toBeVisible()
  const steps = page.getByRole('list').filter({ hasText: 'Prepare your servers' })
  await expect(steps.getByRole('listitem')).toHaveCount(3)
  await expect(steps).toContainText('lb-portal whoami')
  await expectAccessible(page)
  await steps.getByRole('link', { name: '＋Create' }).click()
  await expect(page).toHaveURL(/\/load-balancers\/create$/)
})

test('counts by state, and links to what needs attention', async ({ page, api, whoami }) => {
  const alive = await whoami('alive')
  const dead = await whoami('dead')
  await dead.stop()
  const monitor = { type: 'TCP', delay: 1, timeout: 1, max_retries: 1, max_retries_down: 1 }
  await api.createActive({ name: 'well', port: 8080, members: [alive.member], monitor })
  const ill = await api.createActive({
    name: 'ill',
    port: 8080,
    members: [alive.member, dead.member],
    monitor,
  })
  await page.goto('/')
  const attention = page.getByRole('main').getByRole('link', { name: 'ill' })
  await expect(attention).toBeVisible()
  await expect(page.getByText('1 of 2 servers down')).toBeVisible()
  await expect(page.getByText(`${dead.address} · `)).toContainText(/refused/i)
  await expectAccessible(page)

  // It changes live.
  await dead.restart()
  await expect(attention).toBeHidden()
  await dead.stop()
  await attention.click()
  await expect(page).toHaveURL(new RegExp(`/load-balancers/${ill.id}$`))
})

test('a load balancer that serves nothing is counted as Not serving', async ({
  page,
  api,
  whoami,
}) => {
  const members = [(await whoami('one')).member]
  const on = await api.createActive({ name: 'on', port: 8080, members })
  await page.goto('/')
  const counted = (word: string) => page.getByRole('listitem').filter({ hasText: word })
  await expect(counted('Healthy')).toHaveText(/^1\s*Healthy$/)
  await expect(page.getByText('Everything is running.')).toBeVisible()
  const bare = await api.createActive({ name: 'bare' })
  await expect(counted('Not serving')).toHaveText(/^1\s*Not serving$/)
  const empty = await api.createActive({ name: 'empty', port: 8081 })
  await expect(counted('Not serving')).toHaveText(/^2\s*Not serving$/)
  await expect(counted('Healthy')).toHaveText(/^1\s*Healthy$/)
  await expect(page.getByText('Everything is running.')).toBeHidden()
  await expectAccessible(page)
  await api.update(on.id, { admin_state_up: false })
  await expect(counted('Not serving')).toHaveText(/^3\s*Not serving$/)
  await expect(counted('Healthy')).toBeHidden()
  // The list and the details say the same, whatever Octavia says.
  await page.goto('/load-balancers')
  for (const name of ['bare', 'empty']) await expect(row(page, name)).toContainText('Not serving')
  await expect(row(page, 'on')).toContainText('OFFLINE')
  for (const { id } of [bare, empty]) {
    await page.goto(`/load-balancers/${id}`)
    await expect(page.getByText('Not serving').first()).toBeVisible()
  }
})
