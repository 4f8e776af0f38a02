import { readFileSync } from 'node:fs'
import { expectAccessible } from '../fixtures/accessibility.ts'
import type { Api } from '../fixtures/api.ts'
import { configuration, createGraph, settledByName } from '../fixtures/graph.ts'
import { row } from '../fixtures/locators.ts'
import type { Authority } from '../fixtures/openssl.ts'
import { runCommands } from '../fixtures/openstack.ts'
import { type Page, expect, test } from '../fixtures/test.ts'
import { handshake } from '../fixtures/tls.ts'

// Copies of a load balancer by Clone and by the exported request and commands.

test.beforeEach(async ({ signIn }) => signIn())

/** A web site with settings of every kind, some of which no form shows. */
async function shop(api: Api, authority: Authority): Promise<{ id: string; vip_address: string }> {
  const secret = async (name: string) => {
    authority.issue({ name, names: [`${name}.example`] })
    const id = await api.storeSecret(name, readFileSync(authority.pack(name)))
    return `${api.url}/key-manager/v1/secrets/${id}`
  }
  return createGraph(api, {
    name: 'shop',
    description: 'what is sold, "as is" & $5 off',
    tags: ['of the shop'],
    listeners: [
      {
        name: 'plain',
        description: 'sends to "HTTPS"',
        tags: ['outside'],
        protocol: 'HTTP',
        protocol_port: 8080,
        default_pool: { name: 'web' },
        insert_headers: { 'X-Forwarded-For': 'true' },
        l7policies: [
          {
            name: 'redirect-to-https',
            description: 'nobody reads along',
            tags: ['outside'],
            action: 'REDIRECT_PREFIX',
            redirect_prefix: 'https://www.example.com',
            redirect_http_code: 308,
            rules: [{ type: 'PATH', compare_type: 'STARTS_WITH', value: '/' }],
          },
        ],
      },
      {
        name: 'secure',
        protocol: 'TERMINATED_HTTPS',
        protocol_port: 8443,
        default_pool: { name: 'web' },
        default_tls_container_ref: await secret('shop'),
        sni_container_refs: [await secret('api')],
        tls_ciphers: 'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384',
        alpn_protocols: ['http/1.1'],
        hsts_max_age: 31_536_000,
        hsts_include_subdomains: true,
        hsts_preload: true,
        insert_headers: {
          'X-Forwarded-For': 'true',
          'X-Forwarded-Port': 'true',
          'X-Forwarded-Proto': 'true',
        },
      },
      {
        name: 'api',
        protocol: 'HTTP',
        protocol_port: 8081,
        default_pool: { name: 'api' },
        connection_limit: 500,
        allowed_cidrs: ['127.0.0.0/8', '192.0.2.0/24'],
        timeout_client_data: 10_500,
        timeout_member_connect: 2000,
        timeout_member_data: 30_000,
        timeout_tcp_inspect: 250,
      },
    ],
    pools: [
      {
        name: 'web',
        description: "the shop's own",
        tags: ['blue', 'of 2026'],
        protocol: 'HTTP',
        lb_algorithm: 'LEAST_CONNECTIONS',
        session_persistence: { type: 'APP_COOKIE', cookie_name: 'SHOP' },
        members: [
          { name: 'a', address: '192.0.2.1', protocol_port: 80, weight: 5, tags: ['rack 1'] },
          { address: '192.0.2.2', protocol_port: 80, backup: true },
          { address: '2001:db8::3', protocol_port: 8080, admin_state_up: false, weight: 0 },
          {
            address: '192.0.2.4',
            protocol_port: 80,
            monitor_address: '192.0.2.5',
            monitor_port: 8000,
          },
        ],
        healthmonitor: {
          name: 'is it up',
          tags: ['asks every 20 s'],
          type: 'HTTP',
          delay: 20,
          timeout: 7,
          max_retries: 2,
          max_retries_down: 4,
          http_method: 'HEAD',
          url_path: '/up',
          expected_codes: '200,204',
          http_version: 1.1,
          domain_name: 'www.example.com',
        },
      },
      {
        name: 'api',
        protocol: 'HTTP',
        lb_algorithm: 'SOURCE_IP',
        session_persistence: { type: 'HTTP_COOKIE' },
        members: [{ address: '192.0.2.9', protocol_port: 9000 }],
        healthmonitor: { type: 'TCP', delay: 9, timeout: 8, max_retries: 3 },
      },
    ],
  })
}

/** TCP with a server group per listener. */
function mail(api: Api): Promise<{ id: string; vip_address: string }> {
  const group = (name: string, host: string) => ({
    ...{ name, description: 'mail', protocol: 'TCP', lb_algorithm: 'SOURCE_IP' },
    session_persistence: { type: 'SOURCE_IP' },
    members: [{ address: host, protocol_port: 25, weight: 7 }],
    healthmonitor: { name: 'greets', type: 'TLS-HELLO', delay: 9, timeout: 8, max_retries: 3 },
  })
  return createGraph(api, {
    name: 'mail',
    listeners: [
      { name: 'smtp', protocol: 'TCP', protocol_port: 2525, default_pool: { name: 'out' } },
      { name: 'imap', protocol: 'TCP', protocol_port: 1143, default_pool: { name: 'in' } },
    ],
    pools: [group('out', '192.0.2.1'), group('in', '192.0.2.2')],
  })
}

