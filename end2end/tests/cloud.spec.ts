// The page in front of a cloud. The cloud is another portal, or that of `cargo xtask cloud start` where LB_PORTAL_CLOUD
// is the URL of its Keystone; its users are in end2end/cloud/README.md.

import { expectAccessible } from '../fixtures/accessibility.ts'
import { CloudPortal } from '../fixtures/cloud_portal.ts'
import { createButton, row } from '../fixtures/locators.ts'
import { type Page, expect, test as base } from '../fixtures/test.ts'

interface Cloud {
  portal: CloudPortal
  user: string
  password: string
}

const test = base.extend<{ cloud: Cloud }>({
  cloud: async ({ portal }, use) => {
    const keystone = process.env['LB_PORTAL_CLOUD']
    if (keystone === undefined) await portal.addUser('alice', 'member')
    const cloud = await CloudPortal.start(keystone ?? `${portal.url}/identity`)
    const password = keystone === undefined ? 'alice: a long enough password' : 'secret'
    await use({ portal: cloud, user: 'alice', password })
    await cloud.stop()
  },
})

async function signIn(page: Page, cloud: Cloud, domain = ''): Promise<void> {
  await page.goto(cloud.portal.url)
  await page.getByLabel('User', { exact: true }).fill(cloud.user)
  await page.getByLabel('Password', { exact: true }).fill(cloud.password)
  await page.getByLabel('Domain').fill(domain)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

test('a user of a cloud signs in, creates a load balancer and sees it become active', async ({
  page,
  cloud,
}) => {
  await page.goto(cloud.portal.url)
  await expect(page.getByLabel('Domain')).toBeVisible()
  await expectAccessible(page)
  await signIn(page, cloud, 'Default')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('All Services')
  await expectAccessible(page)
  await page.getByRole('button', { name: cloud.user }).click()
  // The cloud's own words for the roles.
  await expect(
    page.getByRole('menuitem', { name: /^(member, reader|reader, member)/ }),
  ).toBeVisible()
  await page.keyboard.press('Escape')

  await page.getByRole('navigation').getByRole('link', { name: 'Load Balancing' }).click()
  await createButton(page).first().click()
  const name = `of ${cloud.user} ${Date.now()}`
  await page.getByLabel('Name', { exact: true }).first().fill(name)
  await page.getByRole('radio', { name: 'Application Load Balancer' }).check({ force: true })
  await page.getByLabel('Port', { exact: true }).first().fill('8080')
  await page.getByRole('button', { name: 'Add Server' }).click()
  await page.getByLabel('Private IP').fill('192.0.2.10:8080')
  // A real cloud has several networks to choose from.
  if (process.env['LB_PORTAL_CLOUD'] !== undefined) {
    await page.getByLabel('Virtual Network').selectOption('net-a')
  }
  await page.getByRole('button', { name: 'Next: Review & Create >' }).click()
  await page.getByRole('button', { name: 'Create', exact: true }).click()

  // Without a reload.
  await expect(page).toHaveURL(/\/load-balancers$/)
  await expect(row(page, name)).toContainText('ACTIVE', { timeout: 60_000 })
  expect(await page.evaluate('performance.getEntriesByType("navigation").length')).toBe(1)
  await row(page, name).getByRole('link', { name }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name)
  await expectAccessible(page)
})

test('a wrong domain is refused like a wrong password', async ({ page, cloud, pageErrors }) => {
  pageErrors.allow(/^401 POST \S+\/portal\/session$/)
  await signIn(page, cloud, 'elsewhere')
  await expect(page.getByRole('alert')).toContainText('Incorrect user name, password, or project.')
  await signIn(page, cloud)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('All Services')
})
