import { useCallback, useEffect, useRef, useState } from "react";
import type { Page } from "../cloud/model";
import { problemOf, type Problem } from "../cloud/problem";

export interface Loaded<T> {
  readonly value: T | undefined;
  readonly problem: Problem | undefined;
  readonly reload: () => void;
}

/** What `load` gives, loaded anew whenever `key` changes. An answer that is late for its key is dropped. */
export function useLoaded<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; value?: T; problem?: Problem }>({ key });
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    let current = true;
    latest.current().then(
      (value) => current && setState({ key, value }),
      (error: unknown) => current && setState((before) => ({ ...(before.key === key ? before : { key }), problem: problemOf(error) })),
    );
    return () => {
      current = false;
    };
  }, [key, turn]);
  const reload = useCallback(() => setTurn((n) => n + 1), []);
  const fits = state.key === key;
  return { value: fits ? state.value : undefined, problem: fits ? state.problem : undefined, reload };
}

export interface Paged<T> {
  /** Undefined until the first page is there. */
  readonly items: readonly T[] | undefined;
  readonly hasMore: boolean;
  readonly busy: boolean;
  readonly problem: Problem | undefined;
  readonly more: () => void;
  readonly reload: () => void;
  /** Puts something new in front. */
  readonly prepend: (item: T) => void;
}

interface Pages<T> {
  readonly key: string;
  readonly items?: readonly T[];
  readonly next: string | null;
  readonly busy: boolean;
  readonly problem?: Problem;
}

/** A list in pages, begun anew whenever `key` changes. */
export function usePaged<T>(key: string, load: (nextToken: string | null) => Promise<Page<T>>): Paged<T> {
  const [state, setState] = useState<Pages<T>>({ key, next: null, busy: true });
  const latest = useRef(load);
  latest.current = load;
  const wanted = useRef(key);
  const read = useCallback(async (of: string, token: string | null) => {
    wanted.current = of;
    setState((before) => (before.key === of ? { ...before, busy: true } : { key: of, next: null, busy: true }));
    try {
      const page = await latest.current(token);
      if (wanted.current !== of) return;
      setState((before) => ({
        key: of,
        items: token ? [...(before.items ?? []), ...page.items] : page.items,
        next: page.nextToken,
        busy: false,
      }));
    } catch (error) {
      if (wanted.current !== of) return;
      setState((before) => ({ ...before, busy: false, problem: problemOf(error) }));
    }
  }, []);
  useEffect(() => {
    void read(key, null);
  }, [key, read]);
  const fits = state.key === key;
  const { next, busy } = state;
  return {
    items: fits ? state.items : undefined,
    hasMore: fits && next !== null,
    busy: fits ? busy : true,
    problem: fits ? state.problem : undefined,
    more: useCallback(() => {
      if (next !== null && !busy) void read(key, next);
    }, [key, next, busy, read]),
    reload: useCallback(() => void read(key, null), [key, read]),
    prepend: useCallback((item: T) => setState((before) => ({ ...before, items: [item, ...(before.items ?? [])] })), []),
  };
}
