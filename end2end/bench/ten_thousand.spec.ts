import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Api } from '../fixtures/api.ts'
import { Gateway } from '../fixtures/gateway.ts'
import { list, search } from '../fixtures/locators.ts'
import { type Page, expect } from '../fixtures/test.ts'
import { MANY, each, settled, test } from './many_load_balancers.ts'
import { type Metric, percentile, report } from './metrics.ts'
import { memory, signedIn, workOf } from './probe.ts'

/** Alternating loads of each page. */
const ROUNDS = 3
const CHANGES = 1000
/** Digits that occur in ids and ports, so that each key changes the list. */
const TYPED = ['3141', '5772', '9343']
/** Milliseconds per frame at 60 Hz, the budget of a keystroke. */
const FRAME = 1000 / 60

const format = new Intl.NumberFormat('en')
const grouped = (count: number): string => format.format(count)
/** The count above the complete list. */
const ALL = `${grouped(MANY)} of ${grouped(MANY)}`

/** Measurements of a page in milliseconds and bytes. */
interface Measured {
  first: number[]
  all: number[]
  keys: number[]
  /** Main-thread work per key. */
  work: number[]
  sorts: number[]
  objects: number
  wasm: number
  changes: number
  /** Main-thread work for the changes. */
  busy: number
  longest: number
}

const PAGES = { portal: '/load-balancers', 'by hand': '/by-hand/' } as const
type Which = keyof typeof PAGES

test('ten thousand load balancers, beside a page written by hand', async ({ browser, many }) => {
  test.setTimeout(400_000)
  const gateway = await Gateway.inFrontOf(many.url)
  await servePage(gateway)
  const api = await many.api()
  const measured: Record<Which, Measured> = { portal: nothing(), 'by hand': nothing() }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const which of ['portal', 'by hand'] as const) {
      const context = await signedIn(browser, gateway.url)
      const page = await context.newPage()
      await page.goto(PAGES[which])
      await load(page, measured[which])
      await typeAndSort(page, measured[which], TYPED[round] ?? '')
      if (round === ROUNDS - 1) {
        Object.assign(measured[which], await memory(page))
        await change(page, api, measured[which], `${which.replace(' ', '-')}-changed`)
      }
      await context.close()
    }
  }
  gateway.dispose()
  const found = metrics(measured)
  expect(found.filter(({ value }) => !Number.isFinite(value))).toEqual([])
  await report(found)
})

const nothing = (): Measured => ({
  first: [],
  all: [],
  keys: [],
  work: [],
  sorts: [],
  objects: Number.NaN,
  wasm: Number.NaN,
  changes: Number.NaN,
  busy: Number.NaN,
  longest: Number.NaN,
})

async function servePage(gateway: Gateway): Promise<void> {
  for (const [path, file, type] of [
    ['/by-hand/', 'index.html', 'text/html'],
    ['/by-hand/list.js', 'list.js', 'text/javascript'],
    ['/by-hand/list.css', 'list.css', 'text/css'],
  ] as const) {
    gateway.serveFile(path, type, await readFile(join(import.meta.dirname, 'vanilla', file)))
  }
}

async function load(page: Page, measured: Measured): Promise<void> {
  const all = ALL
  await page.waitForFunction((all) => probe.rows && probe.counted[all]! > 0, all)
  const seen = await page.evaluate((all) => [probe.rows, probe.counted[all]], all)
  measured.first.push(seen[0] ?? Number.NaN)
  measured.all.push(seen[1] ?? Number.NaN)
}

async function typeAndSort(page: Page, measured: Measured, typed: string): Promise<void> {
  const next = async (kind: string, act: () => Promise<void>) => {
    const shown = await page.evaluateHandle((kind) => ({ at: probe.next(kind) }), kind)
    await act()
    return shown.evaluate(({ at }) => at)
  }
  await search(page).focus()
  const work = await workOf(page)
  for (const key of [...typed, ...[...typed].map(() => 'Backspace')]) {
    await work()
    measured.keys.push(await next('input', () => page.keyboard.press(key)))
    measured.work.push(await work())
  }
  await expect(page.getByText(ALL, { exact: true })).toBeVisible()
  for (const column of ['Name', 'Name', 'VIP', 'VIP']) {
    const button = list(page).getByRole('columnheader', { name: column }).getByRole('button')
    measured.sorts.push(await next('click', () => button.click()))
  }
}

/** Renames a thousand by the API and waits until a search finds all of them. */
async function change(page: Page, api: Api, measured: Measured, name: string): Promise<void> {
  const { loadbalancers } = await api.request<{ loadbalancers: { id: string }[] }>(
    'GET',
    `/load-balancer/v2/lbaas/loadbalancers?limit=${CHANGES}&fields=id`,
  )
  await page.evaluate(() => probe.frames())
  const work = await workOf(page)
  const begin = performance.now()
  await each(CHANGES, async (n) => {
    const id = loadbalancers[n]?.id ?? ''
    await api.update(id, { name: `${name}-${n}` })
  })
  await settled(api)
  await search(page).fill(name)
  await expect(page.getByText(`${grouped(CHANGES)} of ${grouped(MANY)}`)).toBeVisible({
    timeout: 120_000,
  })
  measured.changes = performance.now() - begin
  measured.busy = await work()
  measured.longest = await page.evaluate(() => probe.frames())
}

function metrics({ portal, 'by hand': byHand }: Record<Which, Measured>): Metric[] {
  const all: Metric[] = []
  const median = (values: number[]) => percentile(values, 50)
  const beside = (what: string, unit: string, of: (measured: Measured) => number, budget = 0) => {
    const [ours, theirs] = [of(portal), of(byHand)]
    all.push({ what, value: ours, unit }, { what: `${what}, page by hand`, value: theirs, unit })
    all.push({ what: `${what}, ratio`, value: ours / theirs, unit: '' })
    if (budget) all.push({ what: `${what}, ratio to a frame`, value: ours / budget, unit: '' })
  }
  const list = `list of ${MANY}`
  beside(`${list}: first rows`, 'ms', ({ first }) => median(first))
  beside(`${list}: all rows`, 'ms', ({ all }) => median(all))
  beside(`${list}: keystroke to paint, p50`, 'ms', ({ keys }) => median(keys), FRAME)
  beside(`${list}: keystroke to paint, p95`, 'ms', ({ keys }) => percentile(keys, 95), FRAME)
  beside(`${list}: keystroke, main thread busy, p50`, 'ms', ({ work }) => median(work), FRAME)
  beside(`${list}: sort to paint, p50`, 'ms', ({ sorts }) => median(sorts), FRAME)
  beside(`${list}: ${CHANGES} changes until shown`, 'ms', ({ changes }) => changes)
  beside(`${list}: ${CHANGES} changes, main thread busy`, 'ms', ({ busy }) => busy)
  beside(`${list}: ${CHANGES} changes, longest frame`, 'ms', ({ longest }) => longest)
  const mega = 1e6
  beside(`${list}: memory`, 'MB', ({ objects, wasm }) => (objects + wasm) / mega)
  all.push({ what: `${list}: of it WebAssembly`, value: portal.wasm / mega, unit: 'MB' })
  return all
}
