import { expectAccessible } from '../fixtures/accessibility.ts'
import { Gateway } from '../fixtures/gateway.ts'
import { createButton, deleteNow, keyboardReady, row, search } from '../fixtures/locators.ts'
import { admin } from '../fixtures/portal.ts'
import { expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

test('a stopped server is reported, and the page reconnects by itself', async ({
  page,
  api,
  portal,
  pageErrors,
}) => {
  pageErrors.allow(
    /failed .* net::ERR_/,
    /ERR_CONNECTION|ERR_INCOMPLETE|EventSource/,
    /Failed to fetch/,
  )
  const kept = await api.createActive({ name: 'kept', port: 8080 })
  await page.goto('/load-balancers')
  await expect(row(page, 'kept')).toContainText('ACTIVE')
  await expect(page.getByText(/^Last updated/)).toBeVisible()
  // With it comes what shows messages.
  await expect(keyboardReady(page)).toBeAttached()
  await search(page).fill('ke')
  const banner = page.getByText('Connection lost')
  const place = await row(page, 'kept').boundingBox()
  await portal.stop()
  await expect(banner).toBeVisible()
  expect(await row(page, 'kept').boundingBox(), 'nothing moves').toEqual(place)
  await expect(search(page)).toHaveValue('ke')
  await expectAccessible(page)
  await portal.restart()
  await expect(banner).toBeHidden({ timeout: 60_000 })
  expect(await row(page, 'kept').boundingBox(), 'nothing moves').toEqual(place)
  // Changes arrive again without user action.
  await api.update(kept.id, { name: 'kept well' })
  await expect(row(page, 'kept well')).toBeVisible()
})

test('a change before the event stream is open is not lost', async ({ page, api, portal }) => {
  const gateway = await Gateway.inFrontOf(portal.url)
  try {
    await gateway.copyCookies(page.context())
    await api.createActive({ name: 'first', port: 8080 })
    for (const [path, made] of [
      ['/load-balancers', 'second'],
      ['/', 'third'],
    ] as const) {
      const stream = gateway.holdRequests(/GET \/portal\/events/)
      await page.goto(`${gateway.url}${path}`)
      await stream.held
      // The page does not wait for the stream for long.
      await expect(page.getByRole('main')).toContainText(path === '/' ? 'Total' : 'first')
      await api.createActive({ name: made, port: 8080 })
      stream.release()
      if (path === '/')
        await expect(page.getByRole('listitem').filter({ hasText: 'Total' })).toHaveText(
          /^3\s*Total$/,
        )
      else await expect(row(page, made)).toBeVisible()
    }
  } finally {
    gateway.dispose()
  }
})

test('a form survives a restart of the server', async ({ page, portal, pageErrors }) => {
  pageErrors.allow(
    /failed .* net::ERR_/,
    /ERR_CONNECTION|ERR_INCOMPLETE|EventSource/,
    /Failed to fetch/,
  )
  await page.goto('/load-balancers')
  await createButton(page).first().click()
  await page.getByLabel('Name', { exact: true }).fill('typed before')
  await portal.stop()
  await expect(page.getByText('Connection lost')).toBeVisible()
  await page.getByLabel(/^Description/).fill('and after')
  await portal.restart()
  await expect(page.getByText('Connection lost')).toBeHidden({
    timeout: 60_000,
  })
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('typed before')
  await expect(page.getByLabel(/^Description/)).toHaveValue('and after')
})

test('an expired session is renewed in place and the form is kept', async ({
  page,
  pageErrors,
}) => {
  pageErrors.allow(/^401 /)
  await page.goto('/load-balancers')
  await createButton(page).first().click()
  await page.getByLabel('Name', { exact: true }).fill('goes on')
  await page.getByLabel('Port', { exact: true }).fill('8080')
  await page.getByRole('button', { name: /^Next/ }).click()
  await page.context().clearCookies()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('Your session has expired')
  await expectAccessible(page)
  await dialog.getByLabel('Password', { exact: true }).fill(admin.password)
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  // The message is true before and after sign-in.
  await expect(page.getByRole('main')).toContainText(
    'so nothing was changed. Sign in and try again.',
  )
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(row(page, 'goes on')).toContainText('ACTIVE')
})

test('the dialog of an expired session closes only by Sign out, which leads back after sign-in', async ({
  page,
  pageErrors,
}) => {
  pageErrors.allow(/^401 /)
  await page.goto('/ssl-certificates')
  await page.getByRole('link', { name: '＋Create' }).first().click()
  const name = page.getByLabel('Name', { exact: true })
  await name.fill('typed before')
  await page.context().clearCookies()
  const dialog = page.getByRole('dialog', { name: 'Sign in' })
  // The page checks the session when it becomes visible, once that code is loaded.
  await expect(async () => {
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
    await expect(dialog).toContainText('Your session has expired', { timeout: 1000 })
  }).toPass()
  await expect(dialog.getByRole('button', { name: 'Close' })).toBeHidden()
  await dialog.getByLabel('Password', { exact: true }).fill('half of it')
  for (let times = 0; times < 3; times += 1) await page.keyboard.press('Escape')
  await expect(dialog).toBeVisible()
  await expect(dialog.getByLabel('Password', { exact: true })).toHaveValue('half of it')
  await expect(dialog.getByLabel('Password', { exact: true })).toBeFocused()
  await dialog.getByRole('button', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/\/login\?next=/)
  await page.getByLabel('User', { exact: true }).fill(admin.user)
  await page.getByLabel('Password', { exact: true }).fill(admin.password)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/ssl-certificates\/create$/)
})

