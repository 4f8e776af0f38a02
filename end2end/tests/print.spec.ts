import { row, section } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

/** The width of A4 in CSS pixels, without its margins. */
const PAPER = { width: 718, height: 1000 }

/** Fails if dark text stands on dark ground, or light on light. */
async function expectDarkOnLight(page: Page, selector: string): Promise<void> {
  const colour = await page
    .locator(selector)
    .first()
    .evaluate((element) => getComputedStyle(element).color)
  const [r = 255, g = 255, b = 255] = colour.match(/\d+/g)?.map(Number) ?? []
  expect((r + g + b) / 3, `${selector} is ${colour}`).toBeLessThan(130)
}

test('the list and the details are legible on paper', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  const { id, vip_address } = await api.createActive({
    name: 'printed',
    port: 8080,
    members: [one.member],
  })
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  await page.setViewportSize(PAPER)
  await page.goto('/load-balancers')
  await expect(row(page, 'printed')).toContainText(vip_address)
  await expectDarkOnLight(page, 'main h1')
  await expectDarkOnLight(page, 'main th a')
  const screenOnly = async (): Promise<void> => {
    await expect(page.getByRole('banner')).toBeHidden()
    await expect(page.getByRole('navigation', { name: 'Navigation' })).toBeHidden()
    const width = await page.evaluate('document.documentElement.scrollWidth')
    expect(width, 'nothing is cut off').toBeLessThanOrEqual(PAPER.width)
  }
  await screenOnly()
  await expect(page.getByRole('link', { name: 'Create' })).toBeHidden()

  await page.goto(`/load-balancers/${id}`)
  const servers = section(page, 'Networks & Connection').getByRole('table', { name: 'Servers' })
  await expect(servers).toContainText(one.member.address)
  await expectDarkOnLight(page, 'main h1')
  await expectDarkOnLight(page, 'main dd')
  await screenOnly()
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeHidden()
  await expect(page.getByRole('button', { name: 'Copy the VIP' }).first()).toBeHidden()
})
