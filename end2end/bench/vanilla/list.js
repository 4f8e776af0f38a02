// The list as somebody would write it for a browser by hand: no library, no build, the same doors and
// the same work as the portal's page. What the portal's metrics are measured against.

const OCTAVIA = '/load-balancer/v2/lbaas'
const FIRST_PAGE = 100
const PAGE = 1000
const GATHER = 40
const READ_ONE_BY_ONE = 20
const ROW_HEIGHT = 45
const OVERSCAN = 8
const LISTS = [
  ['loadbalancers', `${OCTAVIA}/loadbalancers`],
  ['listeners', `${OCTAVIA}/listeners`],
  ['pools', `${OCTAVIA}/pools`],
  ['members', '/portal/members'],
]

const graphs = new Map()
const rows = new Map()
const ticked = new Set()
const drawn = new Map()
let shown = []
let order = { key: 'created', descending: true }
let listed = false
let listing = false
let listAgain = false

const $ = (id) => document.getElementById(id)

async function get(path) {
  const answer = await fetch(path, { headers: { accept: 'application/json' } })
  if (!answer.ok) throw Object.assign(new Error(path), { status: answer.status })
  return answer.json()
}

// ---- reading

const grouped = new Intl.NumberFormat('en').format

/** What has come of the lists and is not put together yet. */
class Parts {
  balancers = []
  listeners = new Map()
  pools = new Map()
  members = new Map()

  add(name, objects) {
    for (const one of objects) {
      if (name === 'loadbalancers') this.balancers.push(one)
      else if (name === 'members') push(this.members, one.pool_id, one)
      else if (one.loadbalancers[0]) push(this[name], one.loadbalancers[0].id, one)
    }
  }

  /** Those of which everything is there, or all that are left. */
  take(all) {
    const done = []
    this.balancers = this.balancers.filter((balancer) => {
      const listeners = this.listeners.get(balancer.id) ?? []
      const pools = this.pools.get(balancer.id) ?? []
      const members = (pool) => this.members.get(pool.id) ?? []
      const whole =
        listeners.length >= balancer.listeners.length &&
        pools.length >= balancer.pools.length &&
        pools.every((pool) => members(pool).length >= pool.members.length)
      if (!whole && !all) return true
      listeners.sort((a, b) => a.protocol_port - b.protocol_port)
      done.push({
        balancer,
        listeners,
        pools: pools.map((pool) => ({ pool, members: members(pool) })),
      })
      return false
    })
    return done
  }
}

function push(map, key, value) {
  const there = map.get(key)
  if (there) there.push(value)
  else map.set(key, [value])
}

/** Reads everything, once more if that was asked for meanwhile. */
async function list() {
  listAgain = true
  if (listing) return
  listing = true
  while (listAgain) {
    listAgain = false
    await listOnce()
  }
  listing = false
}

/** Page by page, the newest first; what is whole is shown while the rest comes. */
async function listOnce() {
  const parts = new Parts()
  const markers = new Map(LISTS.map(([name]) => [name, '']))
  const found = new Set()
  while (markers.size) {
    await Promise.all(
      LISTS.filter(([name]) => markers.has(name)).map(async ([name, path]) => {
        const marker = markers.get(name)
        const limit = marker ? PAGE : FIRST_PAGE
        const after = marker && `&marker=${marker}`
        const page = await get(`${path}?limit=${limit}&sort=created_at:desc${after}`)
        parts.add(name, page[name])
        const last = page[name].at(-1)
        const more = page[`${name}_links`]?.some((link) => link.rel === 'next')
        if (more && last) markers.set(name, last.id)
        else markers.delete(name)
      }),
    )
    for (const graph of parts.take(!markers.size)) {
      found.add(graph.balancer.id)
      put(graph)
    }
    show()
  }
  for (const id of graphs.keys()) if (!found.has(id)) forget(id)
  listed = true
  show()
}

