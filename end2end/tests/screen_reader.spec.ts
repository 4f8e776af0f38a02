import { readFileSync } from 'node:fs'
import { row, section } from '../fixtures/locators.ts'
import { expect, test } from '../fixtures/test.ts'

/** The accessibility tree of each page; a snapshot may omit nodes. */

test.beforeEach(async ({ signIn }) => signIn())

const web = {
  name: 'web',
  port: 8080,
  members: [{ address: '192.0.2.1', protocol_port: 80 }],
  monitor: { type: 'TCP', delay: 1, timeout: 1, max_retries: 1, max_retries_down: 1 },
}

test('the frame and the list', async ({ page, api }) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await api.createActive(web)
  await page.goto('/load-balancers')
  await expect(row(page, 'web')).toContainText('0 of 1')
  await expect(page.locator('body')).toMatchAriaSnapshot(`
    - link "Skip to content"
    - banner:
      - link "Load Balancing Service"
      - combobox "Language"
      - combobox "Theme"
      - button "admin"
    - navigation "Navigation":
      - list:
        - listitem:
          - link "All Services"
        - listitem:
          - link "Load Balancing"
          - list:
            - listitem:
              - link "SSL Certificate"
    - main:
      - alert
      - status
      - heading "Load Balancer Management" [level=1]
      - text: 1 of 1
      - button "Refresh"
      - link "＋Create"
      - text: /Last updated/
      - search:
        - searchbox "Search load balancers"
      - table "Load balancers":
        - rowgroup:
          - row:
            - columnheader "Select all":
              - checkbox "Select all"
            - columnheader "Name":
              - button "Name"
            - columnheader "State":
              - button "State"
            - columnheader "Type":
              - button "Type"
            - columnheader "VIP":
              - button "VIP"
            - columnheader "Listeners":
              - button "Listeners"
            - columnheader "Servers":
              - button "Servers"
            - columnheader "Created at":
              - button "Created at"
            - columnheader "Created by":
              - button "Created by"
            - columnheader "Actions"
        - rowgroup:
          - row:
            - cell "Select web":
              - checkbox "Select web"
            - rowheader "web":
              - link "web"
            - cell "ACTIVE ERROR"
            - cell "Application"
            - cell /\\d+\\.\\d+/
            - cell /HTTP ?:8080/
            - cell "0 of 1"
            - cell:
              - time
            - cell "admin"
            - cell "Actions for web":
              - button "Actions for web"
  `)
})

