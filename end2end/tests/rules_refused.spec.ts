import { expectAccessible } from '../fixtures/accessibility.ts'
import {
  ask,
  createWithGroups,
  editor,
  fillCondition,
  openRules,
  rules,
  save,
  saveButton,
} from '../fixtures/rules.ts'
import { expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

test('a condition that the service refuses is shown at its field', async ({
  page,
  api,
  whoami,
  gateway,
  pageErrors,
}) => {
  pageErrors.allow(/400 POST/)
  const { id, vip } = await createWithGroups(api, [
    await whoami('web'),
    await whoami('shop'),
    await whoami('api'),
  ])
  await page.goto(`${gateway.url}/load-balancers/${id}?tab=rules`)
  await expect(rules(page)).toHaveText(['Otherwise → server group web'])
  await page.getByRole('button', { name: 'Add rule' }).click()
  await fillCondition(page, 1, 'HOST_NAME', 'is', 'shop.example.com')
  await editor(page).getByRole('button', { name: 'Add condition' }).click()
  // PCRE2 takes it, and Octavia's Python does not.
  await fillCondition(page, 2, 'PATH', 'matches regular expression', '^/a++$')
  await editor(page).getByLabel('Server group').selectOption({ label: 'shop' })
  await editor(page).getByRole('button', { name: 'Apply' }).click()
  const faultstring =
    'Error parsing L7Rule: Unable to parse regular expression: multiple repeat at position 4'
  // The first condition is created; the second is the one with an expression.
  let refused = 0
  await page.route(/\/l7policies\/[^/]+\/rules$/, async (route) => {
    const isExpression = (route.request().postData() ?? '').includes('REGEX')
    if (isExpression && refused++ === 0) {
      gateway.refuse({
        what: /POST .*\/rules$/,
        status: 400,
        body: JSON.stringify({ faultcode: 'Client', faultstring, debuginfo: null }),
        times: 1,
      })
    }
    await route.continue()
  })
  await saveButton(page).click()

  // The dialog opens at the field.
  const value = editor(page).getByRole('group', { name: 'Condition 2' }).getByLabel('Value')
  await expect(value).toBeFocused()
  await expect(value).toHaveValue('^/a++$')
  await expect(value).toHaveAttribute('aria-invalid', 'true')
  await expect(value).toHaveAccessibleDescription(/regular expression/)
  await expectAccessible(page)

  // The list says so too, and leads back to the field.
  await editor(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(rules(page).first()).toContainText('Refused:')
  await expectAccessible(page)
  await page.getByRole('button', { name: /^Go to .*Value/ }).click()
  await expect(value).toBeFocused()
  await value.fill('^/a+$')
  await expect(value).not.toHaveAttribute('aria-invalid', 'true')
  await editor(page).getByRole('button', { name: 'Apply' }).click()
  await expect(rules(page).first()).not.toContainText('Refused:')
  await save(page)
  const answer = await ask(vip, 8080, '/aaa', { host: 'shop.example.com' })
  expect(answer.body).toContain('shop')
  await page.unrouteAll({ behavior: 'wait' })
  await openRules(page, id)
  await expect(rules(page).first()).toContainText('path matches ^/a+$')
})

test('a redirect without a URL is reported at its field', async ({ page, api, whoami }) => {
  const { id } = await createWithGroups(api, [
    await whoami('web'),
    await whoami('shop'),
    await whoami('api'),
  ])
  await openRules(page, id)
  await page.getByRole('button', { name: 'Add rule' }).click()
  await editor(page).getByLabel('Match every request').check({ force: true })
  await editor(page).getByLabel('Action').selectOption({ label: 'Redirect to prefix' })
  await editor(page).getByRole('button', { name: 'Apply' }).click()
  const prefix = editor(page).getByLabel('Prefix')
  await expect(prefix).toBeFocused()
  await expect(prefix).toHaveAttribute('aria-invalid', 'true')
})
