import { expectAccessible } from '../fixtures/accessibility.ts'
import { createButton, fromMenu, list, names, row, search, tick } from '../fixtures/locators.ts'
import { expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

test('empty', async ({ page }) => {
  await page.goto('/load-balancers')
  await expect(page.getByText('No load balancers yet')).toBeVisible()
  await expectAccessible(page)
  await createButton(page).first().click()
  await expect(page).toHaveURL(/\/load-balancers\/create$/)
})

test('shows what there is', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  const made = await api.active({ name: 'web', port: 8080, members: [one.member] })
  await page.goto('/load-balancers')
  const web = row(page, 'web')
  await expect(web).toContainText('ACTIVE')
  await expect(web).toContainText('Application')
  await expect(web).toContainText(made.vip_address)
  await expect(web).toContainText(/HTTP\D*8080/)
  await expect(web).toContainText('admin')
  await expect(page.getByText('1 of 1', { exact: true }).first()).toBeVisible()
  await expectAccessible(page)
})

test.describe('with several', () => {
  test.beforeEach(async ({ api }) => {
    await api.active({ name: 'web-10', description: 'the shop', port: 8081 })
    await api.nextSecond()
    await api.active({
      name: 'web-2',
      port: 8082,
      members: [{ address: '127.0.9.9', protocol_port: 9123 }],
    })
    await api.nextSecond()
    await api.active({ name: 'mail', protocol: 'TCP', port: 2525 })
  })

  test('the newest is first', async ({ page }) => {
    await page.goto('/load-balancers')
    await expect(row(page, 'mail')).toBeVisible()
    expect(await names(page)).toEqual(['mail', 'web-2', 'web-10'])
  })

  test('every word of the search must match', async ({ page, api }) => {
    const all = await api.request<{ loadbalancers: { id: string; vip_address: string }[] }>(
      'GET',
      '/load-balancer/v2/lbaas/loadbalancers?name=mail',
    )
    const mail = all.loadbalancers[0]
    await page.goto('/load-balancers')
    await expect(row(page, 'mail')).toBeVisible()
    for (const [words, found] of [
      ['web', ['web-2', 'web-10']],
      ['SHOP', ['web-10']],
      ['shop web', ['web-10']],
      ['8082', ['web-2']],
      ['127.0.9.9', ['web-2']],
      ['tcp', ['mail']],
      ['network', ['mail']],
      ['http web-2', ['web-2']],
      ['active', ['mail', 'web-2', 'web-10']],
      [mail?.vip_address ?? '', ['mail']],
      [mail?.id ?? '', ['mail']],
    ] as const) {
      await search(page).fill(words)
      await expect.poll(() => names(page), { message: words }).toEqual(found)
    }
  })

  test('no match is told apart from empty', async ({ page }) => {
    await page.goto('/load-balancers')
    await search(page).fill('nothing like it')
    await expect(page.getByText('Nothing matches “nothing like it”')).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Clear search' }).first().click()
    await expect(row(page, 'mail')).toBeVisible()
    await expect(search(page)).toHaveValue('')
  })

  test('a click on a header sorts, another turns it round', async ({ page, api }) => {
    const { loadbalancers } = await api.request<{
      loadbalancers: { id: string; name: string; vip_address: string }[]
    }>('GET', '/load-balancer/v2/lbaas/loadbalancers')
    const number = (vip: string) =>
      vip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
    const byVip = loadbalancers
      .sort((a, b) => number(a.vip_address) - number(b.vip_address))
      .map(({ name }) => name)
    const off = loadbalancers.find(({ name }) => name === 'web-10')?.id ?? ''
    await api.update(off, { admin_state_up: false })
    await api.settled(off)
    // Wide enough for every column.
    await page.setViewportSize({ width: 1600, height: 900 })
    await page.goto('/load-balancers')
    await expect(row(page, 'mail')).toBeVisible()
    await expect(row(page, 'web-10')).toContainText('OFFLINE')
    // What is equal has the newest first, whichever way round.
    for (const [column, first, turned] of [
      ['Name', ['mail', 'web-2', 'web-10'], ['web-10', 'web-2', 'mail']],
      ['Listeners', ['mail', 'web-10', 'web-2'], ['web-2', 'web-10', 'mail']],
      ['VIP', byVip, byVip.toReversed()],
      ['State', ['web-10', 'mail', 'web-2'], ['mail', 'web-2', 'web-10']],
      ['Type', ['web-2', 'web-10', 'mail'], ['mail', 'web-2', 'web-10']],
      ['Servers', ['mail', 'web-10', 'web-2'], ['web-2', 'mail', 'web-10']],
      ['Created at', ['mail', 'web-2', 'web-10'], ['web-10', 'web-2', 'mail']],
    ] as const) {
      const header = list(page).getByRole('columnheader', { name: column })
      const button = header.getByRole('button')
      await button.click()
      await expect(header).toHaveAttribute('aria-sort', /ascending|descending/)
      const before = await header.getAttribute('aria-sort')
      await expect.poll(() => names(page), { message: column }).toEqual(first)
      await button.click()
      await expect(header).not.toHaveAttribute('aria-sort', before ?? '')
      await expect.poll(() => names(page), { message: column }).toEqual(turned)
    }
  })

  test('creators are sorted by name, whatever their ids are', async ({ page, portal }) => {
    for (const user of ['cyd', 'ann', 'dan', 'bob']) {
      const theirs = await portal.addUser(user, 'member')
      await theirs.active({ name: `of-${user}` })
    }
    await page.setViewportSize({ width: 1600, height: 900 })
    await page.goto('/load-balancers?search=of-')
    await expect(row(page, 'of-ann').getByRole('cell', { name: 'ann', exact: true })).toBeVisible()
    const header = list(page).getByRole('columnheader', { name: 'Created by' })
    const sorted = ['of-ann', 'of-bob', 'of-cyd', 'of-dan']
    for (const order of [sorted, sorted.toReversed()]) {
      await header.getByRole('button').click()
      await expect.poll(() => names(page)).toEqual(order)
    }
  })

  test('a screen reader is told what a search finds, once typing rests', async ({ page }) => {
    await page.goto('/load-balancers')
    await expect(row(page, 'mail')).toBeVisible()
    const told = page.getByRole('status').filter({ hasText: /^Search: / })
    // What listens is downloaded after the list.
    await expect(async () => {
      await search(page).fill('')
      await search(page).pressSequentially('web')
      await expect(told).toHaveText('Search: 2 found.', { timeout: 4000 })
    }).toPass()
    await search(page).pressSequentially('x')
    await expect(told).toHaveText('Search: 0 found.')
    await search(page).fill('')
    await expect(told).toHaveText('Search: 3 found.')
  })

  test('search and order are in the address', async ({ page }) => {
    await page.goto('/load-balancers')
    await search(page).fill('web')
    await list(page).getByRole('columnheader', { name: 'Name' }).getByRole('button').click()
    await expect.poll(() => names(page)).toEqual(['web-2', 'web-10'])
    await page.reload()
    await expect(search(page)).toHaveValue('web')
    await expect.poll(() => names(page)).toEqual(['web-2', 'web-10'])
    await page.getByRole('link', { name: 'web-2', exact: true }).click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText('web-2')
    await page.goBack()
    await expect(search(page)).toHaveValue('web')
    await expect.poll(() => names(page)).toEqual(['web-2', 'web-10'])
  })

  test('a click on a row opens it', async ({ page }) => {
    await page.goto('/load-balancers')
    await row(page, 'mail').getByText('ACTIVE').click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText('mail')
  })

  test('one is deleted from its menu', async ({ page }) => {
    await page.goto('/load-balancers')
    await fromMenu(page, 'mail', 'Delete')
    const dialog = page.getByRole('dialog', { name: 'Delete load balancer' })
    await expect(dialog).toContainText('mail')
    await expectAccessible(page)
    await dialog.getByRole('textbox').fill('mail')
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
    await expect(dialog).toBeHidden()
    await expect(row(page, 'mail')).toBeHidden()
    expect(await names(page)).toEqual(['web-2', 'web-10'])
  })

  test('the wrong name deletes nothing', async ({ page, api }) => {
    await page.goto('/load-balancers')
    await fromMenu(page, 'mail', 'Delete')
    const dialog = page.getByRole('dialog', { name: 'Delete load balancer' })
    await dialog.getByRole('textbox').fill('mall')
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click({ force: true })
    await expect(dialog).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    const { loadbalancers } = await api.request<{ loadbalancers: object[] }>(
      'GET',
      '/load-balancer/v2/lbaas/loadbalancers',
    )
    expect(loadbalancers).toHaveLength(3)
  })

  test('several are ticked and deleted at once', async ({ page }) => {
    await page.goto('/load-balancers')
    await tick(page, 'Select web-2')
    await tick(page, 'Select web-10')
    await expect(page.getByText('2 selected')).toBeVisible()
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete load balancers' })
    await expect(dialog).toContainText('web-2')
    await expect(dialog).toContainText('web-10')
    await dialog.getByRole('textbox').fill('2')
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
    await expect.poll(() => names(page)).toEqual(['mail'])
  })

  test('all that are shown can be ticked', async ({ page }) => {
    await page.goto('/load-balancers')
    await search(page).fill('web')
    await expect.poll(() => names(page)).toEqual(['web-2', 'web-10'])
    await tick(page, 'Select all')
    await expect(page.getByText('2 selected')).toBeVisible()
  })

  test('a clone begins with what there is', async ({ page }) => {
    await page.goto('/load-balancers')
    await fromMenu(page, 'web-2', 'Clone')
    await expect(page).toHaveURL(/\/load-balancers\/create\?from=/)
    await expect(page.getByLabel('Port').first()).toHaveValue('8082')
  })
})