test('rows stay visible while a refresh is slow', async ({ page, api, portal, whoami }) => {
  const members = [(await whoami('one')).member]
  await api.createActive({ name: 'late', port: 8080, members })
  await page.goto('/')
  await expect(page.getByText('Healthy').first()).toBeVisible()
  await page.getByRole('navigation').getByRole('link', { name: 'Load Balancing' }).click()
  await expect(row(page, 'late')).toBeVisible()
  portal.suspend()
  const refresh = page.getByRole('button', { name: 'Refresh' })
  await refresh.click()
  await expect(refresh).toHaveAttribute('aria-busy', 'true')
  await expect(row(page, 'late')).toBeVisible()
  portal.resume()
  await expect(refresh).not.toHaveAttribute('aria-busy', 'true')
})

test.describe('a gateway in front of the server', () => {
  const lists = /^GET \/load-balancer\/v2\/lbaas\/loadbalancers/
  const html = '<html><body><h1>Bad Gateway</h1></body></html>'

  test('answers 429 with Retry-After: the list is requested again after that time', async ({
    page,
    api,
    gateway,
    pageErrors,
  }) => {
    pageErrors.allow(/^429 GET /)
    await api.createActive({ name: 'patient', port: 8080 })
    gateway.refuse({ what: lists, status: 429, headers: { 'retry-after': '1' }, times: 2 })
    await page.goto(`${gateway.url}/load-balancers`)
    await expect(row(page, 'patient')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Try again' })).toBeHidden()
  })

  test('answers 5xx: rows stay visible, the reason is shown, and Try again works', async ({
    page,
    api,
    gateway,
    pageErrors,
  }) => {
    pageErrors.allow(/^50[0-9] GET /)
    await api.createActive({ name: 'stays', port: 8080 })
    await page.goto(`${gateway.url}/load-balancers`)
    await expect(row(page, 'stays')).toBeVisible()
    gateway.refuse({ what: lists, status: 502, body: html })
    await page.getByRole('button', { name: 'Refresh' }).click()
    await expect(page.getByText('Server error (502).')).toBeVisible()
    await expect(row(page, 'stays')).toBeVisible()
    await expect(page.getByText('Bad Gateway')).toBeHidden()
    await expectAccessible(page)
    gateway.refuse()
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(page.getByText('Server error (502).')).toBeHidden()

    gateway.refuse({ what: lists, status: 500, body: '{"faultstring": "no database"}' })
    await page.reload()
    await expect(page.getByText('Server error (500): no database')).toBeVisible()
    await expect(row(page, 'stays')).toBeHidden()
    await expectAccessible(page)
    gateway.refuse()
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(row(page, 'stays')).toBeVisible()
  })

  for (const [status, body, words] of [
    [429, html, 'Too many requests'],
    [413, html, 'The server refused the request (413).'],
    [503, html, 'Server error (503).'],
    [500, '{"faultstring": "no database"}', 'Server error (500): no database'],
    [
      409,
      '{"faultstring": "Quota has been met for resources: Load Balancer"}',
      'The project has reached its quota of: Load Balancer',
    ],
  ] as const) {
    test(`answers ${status} to Create: the form is kept and can be sent again`, async ({
      page,
      gateway,
      pageErrors,
    }) => {
      pageErrors.allow(/^\d+ POST \S+\/loadbalancers$/)
      await page.goto(`${gateway.url}/load-balancers/create`)
      await page.getByLabel('Name', { exact: true }).fill('not lost')
      await page.getByLabel('Port', { exact: true }).fill('8080')
      await page.getByRole('button', { name: /^Next/ }).click()
      gateway.refuse({ what: /^POST /, status, body })
      const create = page.getByRole('button', { name: 'Create', exact: true })
      await create.click()
      await expect(page.getByRole('alert').filter({ hasText: words })).toBeVisible()
      await expectAccessible(page)
      gateway.refuse()
      await create.click()
      await expect(row(page, 'not lost')).toContainText('ACTIVE')
    })
  }

  test('refuses to switch projects: the header shows the current project', async ({
    page,
    api,
    portal,
    gateway,
    pageErrors,
  }) => {
    pageErrors.allow(/^503 PUT /)
    await portal.command(['project', 'add', 'shop'])
    await portal.command(['user', 'grant', 'admin', '--project', 'shop', '--role', 'manager'])
    await api.createActive({ name: 'here', port: 8080 })
    await page.goto(`${gateway.url}/load-balancers`)
    await expect(row(page, 'here')).toBeVisible()
    const project = page.getByLabel('Project', { exact: true })
    gateway.refuse({ what: /^PUT \/portal\/session/, status: 503, body: html })
    await project.selectOption({ label: 'shop' })
    await expect(page.getByText("Couldn't switch projects")).toBeVisible()
    await expect(project.locator('option:checked')).toHaveText('default')
    await expect(row(page, 'here')).toBeVisible()
    gateway.refuse()
    await project.selectOption({ label: 'shop' })
    await expect(project.locator('option:checked')).toHaveText('shop')
  })

  test('answers 409 to Delete: the row returns to its state', async ({
    page,
    api,
    gateway,
    pageErrors,
  }) => {
    pageErrors.allow(/^409 DELETE /)
    const { id } = await api.createActive({ name: 'busy', port: 8080 })
    await page.goto(`${gateway.url}/load-balancers/${id}`)
    gateway.refuse({
      what: /^DELETE /,
      status: 409,
      body: `{"faultstring": "Load Balancer ${id} is immutable and cannot be updated."}`,
    })
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill('busy')
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
    await deleteNow(page, 'Deleting busy')
    await expect(page.getByText('Another change is in progress')).toBeVisible()
    await expectAccessible(page)
    await page.goto(`${gateway.url}/load-balancers`)
    await expect(row(page, 'busy')).toContainText('ACTIVE')
  })

  test('answers 429 to an edit: the edit continues by itself', async ({
    page,
    api,
    gateway,
    pageErrors,
  }) => {
    pageErrors.allow(/^(429|409) PUT /)
    const { id } = await api.createActive({ name: 'slow cloud', port: 8080 })
    await page.goto(`${gateway.url}/load-balancers/${id}/edit`)
    const dialog = page.getByRole('dialog', { name: 'Edit Load Balancer' })
    await dialog.getByLabel('Name', { exact: true }).first().fill('slow and sure')
    gateway.refuse({ what: /^PUT /, status: 429, body: html, times: 2 })
    await dialog.getByRole('button', { name: 'OK', exact: true }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'slow and sure' })).toBeVisible()
  })
})