async function readOne(id) {
  try {
    const of = `?loadbalancer_id=${id}`
    const [balancer, listeners, pools, members] = await Promise.all([
      get(`${OCTAVIA}/loadbalancers/${id}`),
      get(`${OCTAVIA}/listeners${of}`),
      get(`${OCTAVIA}/pools${of}`),
      get(`/portal/members${of}`),
    ])
    const parts = new Parts()
    parts.add('loadbalancers', [balancer.loadbalancer])
    parts.add('listeners', listeners.listeners)
    parts.add('pools', pools.pools)
    parts.add('members', members.members)
    parts.take(true).forEach(put)
  } catch (error) {
    if (error.status !== 404) throw error
    forget(id)
  }
  show()
}

function put(graph) {
  graphs.set(graph.balancer.id, graph)
  rows.set(graph.balancer.id, rowOf(graph))
}

function forget(id) {
  graphs.delete(id)
  rows.delete(id)
}

function rowOf({ balancer, listeners, pools }) {
  const members = pools.flatMap((pool) => pool.members)
  const count = (status) => members.filter((one) => one.operating_status === status).length
  const application = listeners.some(({ protocol }) => /^(HTTP|TERMINATED_HTTPS)$/.test(protocol))
  const type = application ? 'Application' : listeners.length ? 'Network' : ''
  const names = listeners.map((one) => `${one.protocol}:${one.protocol_port}`)
  return {
    id: balancer.id,
    name: balancer.name,
    provisioning: balancer.provisioning_status.replace(/^PENDING_(.*)E$/, '$1ING'),
    operating: balancer.operating_status,
    type,
    vip: balancer.vip_address,
    vipKey: balancer.vip_address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0),
    names,
    healthy: count('ONLINE') + count('NO_MONITOR'),
    total: members.length,
    created: balancer.created_at,
    by: balancer.user_id ?? '',
    text: [
      balancer.name,
      balancer.description,
      balancer.id,
      balancer.provisioning_status,
      balancer.operating_status,
      type,
      balancer.vip_address,
      ...names,
      ...members.map((one) => `${one.address}:${one.protocol_port}`),
    ]
      .join('\n')
      .toLowerCase(),
  }
}

// ---- hearing of changes

let received = []

function hear(event) {
  if (!received.length) setTimeout(work, GATHER)
  received.push(event)
}

function work() {
  const again = new Set()
  for (const event of received.splice(0)) {
    const id = event.kind === 'loadbalancer' ? event.id : event.loadbalancer_id
    if (event.kind === 'loadbalancer' && event.action === 'deleted') {
      forget(id)
      again.delete(id)
    } else if (event.action === 'status' && graphs.has(id)) {
      patch(graphs.get(id), event)
      rows.set(id, rowOf(graphs.get(id)))
    } else if (id && listed) again.add(id)
  }
  show()
  if (again.size > READ_ONE_BY_ONE) list()
  else for (const id of again) readOne(id)
}

function patch(graph, event) {
  const parts = [
    graph.balancer,
    ...graph.listeners,
    ...graph.pools.flatMap(({ pool, members }) => [pool, ...members]),
  ]
  const part = parts.find(({ id }) => id === event.id)
  if (!part) return
  if (event.provisioning_status) part.provisioning_status = event.provisioning_status
  if (event.operating_status) part.operating_status = event.operating_status
  if (event.updated_at) part.updated_at = event.updated_at
}

// ---- showing

const collator = new Intl.Collator('en', { numeric: true })
const text = (key) => (a, b) => (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0)
const COMPARE = {
  name: (a, b) => collator.compare(a.name, b.name),
  state: text('provisioning'),
  type: text('type'),
  vip: (a, b) => a.vipKey - b.vipKey,
  listeners: (a, b) => a.names.length - b.names.length,
  servers: (a, b) => a.healthy * b.total - b.healthy * a.total,
  created: text('created'),
  by: text('by'),
}

/** Filters, sorts, and draws what is on screen. */
function show() {
  const words = $('search').value.toLowerCase().split(/\s+/).filter(Boolean)
  shown = []
  for (const row of rows.values()) {
    if (words.every((word) => row.text.includes(word))) shown.push(row)
  }
  const compare = COMPARE[order.key]
  const sign = order.descending ? -1 : 1
  const ties = text('id')
  shown.sort((a, b) => sign * compare(a, b) || text('created')(b, a) || ties(a, b))
  $('count').textContent = `${grouped(shown.length)} of ${grouped(rows.size)}`
  draw()
}

