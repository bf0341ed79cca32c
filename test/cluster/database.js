// test/cluster/database.js - three machines with PostgreSQL, Patroni and etcd each.
//
// etcd speaks its v2 API: with Debian's Patroni 3.0.2 the `etcd3` driver loses data after a healed
// cut (mended in 3.0.3). Synchronous replication is on, and PostgreSQL is durable.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { DATABASES, address, call, start, until } from './net.js';

export const USER = 'postgres';
export const DATABASE = 'nextring';
const PATRONI = { ttl: 20, loop_wait: 2, retry_timeout: 5 };

const hosts = DATABASES.map(address).join(',');
export const addressOf = (database) =>
  `postgres://${USER}@${hosts}/${database}?target_session_attrs=read-write` +
  '&connect_timeout=2&tcp_user_timeout=3000&keepalives_idle=1&keepalives_interval=1&keepalives_count=3';
export const ADDRESS = addressOf(DATABASE);

function patroniSettings(machine, folder, programs) {
  const here = address(machine);
  const rules = ['local all all trust', 'host all all 10.251.0.0/24 trust',
    'host all all 127.0.0.1/32 trust', 'host replication all 10.251.0.0/24 trust',
    'host replication all 127.0.0.1/32 trust'];
  return {
    scope: 'nextring',
    name: machine,
    restapi: { listen: `${here}:8008`, connect_address: `${here}:8008` },
    etcd: { hosts: DATABASES.map((each) => `${address(each)}:2379`).join(',') },
    bootstrap: {
      dcs: {
        ...PATRONI,
        synchronous_mode: true,
        primary_start_timeout: 0,
        maximum_lag_on_failover: 1048576,
        postgresql: {
          use_pg_rewind: true,
          parameters: {
            max_connections: 60, shared_buffers: '128MB', wal_log_hints: 'on', max_wal_size: '512MB',
            wal_keep_size: '256MB', autovacuum_naptime: '15s', log_min_messages: 'warning',
            log_line_prefix: '%m %r [%p] ', log_lock_waits: 'on', log_min_duration_statement: '250ms',
          },
        },
      },
      initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, 'data-checksums'],
      pg_hba: rules,
    },
    postgresql: {
      listen: `${here},127.0.0.1:5432`,
      connect_address: `${here}:5432`,
      data_dir: path.join(folder, 'pg'),
      bin_dir: programs,
      pgpass: path.join(folder, 'pgpass'),
      pg_hba: rules,
      authentication: {
        superuser: { username: USER, password: USER },
        replication: { username: USER, password: USER },
        rewind: { username: USER, password: USER },
      },
      parameters: { unix_socket_directories: folder },
    },
    watchdog: { mode: 'off' },
  };
}

// What Patroni says at a path of its REST API; null when it does not answer.
export function ask(machine, target, timeout = 1000) {
  return new Promise((resolve) => {
    const rq = http.get({ host: address(machine), port: 8008, path: target, timeout }, (answer) => {
      let body = '';
      answer.on('data', (part) => { body += part; });
      answer.on('error', () => resolve(null));
      answer.on('end', () => {
        try {
          resolve({ status: answer.statusCode, ...JSON.parse(body) });
        } catch {
          resolve(null);
        }
      });
    });
    rq.on('timeout', () => rq.destroy());
    rq.on('error', () => resolve(null));
  });
}

const isWell = (state) => state === 'running' || state === 'streaming';

export class Database {
  constructor(folder, logs, programs) {
    Object.assign(this, { folder, logs, programs, etcd: {}, patroni: {} });
  }

  startEtcd(machine) {
    const here = address(machine);
    const peers = DATABASES.map((each) => `${each}=http://${address(each)}:2380`).join(',');
    const data = path.join(this.folder, machine, 'etcd');
    const isNew = !fs.existsSync(path.join(data, 'member'));
    this.etcd[machine] = start(machine, path.join(this.logs, `etcd-${machine}.log`), [
      '/usr/bin/etcd', '--name', machine, '--enable-v2', '--data-dir', data,
      '--listen-client-urls', `http://${here}:2379`, '--advertise-client-urls', `http://${here}:2379`,
      '--listen-peer-urls', `http://${here}:2380`, '--initial-advertise-peer-urls', `http://${here}:2380`,
      '--initial-cluster', peers, '--initial-cluster-state', isNew ? 'new' : 'existing',
      '--heartbeat-interval', '200', '--election-timeout', '2000', '--log-level', 'warn', '--logger', 'zap',
    ], { user: USER });
  }

  startPatroni(machine) {
    const folder = path.join(this.folder, machine);
    this.patroni[machine] = start(machine, path.join(this.logs, `patroni-${machine}.log`),
      ['/usr/bin/patroni', path.join(folder, 'patroni.json')], { user: USER, env: { HOME: folder } });
  }

  async start() {
    for (const machine of DATABASES) {
      const folder = path.join(this.folder, machine);
      fs.mkdirSync(folder, { recursive: true });
      const settings = patroniSettings(machine, folder, this.programs);
      fs.writeFileSync(path.join(folder, 'patroni.json'), JSON.stringify(settings, null, 2)); // JSON is YAML
    }
    await call('db1', ['chown', '-R', `${USER}:`, this.folder]);
    for (const machine of DATABASES) this.startEtcd(machine);
    for (const machine of DATABASES) this.startPatroni(machine);
    await this.whole(120000);
    await this.create(DATABASE);
  }

  // A database, once each machine has it: libpq does not go on from a standby that knows of none.
  async create(database) {
    await this.sql(`CREATE DATABASE ${database}`, 'postgres');
    for (const machine of DATABASES)
      await until(`${machine} has the database ${database}`, 20000, async () => {
        const there = ['psql', '-qAtX', '-h', address(machine), '-U', USER, '-d', 'postgres', '-c',
          `SELECT count(*) FROM pg_database WHERE datname = '${database}'`];
        return (await call('c', there)).trim() === '1';
      });
  }

  // Who leads, as all who answer say; undefined while nobody does.
  async leader() {
    const said = await Promise.all(DATABASES.map((machine) => ask(machine, '/patroni')));
    return DATABASES.find((machine, i) => said[i]?.role === 'master' && said[i].state === 'running');
  }

  // Waits for one leader and two standbys that stream, one of them synchronous.
  whole(ms) {
    return until('a leader and two standbys that stream', ms, async () => {
      const leader = await this.leader();
      const said = leader && (await ask(leader, '/cluster'));
      const standbys = (said?.members ?? []).filter((m) => m.role !== 'leader' && !m.lag && isWell(m.state));
      return standbys.length === 2 && standbys.some((m) => m.role === 'sync_standby');
    });
  }

  postmaster(machine) {
    const file = path.join(this.folder, machine, 'pg/postmaster.pid');
    return Number(fs.readFileSync(file, 'utf8').split('\n')[0]);
  }

  // One statement, at whoever leads.
  async sql(words, database = DATABASE) {
    return call('c', ['psql', '-qAtX', '-v', 'ON_ERROR_STOP=1', '-d', addressOf(database), '-c', words]);
  }
  async rows(select, database = DATABASE) {
    return JSON.parse(await this.sql(`SELECT coalesce(json_agg(r), '[]') FROM (${select}) r`, database));
  }
}
