import pg from 'pg';

const pool = new pg.Pool();

// Says whether the event is new. The unique index on event_id lets one of several copies in.
export async function storeOnce(eventId, raw) {
  const sql = 'insert into webhook_events (event_id, body) values ($1, $2) on conflict do nothing';
  const result = await pool.query(sql, [eventId, raw]);
  return result.rowCount === 1;
}

export async function order(id) {
  const result = await pool.query('select * from orders where id = $1', [id]);
  return result.rows[0];
}
