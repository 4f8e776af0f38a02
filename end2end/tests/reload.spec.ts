import { expect, test } from '../fixtures/test.ts'

test('every URL can be reloaded and shared', async ({ page, api, signIn }) => {
  await signIn()
  const { id } = await api.createActive({ name: 'shared', port: 8080 })
  for (const [path, heading] of [
    ['/', 'All Services'],
    ['/load-balancers', 'Load Balancer Management'],
    ['/load-balancers?search=shared&sort=name', 'Load Balancer Management'],
    ['/load-balancers/create', 'Create a load balancer'],
    [`/load-balancers/${id}`, 'shared'],
  ] as const) {
    await page.goto(path)
    const title = page.getByRole('heading', { level: 1 })
    await expect(title).toContainText(heading)
    await page.reload()
    await expect(title).toContainText(heading)
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(path)
  }
})

test('the session survives a restart of the server', async ({ page, portal, api, signIn }) => {
  await signIn()
  await api.createActive({ name: 'stays', port: 8080 })
  await portal.stop()
  await portal.restart()
  await page.goto('/load-balancers')
  await expect(page.getByRole('link', { name: 'stays', exact: true })).toBeVisible()
  await expect(page.getByRole('table')).toContainText('ACTIVE')
})
