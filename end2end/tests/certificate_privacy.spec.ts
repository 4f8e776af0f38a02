import { readFileSync } from 'node:fs'
import { ApiRequests } from '../fixtures/api_requests.ts'
import { installClock } from '../fixtures/clock.ts'
import { createHttps } from '../fixtures/graph.ts'
import { section } from '../fixtures/locators.ts'
import { expect, test } from '../fixtures/test.ts'

test.beforeEach(async ({ page, signIn }) => {
  await signIn()
  await installClock(page)
})

test("the name of another user's certificate is not shown", async ({
  page,
  portal,
  authority,
  whoami,
  signIn,
}) => {
  const one = await whoami('behind-tls')
  authority.issue({ name: 'secret-name' })
  const mia = await portal.addUser('mia', 'member')
  const id = await mia.storeSecret('secret-name', readFileSync(authority.pack('secret-name')))
  const made = await createHttps(mia, 'of mia', [8443], id, one.member)
  await page.context().clearCookies()
  const tom = await portal.addUser('tom', 'manager')
  await signIn(tom.credentials)
  await page.goto(`/load-balancers/${made.id}`)
  const network = section(page, 'Networks & Connection')
  await expect(network).toContainText("Another user's certificate")
  expect(await page.content()).not.toContain('secret-name')
  await page.goto(`/ssl-certificates/${id}`)
  await expect(page.getByText('Certificate not found')).toBeVisible()
})

test('private keys are never requested and appear on no page', async ({ page, api, authority }) => {
  authority.issue({ name: 'shop' })
  const bundle = readFileSync(authority.pack('shop'))
  const secret = await api.storeSecret('shop', bundle)
  const made = await createHttps(api, 'web', [8443], secret)
  const answers: Promise<string>[] = []
  const requests = new ApiRequests(page)
  page.on('response', (response) => {
    if (/key-manager|portal\/cert/.test(response.url())) answers.push(response.text())
  })
  const key = authority
    .read('shop.key')
    .toString()
    .replaceAll(/-----.*-----|\s/g, '')
  for (const path of [
    '/ssl-certificates',
    `/ssl-certificates/${secret}`,
    `/load-balancers/${made.id}`,
    `/load-balancers/${made.id}/edit`,
  ]) {
    await page.goto(path)
    await expect(page.getByText(/shop/).first()).toBeVisible()
    await requests.waitUntilIdle()
    answers.push(page.content())
  }
  expect(requests.sent.filter((line) => line.includes('payload'))).toEqual([])
  expect(answers.length).toBeGreaterThan(4)
  for (const text of await Promise.all(answers)) {
    expect(text).not.toContain('PRIVATE KEY')
    expect(text).not.toContain(key.slice(0, 64))
    expect(text).not.toContain(bundle.toString('base64').slice(0, 64))
  }
})
