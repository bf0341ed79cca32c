// ui/board/lib/route.ts - where one is: #/PAGE/REST?QUERY.
import { signal } from '@preact/signals';

export interface Route {
  page: string;
  rest: string[];
  query: URLSearchParams;
}

const plain = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

function parse(): Route {
  const [where = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [page = '', ...rest] = where.split('/').map(plain);
  return { page: page || 'now', rest: rest.filter(Boolean), query: new URLSearchParams(query) };
}

export const route = signal<Route>(parse());
addEventListener('hashchange', () => { route.value = parse(); });

// "#/threads/ID?q=x" for href; empty values of the query are left out.
export function link(page: string, rest: string[] = [], query: Record<string, string | null | undefined> = {}): string {
  const asked = new URLSearchParams(Object.entries(query).filter((e): e is [string, string] => !!e[1])).toString();
  return `#/${[page, ...rest].map(encodeURIComponent).join('/')}${asked ? `?${asked}` : ''}`;
}

// `quietly` leaves no step in the history (a filter while one types).
export function go(hash: string, quietly = false): void {
  if (quietly) {
    history.replaceState(null, '', hash);
    route.value = parse();
  } else location.hash = hash;
}
