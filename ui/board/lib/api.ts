// ui/board/lib/api.ts - asks the daemon. A session that has ended while one works is no error:
// the request waits until somebody has signed in again and then goes out once more.
import { signal } from '@preact/signals';
import { hear } from './time';

export class ApiError extends Error {
  constructor(
    readonly status: number, // 0: nothing answered
    readonly code: string,
    message: string,
    readonly field: string | null = null,
    readonly help: string | null = null,
    readonly retryAfter = 0, // seconds
    readonly body: unknown = null,
  ) {
    super(message);
  }
}

export interface Answer<T> {
  data: T;
  etag: string | null;
  status: number;
}

type Value = string | number | boolean | null | undefined;
export interface Ask {
  query?: Record<string, Value>;
  body?: unknown;
  text?: string; // the body as it stands, in its place
  match?: string | null; // If-Match
  key?: string; // Idempotency-Key; a POST gets one of its own otherwise
  signal?: AbortSignal;
  open?: boolean; // about the session itself: 401 is its answer
}

export const csrf = signal('');
export const tenant = signal<string | null>(null); // the slug, where the user chooses one
export const ended = signal(false); // the session, while one works
export const reached = signal(true); // whether the last request was answered at all

export const freshKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');

let waiting: (() => void)[] = [];
// After signing in again: what waited goes on.
export function goOn(): void {
  ended.value = false;
  for (const one of waiting.splice(0)) one();
}
export function untilSignedIn(): Promise<void> {
  ended.value = true;
  return new Promise((done) => { waiting.push(done); });
}

// "/api/v1/..." for "threads"; with the tenant. For links and EventSource too.
export function address(path: string, query: Record<string, Value> = {}): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== null && value !== undefined && value !== '') asked.set(name, String(value));
  if (tenant.value) asked.set('tenant', tenant.value);
  const text = asked.toString();
  return `${path.startsWith('/') ? path : `/api/v1/${path}`}${text ? `?${text}` : ''}`;
}

async function failure(answer: Response): Promise<ApiError> {
  const said = await answer.text();
  let body: { code?: string; message?: string; field?: string | null; help?: string | null } = {};
  try {
    body = JSON.parse(said) as typeof body;
  } catch { /* something between us and the daemon has answered */ }
  return new ApiError(answer.status, body.code ?? 'broken', body.message ?? `The server answered ${answer.status}.`, body.field ?? null, body.help ?? null, Number(answer.headers.get('Retry-After') ?? 0), body);
}

export async function ask<T>(method: string, path: string, options: Ask = {}): Promise<Answer<T>> {
  const key = options.key ?? (method === 'POST' ? freshKey() : undefined);
  for (;;) {
    const headers: Record<string, string> = { Accept: 'application/json' };
    const body = options.text ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    if (method !== 'GET' && csrf.value) headers['X-CSRF-Token'] = csrf.value;
    if (options.match) headers['If-Match'] = options.match;
    if (key) headers['Idempotency-Key'] = key;
    let answer: Response;
    try {
      answer = await fetch(address(path, options.query), {
        method, headers, credentials: 'same-origin',
        ...(body === undefined ? {} : { body }),
        ...(options.signal ? { signal: options.signal } : {}),
      });
    } catch (e) {
      if (options.signal?.aborted) throw e;
      reached.value = false;
      throw new ApiError(0, 'offline', 'The server does not answer.', null, 'Check the connection; nothing was lost here.');
    }
    reached.value = true;
    if (answer.status === 401 && !options.open) {
      await untilSignedIn();
      continue;
    }
    if (!answer.ok) throw await failure(answer);
    const at = Date.parse(answer.headers.get('X-Now') ?? '');
    if (at) hear(at);
    const text = answer.status === 204 ? '' : await answer.text();
    return { data: (text ? JSON.parse(text) : null) as T, etag: answer.headers.get('ETag'), status: answer.status };
  }
}

export async function get<T>(path: string, query?: Record<string, Value>, signal?: AbortSignal): Promise<T> {
  return (await ask<T>('GET', path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) })).data;
}
export async function send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, options: Ask = {}): Promise<T> {
  return (await ask<T>(method, path, { ...options, ...(body === undefined ? {} : { body }) })).data;
}

// What went wrong, in words for a toast or under a form.
export function why(e: unknown): string {
  if (e instanceof ApiError) return [e.message, e.help].filter(Boolean).map((s) => (/[.!?]$/.test(s!) ? s : `${s}.`)).join(' ').replace(/^./, (c) => c.toUpperCase());
  return e instanceof Error ? e.message : String(e);
}
