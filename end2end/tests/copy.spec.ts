import { expect, test } from '../fixtures/test.ts'

// As on pages without https: the browser has no clipboard API, or refuses it.
for (const [title, script] of [
  ['without a clipboard', 'Object.defineProperty(navigator, "clipboard", { value: undefined })'],
  [
    'with a clipboard that refuses',
    'navigator.clipboard.writeText = () => Promise.reject(new DOMException("no", "NotAllowedError"))',
  ],
] as const) {
  test(`${title}, the VIP is copied by the command of old`, async ({ page, api, signIn }) => {
    await signIn()
    const { id, vip_address } = await api.createActive({ name: 'web', port: 8080 })
    await page.addInitScript(script)
    await page.goto(`/load-balancers/${id}`)
    const copy = page.getByRole('button', { name: 'Copy the VIP' }).first()
    await copy.click()
    await expect(page.getByRole('status').filter({ hasText: 'Copied' })).toBeVisible()
    await expect(copy).toBeFocused()
    // What was copied is pasted into a field.
    await page.goto('/load-balancers/create')
    const name = page.getByLabel('Name', { exact: true }).first()
    await name.focus()
    await page.keyboard.press('ControlOrMeta+v')
    await expect(name).toHaveValue(vip_address)
  })
}

test('where nothing can be copied, the text is selected', async ({ page, api, signIn }) => {
  await signIn()
  const { id, vip_address } = await api.createActive({ name: 'web', port: 8080 })
  await page.addInitScript(
    'Object.defineProperty(navigator, "clipboard", { value: undefined }); document.execCommand = () => false',
  )
  await page.goto(`/load-balancers/${id}`)
  await page.getByRole('button', { name: 'Copy the VIP' }).first().click()
  await expect(page.getByText("Couldn't copy. Text selected; press Ctrl+C.")).toBeVisible()
  expect(await page.evaluate('String(getSelection())')).toBe(vip_address)
})
