import { list, row } from '../fixtures/locators.ts'
import { expect, test } from '../fixtures/test.ts'
import { percentile, report } from './metrics.ts'

const CHANGES = 50

test('from the answer to a change to the changed cell', async ({ page, api, signIn }) => {
  await signIn()
  const made = await api.createActive({ name: 'change-0' })
  await page.goto('/load-balancers')
  await expect(row(page, 'change-0')).toBeVisible()
  // The page records when each text first appears, on the clock that both sides share.
  await list(page).evaluate((table) => {
    const seen: Record<string, number> = {}
    Object.assign(globalThis, { seen })
    new MutationObserver(() => {
      for (const name of table.textContent?.match(/change-\d+/g) ?? []) seen[name] ??= Date.now()
    }).observe(table, { subtree: true, childList: true, characterData: true })
  })
  const taken: number[] = []
  for (let change = 1; change <= CHANGES; change += 1) {
    const name = `change-${change}`
    await api.update(made.id, { name })
    const answered = Date.now()
    await expect(row(page, name)).toBeVisible()
    const shown = await page.evaluate(
      (name) => (globalThis as unknown as { seen: Record<string, number> }).seen[name],
      name,
    )
    taken.push(Math.max(0, (shown ?? Number.NaN) - answered))
    await api.waitUntilSettled(made.id)
  }
  await report(
    [50, 95].map((percent) => ({
      what: `answer to a change to the changed cell on the screen, p${percent}`,
      value: percentile(taken, percent),
      unit: 'ms',
    })),
  )
})
