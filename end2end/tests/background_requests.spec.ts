import { readFileSync } from 'node:fs'
import type { Api } from '../fixtures/api.ts'
import { createGraph } from '../fixtures/graph.ts'
import { row, section } from '../fixtures/locators.ts'
import { type Page, expect, test } from '../fixtures/test.ts'
import { handshake } from '../fixtures/tls.ts'

// What pages ask of the server: once for all, and nothing while nothing happens.

test.beforeEach(async ({ signIn }) => signIn())

/** What a page asks of the APIs from now on; its own files are not counted. */
function asked(page: Page): string[] {
  const seen: string[] = []
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    if (!['fetch', 'xhr'].includes(request.resourceType())) return
    if (/\.(wasm|js|json)$/.test(pathname)) return
    seen.push(`${request.method()} ${pathname}${search}`)
  })
  return seen
}

/** Waits until nothing more is asked; a stream of events is never idle, as the browser sees it. */
async function settled(seen: string[]): Promise<void> {
  let before = -1
  while (before !== seen.length) {
    before = seen.length
    await new Promise((later) => setTimeout(later, 1500))
  }
}

/** A load balancer that ends TLS on some ports with one certificate. */
function secure(api: Api, name: string, ports: number[], secret: string) {
  return createGraph(api, {
    name,
    listeners: ports.map((port) => ({
      ...{ name: `https-${port}`, protocol: 'TERMINATED_HTTPS', protocol_port: port },
      default_tls_container_ref: `${api.url}/key-manager/v1/secrets/${secret}`,
      default_pool: { name: 'servers' },
    })),
    pools: [
      {
        ...{ name: 'servers', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' },
        members: [{ address: '192.0.2.1', protocol_port: 80 }],
      },
    ],
  })
}

test('lists are read by a few requests, none of them for one row', async ({
  page,
  api,
  authority,
}) => {
  authority.issue({ name: 'shop' })
  const bundle = readFileSync(authority.pack('shop'))
  const ids: string[] = []
  for (let made = 0; made < 30; made += 1) {
    const secret = await api.store(`shop-${made}`, bundle)
    ids.push(secret, (await secure(api, `web-${made}`, [8443], secret)).id)
  }
  const seen = asked(page)
  for (const path of ['/load-balancers', '/ssl-certificates', '/']) {
    seen.length = 0
    await page.goto(path)
    await expect(page.getByRole('main')).toContainText('30')
    await settled(seen)
    expect(seen.filter((line) => ids.some((id) => line.includes(id)))).toEqual([])
    expect(seen.length, seen.join('\n')).toBeLessThan(12)
    expect([...new Set(seen)]).toEqual(seen)
  }
})

test('a list asks for nothing while nothing happens, and hears of what does', async ({
  page,
  api,
}) => {
  await page.clock.install()
  const made = await api.active({ name: 'web', port: 8080 })
  const seen = asked(page)
  for (const path of ['/load-balancers', '/']) {
    await page.goto(path)
    await expect(page.getByRole('main')).toContainText(path === '/' ? 'Load Balancing' : 'web')
    await settled(seen)
    seen.length = 0
    await page.clock.runFor('00:30:00')
    await settled(seen)
    expect(seen, path).toEqual([])
  }
  // Half an hour later it has not stopped to listen.
  await page.getByRole('link', { name: 'Load Balancing', exact: true }).first().click()
  await expect(row(page, 'web')).toBeVisible()
  await page.clock.runFor('00:30:00')
  await api.update(made.id, { name: 'renamed' })
  await expect(row(page, 'renamed')).toContainText('ACTIVE')
})

/** Puts the page behind another, as far as a page can tell, or in front again. */
async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })
    Object.defineProperty(document, 'visibilityState', {
      configurable: true,
      get: () => (hidden ? 'hidden' : 'visible'),
    })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  }, hidden)
}

test('a page that nobody sees asks for no traffic', async ({ page, api, whoami }) => {
  const one = await whoami('one')
  const made = await api.active({ name: 'web', port: 8080, members: [one.member] })
  await page.clock.install()
  const seen = asked(page)
  await page.goto(`/load-balancers/${made.id}`)
  await expect(section(page, 'Monitoring')).toContainText('Last 15 minutes')
  await expect.poll(() => seen.filter((line) => line.includes('/metrics')).length).toBeGreaterThan(1)
  await hide(page, true)
  await settled(seen)
  seen.length = 0
  await page.clock.runFor('00:10:00')
  expect(seen).toEqual([])
  await hide(page, false)
  await expect.poll(() => seen.filter((line) => line.includes('/metrics')).length).toBeGreaterThan(1)
})

test('one Replace gives twelve listeners another certificate', async ({ page, api, authority }) => {
  for (const name of ['old', 'new']) authority.issue({ name, names: ['shop.example'] })
  const old = await api.store('old', readFileSync(authority.pack('old')))
  await api.store('new', readFileSync(authority.pack('new')))
  const vips: string[] = []
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
    vips.push((await secure(api, name, [8443, 9443], old)).vip_address)
  }
  await page.goto('/ssl-certificates')
  await page.evaluate(() => {
    addEventListener(
      'click',
      () => (document.body.dataset['clicks'] = `${Number(document.body.dataset['clicks'] ?? 0) + 1}`),
      true,
    )
  })
  await page.getByRole('link', { name: 'old', exact: true }).click()
  await page.getByRole('button', { name: 'Replace…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Replace the certificate' })
  await expect(dialog.getByRole('listitem')).toHaveCount(12)
  await dialog.getByLabel('SSL Certificate').selectOption({ label: 'new · shop.example' })
  await dialog.getByRole('button', { name: 'Replace', exact: true }).click()
  await expect(dialog.getByText('New certificate verified (TLSv1.2)')).toHaveCount(12)
  expect(await page.locator('body').getAttribute('data-clicks')).toBe('3')
  for (const vip of vips) {
    for (const port of [8443, 9443]) {
      expect((await handshake(vip, port)).fingerprint).toBe(authority.fingerprint('new'))
    }
  }
})

test('a private key is never asked for, and in no page', async ({ page, api, authority }) => {
  authority.issue({ name: 'shop' })
  const bundle = readFileSync(authority.pack('shop'))
  const secret = await api.store('shop', bundle)
  const made = await secure(api, 'web', [8443], secret)
  const answers: Promise<string>[] = []
  const seen = asked(page)
  page.on('response', (response) => {
    if (/key-manager|portal\/cert/.test(response.url())) answers.push(response.text())
  })
  const key = authority.read('shop.key').toString().replaceAll(/-----.*-----|\s/g, '')
  for (const path of [
    '/ssl-certificates',
    `/ssl-certificates/${secret}`,
    `/load-balancers/${made.id}`,
    `/load-balancers/${made.id}/edit`,
  ]) {
    await page.goto(path)
    await expect(page.getByText(/shop/).first()).toBeVisible()
    await settled(seen)
    answers.push(page.content())
  }
  expect(seen.filter((line) => line.includes('payload'))).toEqual([])
  expect(answers.length).toBeGreaterThan(4)
  for (const text of await Promise.all(answers)) {
    expect(text).not.toContain('PRIVATE KEY')
    expect(text).not.toContain(key.slice(0, 64))
    expect(text).not.toContain(bundle.toString('base64').slice(0, 64))
  }
})
