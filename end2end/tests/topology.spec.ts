import { expectAccessible } from '../fixtures/accessibility.ts'
import { section } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'
import { get } from '../fixtures/http.ts'

test.beforeEach(async ({ signIn }) => signIn())

const picture = (page: Page) => section(page, 'Traffic path')
const monitor = { type: 'TCP', delay: 1, timeout: 1, max_retries: 1, max_retries_down: 1 }

test('the path from clients to servers links to each part', async ({ page, api, whoami }) => {
  const alive = await whoami('alive')
  const dead = await whoami('dead')
  await dead.stop()
  const { id, vip_address: vip } = await api.createActive({
    name: 'web',
    port: 8080,
    members: [alive.member, dead.member],
    monitor,
  })
  await page.goto(`/load-balancers/${id}`)
  await expect(picture(page).getByRole('link', { name: dead.address })).toContainText('ERROR')
  await expect(picture(page).getByRole('list')).toMatchAriaSnapshot(`
    - list:
      - listitem: Clients
      - listitem:
        - link /VIP ${vip} DEGRADED/
      - listitem:
        - link /Listener HTTP 8080 DEGRADED/
      - listitem:
        - link /Server group servers DEGRADED/
      - listitem:
        - link /Server 127/
      - listitem:
        - link /Server 127/
  `)
  await expectAccessible(page)

  // A link moves focus to the row in the table.
  await picture(page).getByRole('link', { name: alive.address }).focus()
  await page.keyboard.press('Enter')
  const focused = page.locator('main :focus')
  await expect(focused).toHaveText(alive.member.address)
  await expect(focused).toBeInViewport()
  expect(new URL(page.url()).hash).toBe('')

  // Health and traffic change live.
  await dead.restart()
  await expect(picture(page).getByRole('link', { name: dead.address })).toContainText('ONLINE')
  const listener = picture(page).getByRole('link', { name: 'HTTP 8080' })
  await expect(listener).toContainText('0/s')
  await expect(async () => {
    for (let sent = 0; sent < 20; sent += 1) await get(vip, 8080)
    await expect(listener).toContainText(/[1-9]\S*\/s/, { timeout: 2000 })
  }).toPass()
})

test('a load balancer without listeners is explained', async ({ page, api }) => {
  const { id } = await api.createActive({ name: 'bare' })
  await page.goto(`/load-balancers/${id}`)
  await expect(picture(page)).toContainText('No listeners yet')
  await expect(picture(page).getByRole('listitem')).toHaveCount(2)
  await expectAccessible(page)
})

test('50 listeners, 500 servers, and long names are folded and fit the page', async ({
  page,
  api,
}) => {
  test.slow()
  const long = 'a name as long as it may be '.repeat(10).slice(0, 200)
  const member = (n: number) => ({
    address: `127.0.${78 + (n >> 8)}.${n & 255}`,
    protocol_port: 80,
  })
  const { loadbalancer } = await api.request<{ loadbalancer: { id: string } }>(
    'POST',
    '/load-balancer/v2/lbaas/loadbalancers',
    {
      loadbalancer: {
        name: long,
        vip_network_id: (await api.network()).id,
        listeners: Array.from({ length: 50 }, (_, n) => ({
          protocol: 'HTTP',
          protocol_port: 9000 + n,
          default_pool: { name: long },
        })),
        pools: [
          {
            name: long,
            protocol: 'HTTP',
            lb_algorithm: 'ROUND_ROBIN',
            members: Array.from({ length: 500 }, (_, n) => member(n)),
          },
        ],
      },
    },
  )
  await api.waitUntilSettled(loadbalancer.id)
  await page.goto(`/load-balancers/${loadbalancer.id}`)
  await expect(picture(page)).toContainText('50 listeners')
  await expect(picture(page)).toContainText('500 of 500 servers')
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 })
    const tooWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'
    expect(await page.evaluate(tooWide), `${width} px`).toBe(false)
  }
})
