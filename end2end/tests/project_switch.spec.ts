import { row } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn, portal }) => {
  await portal.command(['project', 'add', 'shop'])
  await portal.command(['user', 'grant', 'admin', '--project', 'shop', '--role', 'manager'])
  await signIn()
})

const project = (page: Page) => page.getByLabel('Project', { exact: true })

test('switching the project with a typed form asks, and loses nothing silently', async ({
  page,
  api,
}) => {
  await api.createActive({ name: 'here', port: 8080 })
  await page.goto('/load-balancers/create')
  const name = page.getByLabel('Name', { exact: true }).first()
  await name.fill('half a form')
  await project(page).selectOption({ label: 'shop' })
  const question = page.getByRole('dialog', { name: 'Leave without creating?' })
  await expect(question).toBeVisible()

  // Staying keeps the form and the project.
  await question.getByRole('button', { name: 'Stay' }).click()
  await expect(question).toBeHidden()
  await expect(name).toHaveValue('half a form')
  await expect(project(page).locator('option:checked')).toHaveText('default')

  await project(page).selectOption({ label: 'shop' })
  await question.getByRole('button', { name: 'Leave' }).click()
  await expect(page).toHaveURL(/\/load-balancers$/)
  await expect(project(page).locator('option:checked')).toHaveText('shop')
  await expect(page.getByText('No load balancers yet')).toBeVisible()
  // The form of the other project does not appear in this one.
  await page.goto('/load-balancers/create')
  await expect(name).toHaveValue('')
  await project(page).selectOption({ label: 'default' })
  await expect(row(page, 'here')).toBeVisible()
})

test('an untouched form is left without a question', async ({ page }) => {
  await page.goto('/load-balancers/create')
  await expect(page.getByLabel('Name', { exact: true }).first()).toBeVisible()
  await project(page).selectOption({ label: 'shop' })
  await expect(page).toHaveURL(/\/load-balancers$/)
  await expect(page.getByRole('dialog')).toBeHidden()
})
