import { readFileSync } from 'node:fs'
import { row } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ signIn }) => signIn())

/** Elements that overflow the page without a scroll container. */
const tooWide = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const root = document.documentElement
    if (root.scrollWidth <= root.clientWidth) return []
    const all = [...document.querySelectorAll('body *')]
    const boxed = (e: Element | null): boolean =>
      e !== null &&
      e !== root &&
      (getComputedStyle(e).overflowX !== 'visible' || boxed(e.parentElement))
    const beyond = all.filter(
      (e) => e.getBoundingClientRect().right > root.clientWidth + 1 && !boxed(e.parentElement),
    )
    return [`${root.scrollWidth} of ${root.clientWidth}`].concat(
      beyond.slice(0, 5).map((e) => `${e.tagName}.${e.className}`),
    )
  })

/** Controls smaller than 24 by 24 pixels, except links within text. */
const tooSmall = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [
      ...document.querySelectorAll(
        'button, a[href], select, [role=menuitem], [type=checkbox] + label',
      ),
    ]
      .filter((e) => {
        const { width, height } = e.getBoundingClientRect()
        const hidden = width === 0 || height === 0 || getComputedStyle(e).visibility === 'hidden'
        const inText =
          (e.classList.contains('link') && !e.closest('.form-list')) ||
          (e.tagName === 'A' && getComputedStyle(e).display === 'inline')
        const skip = e.classList.contains('skip-link')
        return !hidden && !inText && !skip && (width < 23.5 || height < 23.5)
      })
      .map((e) => `${e.tagName}.${e.className} ${e.textContent?.trim().slice(0, 30)}`),
  )

/** Cells of lists that cut off text without an ellipsis. */
const clipped = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('.load-balancer-table .tags, .list-table td:not(.table-control)')]
      .filter((e) => e.scrollWidth > e.clientWidth)
      .map((e) => `${e.className} ${e.textContent} ${e.scrollWidth} of ${e.clientWidth}`),
  )

test('no page overflows, cuts off text, or has controls that are too small', async ({
  page,
  api,
  authority,
}) => {
  test.slow()
  const long = `${'a name without a blank '.replaceAll(' ', '-').repeat(9)}`.slice(0, 200)
  const spaced = 'one of many words '.repeat(12).slice(0, 200)
  const network = (await api.network()).id
  const wide = await api.createActive(
    {
      name: long,
      description: long,
      port: 8080,
      members: [
        { address: '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', protocol_port: 65535, name: long },
        { address: '192.0.2.10', protocol_port: 80, name: spaced },
      ],
    },
    network,
  )
  await api.createActive({ name: spaced }, network)
  authority.issue({
    name: 'wide',
    names: [
      'wide.example.com',
      `${'sub-domain.'.repeat(9)}example.com`,
      ...Array.from({ length: 9 }, (_, n) => `n${n}.example.com`),
    ],
  })
  const secret = await api.storeSecret(long, readFileSync(authority.pack('wide')))
  const heading = page.getByRole('heading', { level: 1 })
  for (const path of [
    '/',
    '/load-balancers',
    '/load-balancers?search=nothing-is-called-this',
    '/load-balancers/create',
    `/load-balancers/create?from=${wide.id}`,
    `/load-balancers/${wide.id}`,
    `/load-balancers/${wide.id}/edit`,
    '/ssl-certificates',
    '/ssl-certificates/create',
    `/ssl-certificates/${secret}`,
    '/no-such-page',
  ]) {
    // A desktop at 400 %, a phone, a desktop at 200 % and at 100 %.
    for (const width of [320, 390, 720, 1440]) {
      await page.setViewportSize({ width, height: 844 })
      await page.goto(path)
      await expect(heading).toBeVisible()
      await expect(page.locator('[aria-busy=true], .skeleton')).toHaveCount(0)
      expect.soft(await tooWide(page), `${path} at ${width} px`).toEqual([])
      expect.soft(await clipped(page), `${path} at ${width} px`).toEqual([])
      if (width <= 390) expect.soft(await tooSmall(page), `${path} at ${width} px`).toEqual([])
    }
  }
})

test('animations are off with reduced motion', async ({ page, api }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const { id } = await api.createActive({ name: 'still', port: 8080 })
  await page.goto(`/load-balancers/${id}`)
  await expect(page.getByRole('region', { name: 'Traffic path' })).toBeVisible()
  await expect
    .poll(() =>
      page.evaluate(
        () => document.getAnimations().filter((one) => one.playState === 'running').length,
      ),
    )
    .toBe(0)
})

test('the layout does not shift while pages load and states change', async ({ page, api }) => {
  const network = (await api.network()).id
  await Promise.all(
    Array.from({ length: 11 }, (_, n) =>
      api.createActive({ name: `still ${n + 1}`, port: 8080 }, network),
    ),
  )
  // The newest is the first row, and so it is in view on a phone too.
  await api.nextSecond()
  const newest = await api.createActive({ name: 'still 0', port: 8080 }, network)
  await page.addInitScript(() => {
    const all = globalThis as unknown as { moved: string[]; sum: number }
    all.moved = []
    all.sum = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as unknown as LayoutShift[]) {
        if (entry.hadRecentInput) continue
        all.sum += entry.value
        all.moved.push(
          ...entry.sources.map(
            ({ node }) => (node as Element | null)?.outerHTML?.slice(0, 120) ?? '',
          ),
        )
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
  const expectStill = async (what: string): Promise<void> => {
    const { sum, moved } = await page.evaluate(() => {
      const { sum, moved } = globalThis as unknown as { moved: string[]; sum: number }
      return { sum, moved }
    })
    expect(sum, `${what}: ${moved.join('\n')}`).toBeLessThan(0.02)
  }
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 })
    for (const path of [
      '/',
      '/load-balancers',
      `/load-balancers/${newest.id}`,
      '/ssl-certificates',
    ]) {
      await page.goto(path)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(page.locator('[aria-busy=true], .skeleton')).toHaveCount(0)
      if (path === '/load-balancers') {
        await api.update(newest.id, { name: `still 0 at ${width}` })
        await expect(row(page, `still 0 at ${width}`)).toContainText('ACTIVE')
      }
      await expectStill(`${path} at ${width} px`)
    }
  }
})

interface LayoutShift {
  value: number
  hadRecentInput: boolean
  sources: { node: Node | null }[]
}
