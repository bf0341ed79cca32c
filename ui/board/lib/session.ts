// ui/board/lib/session.ts - who is signed in, for which business, and what they may do.
import { batch, computed, effect, signal } from '@preact/signals';
import { ApiError, ask, csrf, ended, goOn, send, tenant } from './api';
import { tenantKept } from './prefs';
import type { Role, Session, Tenant } from './rows';
import { hear, zone } from './time';

export const session = signal<Session | null>(null);
export const asked = signal(false); // whether we know
export const trouble = signal<unknown>(null); // why we do not

const ranks: Role[] = ['viewer', 'dispatcher', 'admin'];
export const role = computed<Role>(() => session.value?.user.role ?? 'viewer');
export function may(what: Role): boolean {
  return ranks.indexOf(role.value) >= ranks.indexOf(what);
}

export const tenants = computed<Tenant[]>(() => session.value?.tenants ?? []);
export const business = computed<Tenant | undefined>(() => tenants.value.find((t) => t.id === (tenant.value ?? session.value?.tenant)) ?? tenants.value[0]);
effect(() => {
  if (business.value) zone.value = business.value.time_zone || 'UTC';
});

function enter(is: Session): void {
  batch(() => {
    csrf.value = is.csrf;
    hear(is.server_time);
    session.value = is;
    asked.value = true;
    trouble.value = null;
    if (!is.tenant) {
      const wished = is.tenants.find((t) => t.id === tenantKept.value) ?? is.tenants[0];
      tenant.value = wished?.id ?? null;
    } else tenant.value = null;
  });
  goOn();
}

export async function lookWhoIsHere(): Promise<void> {
  try {
    enter((await ask<Session>('GET', 'session', { open: true })).data);
  } catch (e) {
    if (e instanceof ApiError && e.status === 401) trouble.value = null;
    else trouble.value = e;
    asked.value = true;
  }
}

// A board that stands there all night stays signed in: a stream alone is no use of a session.
const KEPT_MS = 1800000;
setInterval(() => {
  if (session.value && !ended.value) ask<Session>('GET', 'session', { open: true }).then((a) => enter(a.data), (e) => { if (e instanceof ApiError && e.status === 401) ended.value = true; });
}, KEPT_MS);

export async function signIn(login: string, secret: { password: string } | { code: string }): Promise<void> {
  enter((await ask<Session>('POST', 'session', { open: true, body: { login, ...secret } })).data);
}
export const sendCode = (login: string): Promise<unknown> => send('POST', 'session/code', { login }, { open: true });
export async function setUp(token: string, password: string): Promise<void> {
  enter((await ask<Session>('POST', 'setup', { open: true, body: { token, password } })).data);
}
export async function signOut(): Promise<void> {
  try {
    await send('DELETE', 'session', undefined, { open: true });
  } catch (e) {
    if (!(e instanceof ApiError && e.status === 401)) throw e;
  }
  location.hash = '';
  location.reload(); // nothing of it stays in memory
}
export function choose(slug: string): void {
  tenantKept.value = slug;
  tenant.value = slug;
}
export { ended };