test('a new one appears on top, and turns ACTIVE, without a reload', async ({ page, api }) => {
  await api.active({ name: 'old', port: 8080 })
  await page.goto('/load-balancers')
  await expect(row(page, 'old')).toBeVisible()
  await api.nextSecond()
  await api.create({ name: 'new', port: 8080 })
  await expect(row(page, 'new')).toContainText('ACTIVE')
  expect(await names(page)).toEqual(['new', 'old'])
  expect(await page.evaluate('performance.getEntriesByType("navigation").length')).toBe(1)
})

test('what others change and delete changes on the screen', async ({ page, api }) => {
  const one = await api.active({ name: 'one', port: 8080 })
  await api.active({ name: 'two', port: 8080 })
  await page.goto('/load-balancers')
  await expect(row(page, 'one')).toBeVisible()
  await api.update(one.id, { name: 'renamed' })
  await expect(row(page, 'renamed')).toBeVisible()
  await expect(row(page, 'one')).toBeHidden()
  await api.settled(one.id)
  await api.remove(one.id)
  await expect(row(page, 'renamed')).toBeHidden()
  await expect(row(page, 'two')).toBeVisible()
})

test('a failed load keeps the rows, says so, and recovers', async ({
  page,
  api,
  portal,
  watch,
}) => {
  watch.expect(/failed .* net::ERR_/, /ERR_CONNECTION|ERR_INCOMPLETE|EventSource/)
  await api.active({ name: 'kept', port: 8080 })
  await page.goto('/load-balancers')
  await expect(row(page, 'kept')).toBeVisible()
  await expect(page.getByText(/^Last updated/)).toBeVisible()
  await portal.down()
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(page.getByText("Couldn't refresh", { exact: false }).first()).toBeVisible()
  await expect(row(page, 'kept')).toBeVisible()
  await portal.again()
  await page.getByRole('button', { name: /Try again|Refresh/ }).first().click()
  await expect(page.getByText("Couldn't refresh", { exact: false })).toHaveCount(0)
  // And it hears of changes again.
  await api.active({ name: 'after', port: 8080 })
  await expect(row(page, 'after')).toContainText('ACTIVE', { timeout: 40_000 })
})

