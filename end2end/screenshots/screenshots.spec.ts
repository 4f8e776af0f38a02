import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Api } from '../fixtures/api.ts'
import { row, section } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'

const FOLDER = join(import.meta.dirname, '../../docs/screenshots')

/** Takes a screenshot in light, in dark, and on a phone. */
async function pictures(page: Page, name: string, ready: () => Promise<void>): Promise<void> {
  for (const [kind, colorScheme, width, height] of [
    ['light', 'light', 1440, 900],
    ['dark', 'dark', 1440, 900],
    ['phone', 'light', 390, 844],
  ] as const) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height })
    await ready()
    await page.screenshot({ path: join(FOLDER, `${name}-${kind}.png`), animations: 'disabled' })
  }
}

/** Creates a load balancer with an HTTPS and an HTTP listener; returns its id. */
async function shop(api: Api, members: object[], monitor: object, secret: string): Promise<string> {
  const healthmonitor = { ...monitor, max_retries_down: 1 }
  const pool = { name: 'shop-servers', protocol: 'HTTP', lb_algorithm: 'LEAST_CONNECTIONS' }
  const { loadbalancer } = await api.request<{ loadbalancer: { id: string } }>(
    'POST',
    '/load-balancer/v2/lbaas/loadbalancers',
    {
      loadbalancer: {
        name: 'shop-production',
        description: 'Everything that is sold',
        vip_network_id: (await api.network()).id,
        listeners: [
          {
            name: 'https-8443',
            protocol: 'TERMINATED_HTTPS',
            protocol_port: 8443,
            default_tls_container_ref: `${api.url}/key-manager/v1/secrets/${secret}`,
            default_pool: { name: pool.name },
          },
          {
            name: 'http-8080',
            protocol: 'HTTP',
            protocol_port: 8080,
            default_pool: { name: pool.name },
          },
        ],
        pools: [{ ...pool, members, healthmonitor }],
      },
    },
  )
  return (await api.waitUntilSettled(loadbalancer.id)).id
}

test('every page', async ({ page, api, authority, whoami, signIn, pageErrors }) => {
  pageErrors.allow(/./)
  const heading = (name: string) => async () =>
    expect(page.getByRole('heading', { level: 1 })).toContainText(name)

  await page.goto('/login')
  await pictures(page, 'sign-in', async () =>
    expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible(),
  )
  await signIn()

  const servers = await Promise.all(['one', 'two', 'three'].map((name) => whoami(name)))
  const members = servers.map((server) => server.member)
  const monitor = { type: 'HTTP', delay: 1, timeout: 1, max_retries: 1, max_retries_down: 1 }
  for (const name of ['search', 'mail', 'metrics', 'chat', 'billing']) {
    const tcp = name === 'mail' || name === 'metrics'
    await api.createActive({
      name: `${name}-production`,
      protocol: tcp ? 'TCP' : 'HTTP',
      port: tcp ? 2525 : 8080,
      members,
      ...(name === 'metrics' ? {} : { monitor: tcp ? { ...monitor, type: 'TCP' } : monitor }),
    })
  }
  const dead = await whoami('dead')
  const certificates = [
    { name: 'shop.example.com', names: ['shop.example.com', '*.shop.example.com'], days: 83 },
    { name: 'news.example.com', days: 340 },
    { name: 'blog.example.com', since: 80, days: 6 },
  ]
  const secrets: string[] = []
  for (const one of certificates) {
    authority.issue(one)
    secrets.push(await api.storeSecret(one.name, readFileSync(authority.pack(one.name))))
    await api.nextSecond()
  }
  const secret = secrets[0] ?? ''
  const id = await shop(api, [...members, dead.member], monitor, secret)
  await dead.stop()

  await page.goto('/')
  await pictures(page, 'services', async () => {
    await heading('All Services')()
    await expect(page.getByText('1 of 4 servers down')).toBeVisible()
  })

  await page.goto('/load-balancers')
  await pictures(page, 'list', async () =>
    expect(row(page, 'shop-production')).toContainText('DEGRADED'),
  )

  await page.goto(`/load-balancers/${id}`)
  await pictures(page, 'details', async () => {
    await heading('shop-production')()
    await expect(section(page, 'Networks & Connection')).toContainText('refused')
  })

  await page.goto(`/load-balancers/${id}/edit`)
  await pictures(page, 'edit', async () =>
    expect(page.getByRole('dialog').getByRole('button', { name: 'OK' })).toBeVisible(),
  )

  await page.goto('/ssl-certificates')
  await pictures(page, 'certificates', async () => {
    await heading('SSL Certificate Management')()
    await expect(page.getByRole('link', { name: 'blog.example.com' })).toBeVisible()
  })

  await page.goto(`/ssl-certificates/${secret}`)
  await pictures(page, 'certificate', async () => {
    await heading('shop.example.com')()
    await expect(page.getByText('CN=Test CA').first()).toBeVisible()
  })

  await page.goto('/ssl-certificates/create')
  await page.locator('input[type=file]').first().setInputFiles(authority.pack('news.example.com'))
  await pictures(page, 'certificate-create', async () =>
    expect(page.getByText('CN=news.example.com').first()).toBeVisible(),
  )

  await page.goto('/load-balancers/create')
  await page.getByLabel('Name', { exact: true }).first().fill('news-production')
  await pictures(page, 'create', heading('Create a load balancer'))
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
  await pictures(page, 'review', async () =>
    expect(page.getByRole('heading', { name: 'Review', exact: true })).toBeVisible(),
  )

  await page.goto('/load-balancers')
  await page.getByLabel('Language').selectOption({ label: '繁體中文' })
  await pictures(page, 'list-chinese', heading('負載平衡器管理'))
  await page.goto(`/load-balancers/${id}`)
  await pictures(page, 'details-chinese', heading('shop-production'))
})
