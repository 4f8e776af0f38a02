import { list, names, row, search, tick } from '../fixtures/locators.ts'
import { expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

test('rows can be searched while the rest of the list is loading', async ({
  page,
  api,
  gateway,
}) => {
  const network = (await api.network()).id
  for (let made = 0; made < 150; made += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => api.create({ name: `lb-${made + i}` }, network)),
    )
  }
  await api.nextSecond()
  await api.createActive(
    { name: 'newest', port: 8080, members: [{ address: '192.0.2.7', protocol_port: 80 }] },
    network,
  )
  const secondPage = gateway.hold(/^GET .*\/loadbalancers\?.*marker=/)
  const rest = gateway.hold(/^GET .*\/pools/)

  await page.goto(`${gateway.url}/load-balancers`)
  await expect(page.getByText('100 of 100+')).toBeVisible()
  // Type, listeners, and servers are still loading.
  await expect(row(page, 'newest')).toContainText(/…[^…]*…[^…]*…/)
  await expect(row(page, 'newest')).not.toContainText('No servers')
  await search(page).fill('newest')
  await expect.poll(() => names(page)).toEqual(['newest'])
  // Rows that are not loaded yet may match.
  await search(page).fill('nowhere')
  await expect(row(page, 'newest')).toBeHidden()
  await expect(page.getByText('Nothing matches')).toBeHidden()
  await search(page).fill('')
  await tick(page, 'Select newest')
  secondPage.release()
  await expect(page.getByText('151 of 151+')).toBeVisible()
  rest.release()
  await expect(page.getByText('151 of 151', { exact: true })).toBeVisible()
  await expect(row(page, 'newest')).toContainText('HTTP:8080')
  await expect(row(page, 'newest')).not.toContainText('…')
  await expect(page.getByText('1 selected')).toBeVisible()
  await expect(list(page).getByRole('row').nth(1)).toContainText('newest')
  await search(page).fill('nowhere')
  await expect(page.getByText('Nothing matches')).toBeVisible()
})

test('a recycled row shows the new load balancer in every cell', async ({ page, api }) => {
  const network = (await api.network()).id
  const [one, two] = [
    await api.createActive({ name: 'one', port: 8081 }, network),
    await api.createActive({ name: 'two', port: 8082 }, network),
  ]
  await page.goto('/load-balancers?sort=name&dir=asc')
  await expect.poll(() => names(page)).toEqual(['one', 'two'])
  await tick(page, 'Select one')
  await search(page).fill('two')
  await expect.poll(() => names(page)).toEqual(['two'])
  const shown = list(page).getByRole('row').nth(1)
  await expect(shown.getByRole('link')).toHaveAttribute('href', `/load-balancers/${two.id}`)
  await expect(shown).toContainText('HTTP:8082')
  await expect(shown.getByRole('checkbox')).not.toBeChecked()
  await search(page).fill('one')
  await expect(shown.getByRole('checkbox', { name: 'Select one' })).toBeChecked()
  await expect(shown.getByRole('link')).toHaveAttribute('href', `/load-balancers/${one.id}`)
  await shown.getByRole('button', { name: 'Actions for one' }).click()
  // A row with an open menu is not recycled.
  await api.remove(one.id)
  await expect(page.getByText('Nothing matches')).toBeVisible()
})

test('a change during a slow list request is not lost', async ({ page, api, gateway }) => {
  const made = await api.createActive({ name: 'before', port: 8080 })
  await page.goto(`${gateway.url}/load-balancers`)
  await expect(row(page, 'before')).toBeVisible()
  const answer = gateway.hold(/^GET .*\/loadbalancers\?/)
  await page.getByRole('button', { name: 'Refresh' }).click()
  await answer.held
  await api.update(made.id, { name: 'after' })
  await api.waitUntilSettled(made.id)
  answer.release()
  await expect(row(page, 'after')).toBeVisible()
  await expect(row(page, 'before')).toBeHidden()
})

for (const [where, width] of [
  ['the page scrolls', 1440],
  ['the table scrolls in a box of its own', 800],
  ['rows are cards', 390],
] as const) {
  test(`changes above do not move the focused row: ${where}`, async ({ page, api }) => {
    await page.setViewportSize({ width, height: 900 })
    const network = (await api.network()).id
    const made = await Promise.all(
      Array.from({ length: 40 }, (_, i) => api.create({ name: `lb-${i}` }, network)),
    )
    await Promise.all(made.map(({ id }) => api.waitUntilSettled(id)))
    await page.goto('/load-balancers?sort=name&dir=asc')
    await expect(page.getByText('40 of 40', { exact: true })).toBeVisible()
    // Rows are drawn while scrolling.
    await expect(async () => {
      const drawn = await names(page)
      const next = drawn.includes('lb-25') ? 'lb-25' : (drawn.at(-1) ?? '')
      await row(page, next).scrollIntoViewIfNeeded({ timeout: 1000 })
      await expect(row(page, 'lb-25')).toBeInViewport({ timeout: 500 })
    }).toPass()
    const link = row(page, 'lb-25').getByRole('link')
    await link.focus()
    const y = async () => Math.round((await row(page, 'lb-25').boundingBox())?.y ?? -1)
    const there = await stands(y)

    await Promise.all(Array.from({ length: 12 }, (_, i) => api.create({ name: `a-${i}` }, network)))
    await expect(page.getByText('52 of 52', { exact: true })).toBeVisible()
    expect(Math.abs((await stands(y)) - there)).toBeLessThanOrEqual(1)
    await expect(link).toBeFocused()
    await Promise.all(made.slice(0, 3).map(({ id }) => api.remove(id)))
    await expect(page.getByText('49 of 49', { exact: true })).toBeVisible()
    expect(Math.abs((await stands(y)) - there)).toBeLessThanOrEqual(1)
    await expect(link).toBeFocused()
  })
}

test('a new load balancer is visible at the top of the list', async ({ page, api }) => {
  const network = (await api.network()).id
  await Promise.all(Array.from({ length: 40 }, (_, i) => api.create({ name: `lb-${i}` }, network)))
  await page.goto('/load-balancers')
  await expect(page.getByText('40 of 40', { exact: true })).toBeVisible()
  await api.nextSecond()
  await api.createActive({ name: 'newest' }, network)
  await expect(row(page, 'newest')).toBeInViewport()
  await expect(list(page).getByRole('row').nth(1)).toContainText('newest')
})

/** The position of an element once it is equal in two consecutive reads. */
async function stands(where: () => Promise<number>): Promise<number> {
  let before = Number.NaN
  await expect(async () => {
    const now = await where()
    const same = now === before
    before = now
    expect(same).toBe(true)
  }).toPass()
  return before
}
