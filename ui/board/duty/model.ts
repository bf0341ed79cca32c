// ui/board/duty/model.ts - the roster in force, as the pages that edit it share it; and Undo.
import { signal } from '@preact/signals';
import { ApiError, ask, send } from '../lib/api';
import { oops, say } from '../parts';

export interface Source {
  kind: 'file' | 'folder' | 'address' | 'database';
  name: string;
  is_editable: boolean;
  why: string | null;
}
export interface Roster {
  version: number;
  digest: string;
  source: Source;
  document: unknown;
}
export interface Step {
  operators: string[];
  how: 'strict' | 'parallel' | 'overlap';
  ring_seconds: number;
  ack_seconds: number;
}
export interface Chain {
  id: string;
  lines: string[];
  steps: Step[];
  document: unknown[]; // its steps as the roster has them
}
export interface Operator {
  id: string;
  name: string;
  phone: string;
  is_on?: boolean;
  words?: string;
  said?: { state: string; until: string | null } | null;
  is_contact: boolean; // stands in the fallback chain alone: changed there
  is_last_resort: boolean;
  document: Record<string, unknown> | null; // what the roster says of him
  [key: string]: unknown;
}

// Counts up when a version was saved: whoever shows something of it fetches it anew.
export const edition = signal(0);

export interface Change {
  method: 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  text?: string; // the body as it is written: mistakes are told by its lines
}
export interface Mistake {
  path: string | null;
  line: number | null;
  column: number | null;
  message: string;
  help?: string | null;
}
export interface Difference {
  path: string;
  change?: 'changed' | 'added' | 'removed' | 'moved';
  before: unknown;
  after: unknown;
}
export interface Warning {
  path: string;
  message: string;
}
export interface Preview {
  mistakes: Mistake[];
  difference: Difference[];
  difference_more?: number;
  warnings?: Warning[];
}
export interface Conflict {
  message: string;
  version: number;
  difference: Difference[];
}

const options = (change: Change, version: number) => ({ match: `"${version}"`, ...(change.body === undefined ? {} : { body: change.body }), ...(change.text === undefined ? {} : { text: change.text }) });

export async function look(change: Change, version: number, signal: AbortSignal): Promise<Preview> {
  return (await ask<Preview>(change.method, change.path, { ...options(change, version), query: { dry_run: 1 }, signal })).data;
}

// What a 412 tells; null for all else.
export function conflictOf(e: unknown): Conflict | null {
  if (!(e instanceof ApiError) || e.status !== 412) return null;
  const body = e.body as Partial<Conflict>;
  return { message: e.message, version: body.version ?? 0, difference: body.difference ?? [] };
}
export function mistakesOf(e: unknown): Mistake[] {
  const mistakes = e instanceof ApiError && (e.body as { mistakes?: Mistake[] } | null)?.mistakes;
  return mistakes || [];
}

export async function save(change: Change, version: number, words: string): Promise<void> {
  const { version: saved } = (await ask<{ version: number }>(change.method, change.path, options(change, version))).data;
  edition.value++;
  say(`${words} Saved as version ${saved}.`, () => restore(version, saved));
}

async function restore(to: number, from: number): Promise<void> {
  try {
    const { version } = await send<{ version: number }>('POST', `rosters/${to}/restore`, {}, { match: `"${from}"` });
    edition.value++;
    say(`Undone: version ${version} is as version ${to} was.`);
  } catch (e) {
    oops(conflictOf(e) ? new Error('Not undone: somebody has saved another version since. It is among the versions.') : e);
  }
}