async function fromDetails(page: Page, id: string, name: string, item: string): Promise<void> {
  await page.goto(`/load-balancers/${id}`)
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

/** The text that the copy button of an open export copies. */
async function copied(page: Page, tab: RegExp): Promise<string> {
  await page.getByRole('tab', { name: tab }).click()
  // The page behind a dialog has tabs too.
  const panel = page.getByRole('tabpanel', { name: tab })
  await panel.getByRole('button', { name: 'Copy', exact: true }).click()
  return page.evaluate(() => navigator.clipboard.readText())
}

/** Completes the wizard without changes. */
async function clone(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
  await expect(page.getByRole('heading', { name: 'Review', exact: true })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Create', exact: true }).click()
}

test('a clone of a web site has the same configuration and serves traffic', async ({
  page,
  api,
  authority,
}) => {
  const made = await shop(api, authority)
  await fromDetails(page, made.id, 'shop', 'Clone')
  await expect(page.getByLabel('Name', { exact: true }).first()).toHaveValue('shop copy')
  await expect(page.getByLabel('Port', { exact: true }).first()).toHaveValue('8080')
  await expectAccessible(page)
  await clone(page)
  await expect(row(page, 'shop copy')).toContainText('ACTIVE')
  const copy = await settledByName(api, 'shop copy')
  expect(await configuration(api, copy.id)).toEqual(await configuration(api, made.id))
  const { fingerprint } = await handshake(copy.vip_address, 8443)
  expect(fingerprint).toBe(authority.fingerprint('shop'))
})

test('a clone keeps one server group per listener', async ({ page, api }) => {
  const made = await mail(api)
  await fromDetails(page, made.id, 'mail', 'Clone')
  await expect(page.getByLabel('Protocol').first()).toHaveValue('TCP')
  await clone(page)
  await expect(row(page, 'mail copy')).toContainText('ACTIVE')
  const copy = await settledByName(api, 'mail copy')
  expect(await configuration(api, copy.id)).toEqual(await configuration(api, made.id))
})

test('a clone copies rules and what is disabled', async ({ page, api }) => {
  const made = await createGraph(api, {
    name: 'web',
    admin_state_up: false,
    listeners: [
      {
        name: 'http',
        protocol: 'HTTP',
        protocol_port: 8080,
        default_pool: { name: 'servers' },
        admin_state_up: false,
        l7policies: [
          {
            name: 'no robots',
            action: 'REJECT',
            rules: [
              { type: 'PATH', compare_type: 'EQUAL_TO', value: '/robots.txt' },
              {
                type: 'HEADER',
                compare_type: 'REGEX',
                key: 'User-Agent',
                value: 'bot$',
                invert: true,
              },
            ],
          },
        ],
      },
    ],
    pools: [
      { name: 'servers', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', admin_state_up: false },
    ],
  })
  await fromDetails(page, made.id, 'web', 'Clone')
  await expect(page.getByLabel('Name', { exact: true }).first()).toHaveValue('web copy')
  await clone(page)
  await expect(row(page, 'web copy')).toBeVisible()
  const copy = await settledByName(api, 'web copy')
  expect(await configuration(api, copy.id)).toEqual(await configuration(api, made.id))
})

test('the exported API request creates the same configuration', async ({
  page,
  api,
  authority,
}) => {
  const made = await shop(api, authority)
  await fromDetails(page, made.id, 'shop', 'Export')
  await expect(page.getByRole('dialog', { name: 'Export' })).toBeVisible()
  const text = await copied(page, /API/)
  const [head, body] = text.split('\n\n')
  const [method, path] = head?.split('\n')[0]?.split(' ') ?? []
  const { loadbalancer } = await api.request<{ loadbalancer: { id: string } }>(
    method ?? '',
    path ?? '',
    JSON.parse(body ?? ''),
  )
  await api.waitUntilSettled(loadbalancer.id)
  expect(await configuration(api, loadbalancer.id)).toEqual(await configuration(api, made.id))
})

for (const [name, make] of [
  ['shop', shop],
  ['mail', mail],
] as const) {
  test(`the exported commands create the same configuration: ${name}`, async ({
    page,
    portal,
    api,
    authority,
  }) => {
    test.slow()
    const made = await make(api, authority)
    await fromDetails(page, made.id, name, 'Export')
    await expect(page.getByRole('dialog', { name: 'Export' })).toBeVisible()
    const script = await copied(page, /openstack/)
    // The new load balancer is found by its name.
    await api.update(made.id, { name: 'the original' })
    await api.waitUntilSettled(made.id)
    await runCommands(script, portal)
    const copy = await settledByName(api, name)
    expect(await configuration(api, copy.id)).toEqual(await configuration(api, made.id))
  })
}
