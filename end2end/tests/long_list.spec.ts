import { list, names, row, search, tick } from '../fixtures/locators.ts'
import { expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

test('rows are there and can be searched while the rest is on its way', async ({
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
  await api.active({ name: 'newest', port: 8080, members: [{ address: '192.0.2.7', protocol_port: 80 }] }, network)
  const secondPage = gateway.hold(/^GET .*\/loadbalancers\?.*marker=/)
  const rest = gateway.hold(/^GET .*\/pools/)

  await page.goto(`${gateway.url}/load-balancers`)
  await expect(page.getByText('100 of 100+')).toBeVisible()
  // Its type, listeners and servers.
  await expect(row(page, 'newest')).toContainText(/…[^…]*…[^…]*…/)
  await expect(row(page, 'newest')).not.toContainText('No servers')
  await search(page).fill('newest')
  await expect.poll(() => names(page)).toEqual(['newest'])
  // What is not there yet is no miss.
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

test('a row that comes to show something else is that in all its parts', async ({ page, api }) => {
  const network = (await api.network()).id
  const [one, two] = [
    await api.active({ name: 'one', port: 8081 }, network),
    await api.active({ name: 'two', port: 8082 }, network),
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
  // Somebody is at it: it goes with what it shows.
  await api.remove(one.id)
  await expect(page.getByText('Nothing matches')).toBeVisible()
})

test('a change that is heard while a slow list is on its way is not lost over it', async ({
  page,
  api,
  gateway,
}) => {
  const made = await api.active({ name: 'before', port: 8080 })
  await page.goto(`${gateway.url}/load-balancers`)
  await expect(row(page, 'before')).toBeVisible()
  const answer = gateway.hold(/^GET .*\/loadbalancers\?/)
  await page.getByRole('button', { name: 'Refresh' }).click()
  await answer.kept
  await api.update(made.id, { name: 'after' })
  await api.settled(made.id)
  answer.release()
  await expect(row(page, 'after')).toBeVisible()
  await expect(row(page, 'before')).toBeHidden()
})
