import { test as base } from '../fixtures/test.ts'
import { Portal } from '../fixtures/portal.ts'
import type { Api } from '../fixtures/api.ts'

/** Load balancers in the long list. */
export const MANY = 10_000
/** Load balancers in the short list. */
export const FEW = 20
/** Concurrent requests. */
const ABREAST = 8

/** Does `work` for each number below `count`, some at a time. */
export async function each(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const one = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: ABREAST }, one))
}

/** A server with load balancers that are disabled, each with a listener and two members. */
async function crowd(count: number, network: number): Promise<Portal> {
  const portal = await Portal.start(`127.${network}.0.0/16`)
  const api = await portal.api()
  const { id } = await api.network()
  await each(count, (n) =>
    api.request('POST', '/load-balancer/v2/lbaas/loadbalancers', {
      loadbalancer: {
        name: `shop-${n}`,
        vip_network_id: id,
        // Disabled load balancers have no process: the benchmark measures the list.
        admin_state_up: false,
        listeners: [
          {
            name: 'web',
            protocol: n % 3 ? 'HTTP' : 'TCP',
            protocol_port: 1024 + n,
            default_pool: { name: 'servers' },
          },
        ],
        pools: [
          {
            name: 'servers',
            protocol: n % 3 ? 'HTTP' : 'TCP',
            lb_algorithm: 'ROUND_ROBIN',
            members: [1, 2].map((side) => ({
              address: `10.${side}.${n >> 8}.${n & 255}`,
              protocol_port: 8080,
            })),
          },
        ],
      },
    }),
  )
  await settled(api)
  return portal
}

/** Waits until no load balancer is in a PENDING state. */
export async function settled(api: Api): Promise<void> {
  const pending = async () => {
    for (const status of ['PENDING_CREATE', 'PENDING_UPDATE']) {
      const { loadbalancers } = await api.request<{ loadbalancers: object[] }>(
        'GET',
        `/load-balancer/v2/lbaas/loadbalancers?provisioning_status=${status}&limit=1&fields=id`,
      )
      if (loadbalancers.length) return true
    }
    return false
  }
  while (await pending()) await new Promise((later) => setTimeout(later, 50))
}

/** Servers shared by the benchmarks, because filling one takes long. */
export const test = base.extend<object, { many: Portal; few: Portal }>({
  many: [
    async ({}, use) => {
      const portal = await crowd(MANY, 246)
      await use(portal)
      await portal.dispose()
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  few: [
    async ({}, use) => {
      const portal = await crowd(FEW, 247)
      await use(portal)
      await portal.dispose()
    },
    { scope: 'worker' },
  ],
})
