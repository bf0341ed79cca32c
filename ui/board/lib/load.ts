// ui/board/lib/load.ts - what a page shows of one address: fetched, kept while it is fetched anew.
import { useEffect, useState } from 'preact/hooks';
import { ask, tenant } from './api';
import { isLive, onReload } from './stream';

export interface Loaded<T> {
  data: T | null;
  etag: string | null;
  error: unknown;
  isLoading: boolean;
  again: () => void;
}

// A path of null is not asked. What failed is tried again when the connection is back; all is when
// `edition` changes.
export function useLoad<T>(path: string | null, query: Record<string, string | number | null | undefined> = {}, edition: unknown = 0): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, 'again'>>({ data: null, etag: null, error: null, isLoading: true });
  const [turn, setTurn] = useState(0);
  const again = (): void => setTurn((n) => n + 1);
  const live = isLive.value;
  useEffect(() => {
    if (!path) return undefined;
    const stop = new AbortController();
    setState((was) => ({ ...was, isLoading: true }));
    ask<T>('GET', path, { query, signal: stop.signal }).then(
      ({ data, etag }) => setState({ data, etag, error: null, isLoading: false }),
      (error: unknown) => { if (!stop.signal.aborted) setState((was) => ({ ...was, error, isLoading: false })); },
    );
    return () => stop.abort();
  }, [path, JSON.stringify(query), tenant.value, turn, edition]);
  useEffect(() => onReload(again), []);
  useEffect(() => { if (live && state.error) again(); }, [live]);
  return { ...state, again };
}
