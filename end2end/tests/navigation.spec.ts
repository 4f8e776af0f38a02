import { expectAccessible } from '../fixtures/accessibility.ts'
import { expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

test('the navigation marks the current page', async ({ page }) => {
  await page.goto('/')
  const navigation = page.getByRole('navigation', { name: 'Navigation' })
  const current = navigation.locator('[aria-current=page]')
  await expect(current).toHaveText('All Services')
  await navigation.getByRole('link', { name: 'Load Balancing' }).click()
  await expect(page).toHaveURL(/\/load-balancers$/)
  await expect(current).toHaveText('Load Balancing')
  await page.goBack()
  await expect(current).toHaveText('All Services')
})

test('every page has its own title', async ({ page, api }) => {
  const { id } = await api.createActive({ name: 'titled' })
  for (const [path, title] of [
    ['/', /All Services/],
    ['/load-balancers', /Load Balancer Management/],
    ['/load-balancers/create', /Create a load balancer/],
    [`/load-balancers/${id}`, /titled/],
    ['/no-such-page', /not found/i],
  ] as const) {
    await page.goto(path)
    await expect(page).toHaveTitle(title)
  }
})

test('the theme survives a reload', async ({ page }) => {
  await page.goto('/')
  const colour = () => page.evaluate(() => getComputedStyle(document.body).color)
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await colour()
  await page.getByLabel('Theme').selectOption({ label: 'Dark' })
  await expect.poll(colour).not.toBe(light)
  const dark = await colour()
  await page.reload()
  await expect(page.getByLabel('Theme')).toHaveValue('dark')
  expect(await colour()).toBe(dark)
  await page.getByLabel('Theme').selectOption({ label: 'System' })
  await expect.poll(colour).toBe(light)
})

test('the language survives a reload', async ({ page }) => {
  await page.goto('/load-balancers')
  await page.getByLabel('Language').selectOption({ label: '繁體中文' })
  const heading = page.getByRole('heading', { level: 1 })
  await expect(heading).toHaveText('負載平衡器管理')
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-TW')
  await page.reload()
  await expect(heading).toHaveText('負載平衡器管理')
  await expectAccessible(page)
  await page.getByLabel('語言').selectOption({ label: 'English' })
  await expect(heading).toHaveText('Load Balancer Management')
})

test.describe('in a Chinese browser', () => {
  test.use({ locale: 'zh-TW' })

  test('the page starts in Chinese', async ({ page }) => {
    await page.goto('/')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('所有服務')
  })
})

test('a skip link leads to the content', async ({ page }) => {
  await page.goto('/load-balancers')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: /Skip to/ })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()
})

test('an unknown URL is reported, with a link back', async ({ page }) => {
  await page.goto('/no-such-page')
  await expect(page.getByText('Page not found')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('main').getByRole('link').first().click()
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Page not found')
})

test('the content security policy is strict', async ({ page }) => {
  const answer = await page.goto('/')
  const policy = answer?.headers()['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|\*/)
})

test('the navigation is behind a button on a phone, and the page fits', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/load-balancers')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  const tooWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'
  expect(await page.evaluate(tooWide)).toBe(false)
  const link = page.getByRole('navigation').getByRole('link', { name: 'All Services' })
  await expect(link).not.toBeInViewport()
  await page.getByRole('button', { name: /navigation|menu/i }).click()
  await link.click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('All Services')
})
