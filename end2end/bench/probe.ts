import type { Browser, BrowserContext, Page } from '@playwright/test'
import { admin } from '../fixtures/portal.ts'

/** Instrumentation injected into the page before its scripts. */
export interface Probe {
  /** Milliseconds since the navigation when the header and a row were first on the screen. */
  frame?: number
  rows?: number
  /** When the count beside the title first showed each text. */
  counted: Record<string, number>
  /** Milliseconds from the next event of a kind to the frame that shows what it changed. */
  next(kind: string): Promise<number>
  /** Watches frames until it is called again; gives the longest, in milliseconds. */
  frames(): number
  /** Bytes of WebAssembly memory. */
  wasm(): number
}

declare global {
  // Only `var` declares a property of `globalThis`.
  var probe: Probe
}

/** A signed-in context with an empty cache and the probe in each page. */
export async function signedIn(
  browser: Browser,
  url: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: url,
    locale: 'en-US',
    viewport: { width: 1440, height: 900 },
    // The default of most users.
    reducedMotion: 'no-preference',
    ...options,
  })
  const answer = await context.request.post(`${url}/portal/session`, {
    headers: { origin: url },
    data: admin,
  })
  if (!answer.ok()) throw new Error(`not signed in: ${answer.status()}`)
  await context.addInitScript(install)
  return context
}

function install(): void {
  const ROW = 'tbody tr :is(th, [role=rowheader]) a'
  /** Calls after the frame in which this is called has been painted. */
  const painted = (then: (at: number) => void) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => then(performance.now())
      port2.postMessage(null)
    })
  const probe: Probe = {
    counted: {},
    next: (kind) =>
      new Promise((resolve) => {
        addEventListener(
          kind,
          (event) => {
            let changed = false
            const watch = new MutationObserver((changes) => {
              changed ||= changes.some(({ target }) => target.parentElement?.closest('main'))
            })
            watch.observe(document, { subtree: true, childList: true, characterData: true })
            let frames = 0
            const look = (at: number) => {
              if (!changed && frames++ < 120) return painted(look)
              watch.disconnect()
              resolve(changed ? at - event.timeStamp : Number.NaN)
            }
            painted(look)
          },
          { capture: true, once: true },
        )
      }),
    frames: () => {
      const longest = between
      between = 0
      return longest
    },
    wasm: () => [...memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
  }
  globalThis.probe = probe
  const memories = new Set<WebAssembly.Memory>()
  const instantiate = WebAssembly.instantiateStreaming
  WebAssembly.instantiateStreaming = async (...args) => {
    const made = await instantiate(...args)
    for (const part of Object.values(made.instance.exports)) {
      if (part instanceof WebAssembly.Memory) memories.add(part)
    }
    return made
  }
  let between = 0
  let last = performance.now()
  const frame = (now: number) => {
    between = Math.max(between, now - last)
    last = now
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)

  let [frameSeen, rowsSeen] = [false, false]
  new MutationObserver(() => {
    if (!frameSeen && document.querySelector('header, .frame-header')) {
      frameSeen = true
      painted((at) => (probe.frame = at))
    }
    if (!rowsSeen && document.querySelector(ROW)) {
      rowsSeen = true
      painted((at) => (probe.rows = at))
    }
    const count = document
      .querySelector('h1')
      ?.parentElement?.textContent?.match(/[\d,]+ of [\d,]+\+?/)?.[0]
    if (count && !(count in probe.counted)) {
      probe.counted[count] = Number.NaN
      painted((at) => (probe.counted[count] = at))
    }
  }).observe(document, { subtree: true, childList: true, characterData: true })
}

/** Bytes in use after garbage collection: JavaScript heap and WebAssembly memory. */
export async function memory(page: Page): Promise<{ objects: number; wasm: number }> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('HeapProfiler.enable')
  await cdp.send('HeapProfiler.collectGarbage')
  const { usedSize } = await cdp.send('Runtime.getHeapUsage')
  await cdp.detach()
  return { objects: usedSize, wasm: await page.evaluate(() => probe.wasm()) }
}

/** Returns a function that gives the milliseconds of main-thread work since its last call. */
export async function workOf(page: Page): Promise<() => Promise<number>> {
  const cdp = await page.context().newCDPSession(page)
  // CPU time, independent of other processes.
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  const worked = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics')
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000
  }
  let before = await worked()
  return async () => {
    const last = before
    before = await worked()
    return before - last
  }
}