test('All Services: what needs attention', async ({ page, api }) => {
  await api.createActive(web)
  await page.goto('/')
  await expect(page.getByText('1 of 1 server down')).toBeVisible()
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - heading "All Services" [level=1]
    - heading "Load Balancing" [level=2]:
      - link "Load Balancing"
    - list:
      - listitem: 1 Total
      - listitem: 1 Down
    - heading "Needs attention" [level=3]
    - list:
      - listitem:
        - link "web"
        - text: 1 of 1 server down 192.0.2.1:80 · connection refused
    - heading "SSL Certificate" [level=2]:
      - link "SSL Certificate"
  `)
})

test('details: the traffic path is a list, and a server shows why it is down', async ({
  page,
  api,
}) => {
  const { id } = await api.createActive(web)
  await page.goto(`/load-balancers/${id}`)
  await expect(section(page, 'Networks & Connection')).toContainText('connection refused')
  await expect(section(page, 'Traffic path')).toMatchAriaSnapshot(`
    - region "Traffic path":
      - heading "Traffic path" [level=2]
      - list "Traffic path":
        - listitem: Clients
        - listitem:
          - link /^VIP \\d+.* ERROR/
        - listitem:
          - link /^Listener HTTP 8080 ERROR/
        - listitem:
          - link /^Server group servers ERROR/
        - listitem:
          - link /^Server 192\\.0\\.2\\.1:80 ERROR/
  `)
  await expect(section(page, 'Networks & Connection')).toMatchAriaSnapshot(`
    - region "Networks & Connection":
      - term: VIP
      - definition:
        - button "Copy the VIP"
      - heading "Listeners" [level=3]
      - table "Listeners":
        - rowgroup:
          - row "Protocol Port Server group Method Settings State Actions"
        - rowgroup:
          - row /^HTTP http-8080 8080 servers ROUND_ROBIN – ERROR/
      - group "Server group · servers":
        - heading "Server group · servers" [level=3]
        - table "Servers":
          - rowgroup:
            - row "Private IP Port Weight Health Last check Actions"
          - rowgroup:
            - row:
              - rowheader "192.0.2.1"
              - cell "80"
              - cell "1"
              - cell /^ERROR/
              - cell /^connection refused/
              - cell:
                - button "Show all settings of 192.0.2.1:80"
  `)
  await expect(section(page, 'Needs attention')).toMatchAriaSnapshot(`
    - region "Needs attention":
      - heading "Needs attention" [level=2]
      - list:
        - listitem:
          - strong: 1 of 1 server down in servers
          - list:
            - listitem: 192.0.2.1:80 · connection refused
          - link "Show servers"
  `)
  await page.getByRole('tab', { name: 'Monitoring' }).click()
  await expect(section(page, 'Monitoring')).toMatchAriaSnapshot(`
    - region "Monitoring":
      - figure /^Requests per second/:
        - img /^Requests per second. now .*, average .*, peak/
      - figure /^Active connections/:
        - img /^Active connections. now/
      - tablist "Traffic by part":
        - tab "By listener" [selected]
        - tab "By server"
      - tabpanel "By listener":
        - table "Traffic by listener"
  `)
})

test('edit dialog: every field of a server is labelled with the server', async ({ page, api }) => {
  const { id } = await api.createActive(web)
  await page.goto(`/load-balancers/${id}/edit`)
  const dialog = page.getByRole('dialog', { name: 'Edit Load Balancer' })
  await expect(dialog.getByRole('button', { name: 'Drain 192.0.2.1:80' })).toBeVisible()
  await expect(dialog).toMatchAriaSnapshot(`
    - dialog "Edit Load Balancer":
      - heading "Edit Load Balancer" [level=2]
      - button "Close"
      - region "Basics":
        - textbox "Name": web
        - textbox "Description"
      - region "Server group · servers":
        - table "Servers":
          - rowgroup:
            - row:
              - columnheader "Select all servers"
          - rowgroup:
            - row:
              - cell "Select 192.0.2.1:80"
              - rowheader "192.0.2.1:80"
              - cell "ERROR"
              - cell:
                - textbox "Weight 192.0.2.1:80": "1"
              - cell:
                - checkbox "Backup 192.0.2.1:80"
              - cell:
                - checkbox "Enabled 192.0.2.1:80" [checked]
              - cell:
                - button "Drain 192.0.2.1:80"
                - button "Remove 192.0.2.1:80"
        - button "Add Server"
        - group "Method":
          - radio "ROUND_ROBIN" [checked]
          - radio "LEAST_CONNECTIONS"
          - radio "SOURCE_IP"
      - region "Listeners":
        - group "Listener HTTP 8080":
          - button "Remove HTTP 8080"
        - button "Add listener"
      - button "Cancel"
      - button "OK" [disabled]
  `)
})

test('certificates: list and details', async ({ page, api, authority }) => {
  authority.issue({ name: 'shop', days: 60 })
  const secret = await api.storeSecret('shop', readFileSync(authority.pack('shop')))
  await page.goto('/ssl-certificates')
  await expect(page.getByText(/^in \d+ days$/)).toBeVisible()
  await expect(page.getByRole('table', { name: 'SSL certificates' })).toMatchAriaSnapshot(`
    - table "SSL certificates":
      - rowgroup:
        - row "Select all Name State Expires Domains Used by Created at Actions"
      - rowgroup:
        - row:
          - cell "Select shop":
            - checkbox "Select shop"
          - rowheader "shop":
            - link "shop"
          - cell "ACTIVE"
          - cell /^in \\d+ days$/
          - cell "shop"
          - cell "Not used"
          - cell:
            - time
          - cell "Actions for shop":
            - button "Actions for shop"
  `)
  await page.goto(`/ssl-certificates/${secret}`)
  await expect(page.getByText('CN=Test CA').first()).toBeVisible()
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - link "SSL Certificate Management"
    - heading "shop" [level=1]
    - button "Refresh"
    - button "Replace…" [disabled]
    - button "Delete"
    - region "Basics":
      - term: Reference
      - definition:
        - button "Copy the reference"
    - region "Certificate contents":
      - term: Subject
      - definition: CN=shop
      - term: Chain
      - definition:
        - list:
          - listitem: /CN=Test CA until/
      - term: Fingerprint (SHA-256)
      - definition:
        - button "Copy the fingerprint"
    - region "Used by"
  `)
})