function draw() {
  const top = $('above').getBoundingClientRect().top
  const first = Math.max(0, Math.floor(-top / ROW_HEIGHT) - OVERSCAN)
  const last = Math.max(
    0,
    Math.min(shown.length, Math.ceil((innerHeight - top) / ROW_HEIGHT) + OVERSCAN),
  )
  const body = $('rows')
  const wanted = shown.slice(Math.min(first, last), last)
  const ids = new Set(wanted.map(({ id }) => id))
  for (const [id, one] of drawn) {
    if (ids.has(id)) continue
    one.element.remove()
    drawn.delete(id)
  }
  let before = body.firstElementChild
  wanted.forEach((row, place) => {
    const known = drawn.get(row.id)
    let element = known?.element
    if (known?.row !== row) {
      element = elementOf(row)
      if (known) {
        if (before === known.element) before = element
        known.element.replaceWith(element)
      }
      drawn.set(row.id, { row, element })
    }
    element.setAttribute('aria-rowindex', first + place + 2)
    if (element === before) before = before.nextElementSibling
    else body.insertBefore(element, before)
  })
  $('above').style.height = `${Math.min(first, last) * ROW_HEIGHT}px`
  $('below').style.height = `${(shown.length - last) * ROW_HEIGHT}px`
}

const template = document.createElement('template')
template.innerHTML =
  '<tr><td><input type="checkbox"></td><th scope="row"><a></a></th><td><span class="badge"></span> <span class="badge"></span></td>' +
  '<td></td><td></td><td></td><td><span class="badge"></span></td><td><time></time></td><td></td><td><button>⋮</button></td></tr>'
const time = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'short' })

function elementOf(row) {
  const element = template.content.firstElementChild.cloneNode(true)
  const [tick, name, state, type, vip, listeners, servers, created, by, menu] = element.children
  tick.firstChild.checked = ticked.has(row.id)
  tick.firstChild.ariaLabel = `Select ${row.name}`
  tick.firstChild.onchange = ({ target }) =>
    target.checked ? ticked.add(row.id) : ticked.delete(row.id)
  name.firstChild.textContent = row.name
  name.firstChild.href = `/load-balancers/${row.id}`
  state.children[0].textContent = row.provisioning
  state.children[1].textContent = row.operating
  type.textContent = row.type
  vip.textContent = row.vip
  for (const listener of row.names) {
    const tag = document.createElement('span')
    tag.className = 'tag'
    tag.textContent = listener
    listeners.append(tag)
  }
  servers.firstChild.textContent = `${row.healthy} of ${row.total}`
  created.firstChild.dateTime = `${row.created}Z`
  created.firstChild.textContent = time.format(new Date(`${row.created}Z`))
  by.textContent = row.by
  menu.firstChild.ariaLabel = `Actions for ${row.name}`
  return element
}

// ---- beginning

$('search').addEventListener('input', show)
addEventListener('scroll', draw, { passive: true })
addEventListener('resize', draw)
$('all').onchange = ({ target }) => {
  ticked.clear()
  if (target.checked) for (const { id } of shown) ticked.add(id)
  drawn.forEach(({ element }) => element.remove())
  drawn.clear()
  draw()
}
for (const button of document.querySelectorAll('[data-sort]')) {
  button.onclick = () => {
    const key = button.dataset.sort
    order = { key, descending: order.key === key && !order.descending }
    for (const one of document.querySelectorAll('[aria-sort]')) one.ariaSort = 'none'
    button.closest('th').ariaSort = order.descending ? 'descending' : 'ascending'
    show()
  }
}

await get('/portal/session')
const events = new EventSource('/portal/events')
events.addEventListener('change', ({ data }) => hear(JSON.parse(data)))
events.addEventListener('resync', list)
await list()
