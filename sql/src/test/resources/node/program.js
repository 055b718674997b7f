// What an application of node's pg does; prints "fine" if all of it came out right.
const assert = require('node:assert')
const { Client, Pool } = require('pg')

const port = Number(process.argv[2])
const options = {
  host: '127.0.0.1', port, user: 'shop', password: 'shop', database: 'shop',
  connectionTimeoutMillis: 10000,
}

async function queries(pool) {
  for (let user = 1; user < 40; user++) {
    const { rows } = await pool.query('select id, name from users where id = $1', [user])
    assert.strictEqual(Number(rows[0].id), user)
  }
  const count = await pool.query('select count(*)::int as n from users')
  assert.strictEqual(count.rows[0].n, 300)
  const last = await pool.query('select id from users order by id desc limit 3')
  assert.deepStrictEqual(last.rows.map(row => Number(row.id)), [300, 299, 298])
  const typed = await pool.query(
    `select $1::jsonb as j, $2::int[] as a, $3::timestamptz as t, $4::text as s from users
     where id = 1`,
    [{ k: [1, 'ä'] }, [1, 2, 3], new Date(0), "it's"])
  assert.deepStrictEqual(typed.rows[0],
    { j: { k: [1, 'ä'] }, a: [1, 2, 3], t: new Date(0), s: "it's" })
}

async function named(pool) {
  await Promise.all([...Array(50).keys()].map(async i => {
    const { rows } = await pool.query(
      { name: 'by-id', text: 'select id, name from users where id = $1', values: [i + 1] })
    assert.strictEqual(Number(rows[0].id), i + 1)
  }))
  const scattered = { name: 'all', text: 'select max(id) as m from users' }
  for (let i = 0; i < 3; i++) {
    assert.strictEqual(Number((await pool.query(scattered)).rows[0].m), 300)
  }
}

async function transactions(pool) {
  const client = await pool.connect()
  const insert = 'insert into notes (id, body) values ($1, $2) returning id'
  for (const end of ['rollback', 'commit']) {
    await client.query('begin')
    for (let i = 0; i < 10; i++) {
      const { rows } = await client.query(insert, [72000000 + i, `node ${i}`])
      assert.strictEqual(Number(rows[0].id), 72000000 + i)
    }
    await client.query(end)
  }
  await assert.rejects(client.query('select no_such_column from users where id = 1'),
    error => error.code === '42703')
  await client.query('begin')
  await assert.rejects(client.query(insert, [72000001, 'twice']), error => error.code === '23505')
  await assert.rejects(client.query('select 1'), error => error.code === '25P02')
  await client.query('rollback')
  const removed = await client.query('delete from notes where id >= 72000000 and id < 72000010')
  assert.strictEqual(removed.rowCount, 10)
  client.release()
}

async function sessions() {
  const listener = new Client(options)
  await listener.connect()
  const heard = new Promise(resolve => listener.on('notification', resolve))
  await listener.query('listen node_news')
  await listener.query("set application_name = 'node'")
  assert.strictEqual((await listener.query('show application_name')).rows[0].application_name,
    'node')
  const sender = new Client({ ...options, statement_timeout: 300 })
  await sender.connect()
  await sender.query("notify node_news, 'hello'")
  assert.strictEqual((await heard).payload, 'hello')
  await assert.rejects(sender.query('select pg_sleep(20) from users where id = 1'),
    error => error.code === '57014')
  await sender.end()
  await listener.end()
}

async function main() {
  const pool = new Pool({ ...options, max: 8 })
  await queries(pool)
  await named(pool)
  await transactions(pool)
  await pool.end()
  await sessions()
  console.log('fine')
}

main().catch(error => {
  console.log(error)
  process.exit(1)
})
