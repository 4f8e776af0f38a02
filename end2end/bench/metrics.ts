import { readFile, writeFile } from 'node:fs/promises'

/** A measured value; `unit` is empty for a ratio or a count. */
export interface Metric {
  what: string
  value: number
  unit: string
}

/** By nearest rank, of a list in any order. */
export function percentile(values: number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(1, Math.ceil((sorted.length * percent) / 100)) - 1] ?? Number.NaN
}

/** Adds metrics to those that `cargo xtask bench` collects and prints; without it, prints them. */
export async function report(metrics: Metric[]): Promise<void> {
  const rounded = metrics.map((metric) => ({ ...metric, value: round(metric.value) }))
  const out = process.env['LB_PORTAL_BENCH_OUT']
  if (!out) {
    for (const { what, value, unit } of rounded) console.log(`${what} ${value} ${unit}`.trimEnd())
    return
  }
  const before = await readFile(out, 'utf8').then(
    (text) => (JSON.parse(text) as { metrics: Metric[] }).metrics,
    () => [],
  )
  await writeFile(out, JSON.stringify({ metrics: [...before, ...rounded] }, null, 2))
}

/** Rounds to three significant digits. */
const round = (value: number): number =>
  value >= 100 ? Math.round(value) : Number(value.toPrecision(3))
