import { readFileSync } from 'node:fs'
import { expectAccessible } from '../fixtures/accessibility.ts'
import { createHttps } from '../fixtures/graph.ts'
import { createButton, fromMenu, list, names, row, search, tick } from '../fixtures/locators.ts'
import { expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

test('an empty list links to the create page', async ({ page }) => {
  await page.goto('/load-balancers')
  await expect(page.getByText('No load balancers yet')).toBeVisible()
  await expectAccessible(page)
  await createButton(page).first().click()
  await expect(page).toHaveURL(/\/load-balancers\/create$/)
})

test('a name that nobody sees can be clicked', async ({ page, api }) => {
  await api.createActive({ name: ' \u200b ' })
  await page.goto('/load-balancers')
  await list(page).getByRole('link', { name: '(no name)' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('(no name)')
})

test('all columns are shown', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  const made = await api.createActive({ name: 'web', port: 8080, members: [one.member] })
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

test.describe('with several entries', () => {
  test.beforeEach(async ({ api }) => {
    await api.createActive({ name: 'web-10', description: 'the shop', port: 8081 })
    await api.nextSecond()
    await api.createActive({
      name: 'web-2',
      port: 8082,
      members: [{ address: '127.0.9.9', protocol_port: 9123 }],
    })
    await api.nextSecond()
    await api.createActive({ name: 'mail', protocol: 'TCP', port: 2525 })
  })

  test('the newest is first', async ({ page }) => {
    await page.goto('/load-balancers')
    await expect(row(page, 'mail')).toBeVisible()
    expect(await names(page)).toEqual(['mail', 'web-2', 'web-10'])
  })

  test('all words of the search must match', async ({ page, api }) => {
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

  test('tags, methods, creators, and names of parts are found', async ({ page, api }) => {
    await api.createActive({
      name: 'tagged',
      port: 8084,
      tags: ['blue', 'team-a'],
      algorithm: 'LEAST_CONNECTIONS',
      members: [{ address: '127.0.9.8', protocol_port: 9124, name: 'rack-7' }],
    })
    await page.goto('/load-balancers')
    await expect(row(page, 'tagged')).toBeVisible()
    for (const words of [
      'tag:blue',
      'tag:team',
      'least_conn',
      'rack-7',
      'http-8084',
      'admin 8084',
    ]) {
      await search(page).fill(words)
      await expect.poll(() => names(page), { message: words }).toEqual(['tagged'])
    }
    await search(page).fill('servers')
    await expect.poll(() => names(page)).toEqual(['tagged', 'web-2'])
    await search(page).fill('tag:green')
    await expect(page.getByText('0 of 4')).toBeVisible()
  })

  test('filters for state and type are in the URL', async ({ page }) => {
    await page.goto('/load-balancers')
    await expect(row(page, 'mail')).toBeVisible()
    await page.getByLabel('Type').selectOption('Application')
    await expect.poll(() => names(page)).toEqual(['web-2', 'web-10'])
    await page.getByLabel('State').selectOption('Not serving')
    await expect.poll(() => names(page)).toEqual(['web-10'])
    await expect(page).toHaveURL(/\?state=idle&type=application$/)
    await page.reload()
    await expect.poll(() => names(page)).toEqual(['web-10'])
    await page.getByLabel('State').selectOption('Down')
    await expect(page.getByText('Nothing matches the filters')).toBeVisible()
    await expectAccessible(page)
    await expect(page.getByRole('checkbox', { name: 'Select all' })).toBeDisabled()
    await page.getByRole('button', { name: 'Clear search' }).click()
    await expect.poll(() => names(page)).toEqual(['mail', 'web-2', 'web-10'])
    await expect(page).toHaveURL(/\/load-balancers$/)
    await page.goBack()
    await expect(page.getByLabel('State')).toHaveValue('down')
  })

  test('names have room, rows one line, and the menu is visible at every width', async ({
    page,
  }) => {
    await page.goto('/load-balancers')
    for (const [width, columns] of [
      [1440, ['Type', 'Created at', 'Created by']],
      [1280, ['Created at']],
      [1024, []],
      [820, []],
      [740, []],
    ] as const) {
      await page.setViewportSize({ width, height: 900 })
      const name = list(page).getByRole('columnheader', { name: 'Name' })
      const roomy = async () => ((await name.boundingBox())?.width ?? 0) >= 240
      await expect.poll(roomy, { message: `Name at ${width} px` }).toBe(true)
      for (const column of ['Type', 'Created at', 'Created by'] as const) {
        const shown = (columns as readonly string[]).includes(column)
        await expect(
          list(page).getByRole('columnheader', { name: column }),
          `${column} at ${width} px`,
        ).toHaveCount(shown ? 1 : 0)
      }
      expect((await row(page, 'mail').boundingBox())?.height).toBe(36)
      await expect(page.getByRole('button', { name: 'Actions for mail' })).toBeInViewport({
        ratio: 1,
      })
    }
  })

  test('on a phone a card has three lines, and a select sorts', async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto('/load-balancers')
    await expect(row(page, 'mail')).toBeVisible()
    await expect(list(page).getByRole('columnheader')).toHaveCount(0)
    expect((await row(page, 'mail').boundingBox())?.height).toBeLessThan(120)
    await page.getByLabel('Sort by').selectOption('Name')
    await expect.poll(() => names(page)).toEqual(['mail', 'web-2', 'web-10'])
    await expect(page).toHaveURL(/sort=name$/)
    await page.getByLabel('Sort by').selectOption('Listeners')
    await expect.poll(() => names(page)).toEqual(['mail', 'web-10', 'web-2'])
    await expectAccessible(page)
  })

  test('a row opens in a new tab with Ctrl or the middle button', async ({ page, context }) => {
    await page.goto('/load-balancers')
    for (const how of [{ modifiers: ['ControlOrMeta'] }, { button: 'middle' }] as const) {
      const opened = context.waitForEvent('page')
      await row(page, 'mail')
        .getByText('TCP:2525')
        .click({ ...how, modifiers: [...(how.modifiers ?? [])] })
      await expect((await opened).getByRole('heading', { level: 1 })).toContainText('mail')
      await expect(page).toHaveURL(/\/load-balancers$/)
    }
  })

  test('the menu of a row leads to the details and exports', async ({ page }) => {
    await page.goto('/load-balancers')
    await fromMenu(page, 'mail', 'Export')
    const dialog = page.getByRole('dialog', { name: 'Export' })
    await expect(dialog).toContainText('openstack loadbalancer create')
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await expect(dialog).toBeHidden()
    await fromMenu(page, 'web-2', 'Export')
    await expect(dialog).toContainText('web-2')
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await fromMenu(page, 'mail', 'View details')
    await expect(page.getByRole('heading', { level: 1 })).toContainText('mail')
  })

  test('no match is shown differently from an empty list', async ({ page }) => {
    await page.goto('/load-balancers')
    await search(page).fill('nothing like it')
    await expect(page.getByText('Nothing matches “nothing like it”')).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Clear search' }).first().click()
    await expect(row(page, 'mail')).toBeVisible()
    await expect(search(page)).toHaveValue('')
  })

  test('a click on a header sorts, and another reverses the order', async ({ page, api }) => {
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
    await api.waitUntilSettled(off)
    // Wide enough for every column.
    await page.setViewportSize({ width: 1600, height: 900 })
    await page.goto('/load-balancers')
    await expect(row(page, 'mail')).toBeVisible()
    await expect(row(page, 'web-10')).toContainText('OFFLINE')
    // Equal values are sorted newest first in both orders.
    for (const [column, first, turned] of [
      ['Name', ['mail', 'web-2', 'web-10'], ['web-10', 'web-2', 'mail']],
      ['Listeners', ['mail', 'web-10', 'web-2'], ['web-2', 'web-10', 'mail']],
      ['VIP', byVip, byVip.toReversed()],
      ['State', ['mail', 'web-10', 'web-2'], ['web-2', 'web-10', 'mail']],
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

  test('creators are sorted by name, not by id', async ({ page, portal }) => {
    for (const user of ['cyd', 'ann', 'dan', 'bob']) {
      const theirs = await portal.addUser(user, 'member')
      await theirs.createActive({ name: `of-${user}` })
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

  test('search results are announced to screen readers after typing stops', async ({ page }) => {
    await page.goto('/load-balancers')
    await expect(row(page, 'mail')).toBeVisible()
    const announcement = page.getByRole('status').filter({ hasText: /^Search: / })
    // The announcer is loaded after the list.
    await expect(async () => {
      await search(page).fill('')
      await search(page).pressSequentially('web')
      await expect(announcement).toHaveText('Search: 2 found.', { timeout: 4000 })
    }).toPass()
    await search(page).pressSequentially('x')
    await expect(announcement).toHaveText('Search: 0 found.')
    await search(page).fill('')
    await expect(announcement).toHaveText('Search: 3 found.')
  })

  test('search and sort order are in the URL', async ({ page }) => {
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

  test('a click on a row opens the details', async ({ page }) => {
    await page.goto('/load-balancers')
    await row(page, 'mail').getByText('ACTIVE').click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText('mail')
  })

  test('one load balancer is deleted from its menu', async ({ page }) => {
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

  test('a wrong name does not confirm a deletion', async ({ page, api }) => {
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

  test('several load balancers are selected and deleted together', async ({ page }) => {
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

  test('Select all selects the filtered rows', async ({ page }) => {
    await page.goto('/load-balancers')
    await search(page).fill('web')
    await expect.poll(() => names(page)).toEqual(['web-2', 'web-10'])
    await tick(page, 'Select all')
    await expect(page.getByText('2 selected')).toBeVisible()
  })

  test('Clone opens the wizard with the same settings', async ({ page }) => {
    await page.goto('/load-balancers')
    await fromMenu(page, 'web-2', 'Clone')
    await expect(page).toHaveURL(/\/load-balancers\/create\?from=/)
    await expect(page.getByLabel('Port').first()).toHaveValue('8082')
  })
})

test('a new load balancer appears on top and becomes ACTIVE without a reload', async ({
  page,
  api,
}) => {
  await api.createActive({ name: 'old', port: 8080 })
  await page.goto('/load-balancers')
  await expect(row(page, 'old')).toBeVisible()
  await api.nextSecond()
  await api.create({ name: 'new', port: 8080 })
  await expect(row(page, 'new')).toContainText('ACTIVE')
  expect(await names(page)).toEqual(['new', 'old'])
  expect(await page.evaluate('performance.getEntriesByType("navigation").length')).toBe(1)
})

test('changes and deletions by other clients appear', async ({ page, api }) => {
  const one = await api.createActive({ name: 'one', port: 8080 })
  await api.createActive({ name: 'two', port: 8080 })
  await page.goto('/load-balancers')
  await expect(row(page, 'one')).toBeVisible()
  await api.update(one.id, { name: 'renamed' })
  await expect(row(page, 'renamed')).toBeVisible()
  await expect(row(page, 'one')).toBeHidden()
  await api.waitUntilSettled(one.id)
  await api.remove(one.id)
  await expect(row(page, 'renamed')).toBeHidden()
  await expect(row(page, 'two')).toBeVisible()
})

test('a failed refresh keeps the rows, is reported, and can be repeated', async ({
  page,
  api,
  portal,
  pageErrors,
}) => {
  pageErrors.allow(/failed .* net::ERR_/, /ERR_CONNECTION|ERR_INCOMPLETE|EventSource/)
  await api.createActive({ name: 'kept', port: 8080 })
  await page.goto('/load-balancers')
  await expect(row(page, 'kept')).toBeVisible()
  await expect(page.getByText(/^Last updated/)).toBeVisible()
  await portal.stop()
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(page.getByText("Couldn't refresh", { exact: false }).first()).toBeVisible()
  await expect(row(page, 'kept')).toBeVisible()
  await portal.restart()
  await page
    .getByRole('button', { name: /Try again|Refresh/ })
    .first()
    .click()
  await expect(page.getByText("Couldn't refresh", { exact: false })).toHaveCount(0)
  // Changes arrive again.
  await api.createActive({ name: 'after', port: 8080 })
  await expect(row(page, 'after')).toContainText('ACTIVE', { timeout: 40_000 })
})

test('a list of 1,000 is searched and scrolled', async ({ page, api }) => {
  test.setTimeout(180_000)
  const network = (await api.network()).id
  for (let made = 0; made < 1000; made += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => api.create({ name: `lb-${made + i}` }, network)),
    )
  }
  await page.goto('/load-balancers')
  await expect(page.getByText('1,000 of 1,000')).toBeVisible()
  // Only visible rows are drawn.
  expect(await list(page).getByRole('row').count()).toBeLessThan(200)
  // The browser's search cannot find rows that are not drawn: Ctrl+F opens the page's search first.
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
  // Rows are measured when they are drawn, so the end moves while scrolling.
  await expect(async () => {
    await page.keyboard.press('End')
    await expect(row(page, 'lb-999')).toBeInViewport({ timeout: 5000 })
  }).toPass()
})

test('a load balancer is deleted with the keyboard only', async ({ page, api }) => {
  await api.createActive({ name: 'alpha', port: 8080 })
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

test("certificates and load balancers are found by each other's names", async ({
  page,
  api,
  authority,
  whoami,
}) => {
  const one = await whoami('behind-tls')
  authority.issue({ name: 'golden', names: ['shop.example'] })
  authority.issue({ name: 'silver', names: ['mail.example'] })
  const golden = await api.storeSecret('golden', readFileSync(authority.pack('golden')))
  const silver = await api.storeSecret('silver', readFileSync(authority.pack('silver')))
  await createHttps(api, 'shop', [8443], golden, one.member)
  await createHttps(api, 'mail', [8443], silver, one.member)
  await page.goto('/load-balancers')
  await expect(row(page, 'shop')).toBeVisible()
  await page.getByLabel('Search load balancers').fill('GOLD 8443')
  await expect.poll(() => names(page)).toEqual(['shop'])
  await expect(page).toHaveURL(/search=GOLD/)
  await page.reload()
  await expect.poll(() => names(page)).toEqual(['shop'])
  // Certificates by load balancer and by domain.
  await page.goto('/ssl-certificates')
  const shown = page.getByRole('table', { name: 'SSL certificates' }).getByRole('rowheader')
  await page.getByLabel('Search certificates').fill('shop')
  await expect(shown).toHaveText(['golden'])
  await page.getByLabel('Search certificates').fill('mail.ex')
  await expect(shown).toHaveText(['silver'])
})
