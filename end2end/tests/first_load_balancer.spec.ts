import { createButton, row, section } from '../fixtures/locators.ts'
import { admin } from '../fixtures/portal.ts'
import { expect, test } from '../fixtures/test.ts'
import { countAnswers } from '../fixtures/http.ts'

test('a new user balances real traffic to two servers', async ({ page, whoami }) => {
  const one = await whoami('server-one')
  const two = await whoami('server-two')

  await page.goto('/')
  await page.getByLabel('User', { exact: true }).fill(admin.user)
  await page.getByLabel('Password', { exact: true }).fill(admin.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('All Services')
  await page.getByRole('navigation').getByRole('link', { name: 'Load Balancing' }).click()
  await createButton(page).first().click()

  await page.getByLabel('Name', { exact: true }).first().fill('my first')
  await page.getByRole('radio', { name: 'Application Load Balancer' }).check({ force: true })
  await page.getByLabel('Port', { exact: true }).first().fill('8080')
  for (const [i, server] of [one, two].entries()) {
    await page.getByRole('button', { name: 'Add Server' }).click()
    await page.getByLabel('Private IP').nth(i).fill(server.address)
  }
  await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
  await expect(page.getByRole('main')).toContainText(one.member.address)
  await page.getByRole('button', { name: 'Create', exact: true }).click()

  // The list shows ACTIVE without a reload.
  await expect(page).toHaveURL(/\/load-balancers$/)
  const made = row(page, 'my first')
  await expect(made).toContainText('ACTIVE')
  await made.getByRole('link', { name: 'my first' }).click()
  const network = section(page, 'Networks & Connection')
  await expect(network).toContainText(/\d+\.\d+\.\d+\.\d+/)
  const vip = (await network.innerText()).match(/\d+\.\d+\.\d+\.\d+/)?.[0] ?? ''
  expect(await page.evaluate('performance.getEntriesByType("navigation").length')).toBe(1)

  const answers = await countAnswers(vip, 8080, 20, [one.name, two.name])
  expect(answers).toEqual({ [one.name]: 10, [two.name]: 10 })
})