test('a thousand are searched at once and scrolled through', async ({ page, api }) => {
  test.setTimeout(180_000)
  const network = (await api.network()).id
  for (let made = 0; made < 1000; made += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => api.create({ name: `lb-${made + i}` }, network)),
    )
  }
  await page.goto('/load-balancers')
  await expect(page.getByText('1,000 of 1,000')).toBeVisible()
  // Only what can be seen is drawn.
  expect(await list(page).getByRole('row').count()).toBeLessThan(200)
  // The browser's own search would find nothing of the rest: ours comes first, then the browser's.
  const taken = () =>
    page.evaluate(() => {
      const event = new KeyboardEvent('keydown', { key: 'f', ctrlKey: true, cancelable: true })
      return !window.dispatchEvent(event)
    })
  await expect(async () => {
    await search(page).blur()
    expect(await taken()).toBe(true)
  }).toPass()
  await expect(search(page)).toBeFocused()
  expect(await taken()).toBe(false)
  await search(page).fill('lb-777')
  await expect.poll(() => names(page)).toEqual(['lb-777'])
  await search(page).blur()
  expect(await taken()).toBe(false)
  await search(page).fill('')
  await list(page).getByRole('columnheader', { name: 'Name' }).getByRole('button').click()
  await expect.poll(async () => (await names(page))[0]).toBe('lb-0')
  // Rows are measured as they are drawn, so the end is known only on the way to it.
  await expect(async () => {
    await page.keyboard.press('End')
    await expect(row(page, 'lb-999')).toBeInViewport({ timeout: 5000 })
  }).toPass()
})

test('by the keyboard alone', async ({ page, api }) => {
  await api.active({ name: 'alpha', port: 8080 })
  await page.goto('/load-balancers')
  await expect(row(page, 'alpha')).toBeVisible()
  await page.getByRole('button', { name: 'Actions for alpha' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitem').first()).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Actions for alpha' })).toBeFocused()
  await page.keyboard.press('Enter')
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Delete load balancer' })
  await expect(dialog).toBeVisible()
  await dialog.getByRole('textbox').focus()
  await page.keyboard.type('alpha')
  await page.keyboard.press('Enter')
  await expect(page.getByText('No load balancers yet')).toBeVisible()
})
