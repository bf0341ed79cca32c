// ui/board/lib/people.ts - the operators and lines of the tenant, for names and for choosing.
import { computed, effect, signal } from '@preact/signals';
import { get, tenant } from './api';
import type { Line, List, Operator } from './rows';
import { session } from './session';

export const operators = signal<readonly Operator[]>([]);
export const lines = signal<readonly Line[]>([]);
const names = computed(() => new Map(operators.value.map((o) => [o.id, o.name])));

// By id; whoever is on the roster no more keeps the id.
export const operatorName = (id: string | null | undefined): string => (id ? (names.value.get(id) ?? id) : '');

export async function loadPeople(): Promise<void> {
  const [people, numbers] = await Promise.all([get<List<Operator>>('operators'), get<List<Line>>('lines')]);
  operators.value = people.items;
  lines.value = numbers.items;
}

// Anew for whoever signs in, for each tenant, and when the roster has changed (Now asks for it).
effect(() => {
  void tenant.value;
  if (session.value) void loadPeople().catch(() => undefined);
});
