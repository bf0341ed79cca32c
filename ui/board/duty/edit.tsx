// ui/board/duty/edit.tsx - one dialog for every edit of the roster: the form, what the server says
// that it would change, and a version of it saved; or what somebody else has saved meanwhile.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { why } from '../lib/api';
import { Button, Dialog } from '../parts';
import { Differences, Mistakes, Warnings } from './difference';
import './edit.css';
import { conflictOf, edition, look, mistakesOf, save, type Change, type Conflict, type Preview } from './model';

const WAIT_MS = 200; // while somebody types

export type MistakeAt = (field: string) => string | undefined;

// `base` is the version that one looked at; `change` is null while the form is not filled in.
export function EditDialog({ title, change, base, words, close, saved, children }: {
  title: string; change: Change | null; base: number; words: string; close: () => void; saved?: () => void;
  children?: (at: MistakeAt) => ComponentChildren;
}) {
  const [from, setFrom] = useState(base);
  const [preview, setPreview] = useState<Preview | null>(null);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [trouble, setTrouble] = useState('');

  const fail = (e: unknown): void => {
    const mistakes = mistakesOf(e);
    setConflict(conflictOf(e));
    if (mistakes.length) setPreview({ mistakes, difference: [] });
    else setTrouble(why(e));
  };
  useEffect(() => {
    setPreview(null);
    setTrouble('');
    if (!change) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => look(change, from, stop.signal).then(setPreview, (e) => { if (!stop.signal.aborted) fail(e); }), WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [JSON.stringify(change), from]);

  const store = async (): Promise<void> => {
    if (!change) return;
    try {
      await save(change, from, words);
      saved?.();
      close();
    } catch (e) {
      fail(e);
    }
  };
  const theirs = (): void => {
    edition.value++;
    saved?.();
    close();
  };

  if (conflict) {
    return (
      <Dialog title="Somebody else has saved meanwhile" close={close}
        foot={<><Button press={theirs}>Keep theirs</Button><Button kind="strong" press={() => { setFrom(conflict.version); setConflict(null); }}>Put mine on top</Button></>}>
        <p>Version {conflict.version} is in force since you began. This is what it changed:</p>
        {conflict.difference.length ? <Differences items={conflict.difference} /> : <p class="quiet">Nothing in the roster itself.</p>}
      </Dialog>
    );
  }
  const mistakes = preview?.mistakes ?? [];
  const at: MistakeAt = (field) => mistakes.find((m) => m.path?.split(/[.[\]/]+/).includes(field))?.message;
  const isGood = !!preview && !mistakes.length && preview.difference.length > 0;
  return (
    <Dialog title={title} close={close}
      foot={<><Button press={close}>Cancel</Button><Button kind="strong" disabled={!isGood} press={store}>Save</Button></>}>
      {children?.(at)}
      <div class="duty-preview" aria-live="polite">
        {trouble ? <p class="duty-trouble">{trouble}</p>
          : !change ? null
          : !preview ? <p class="quiet">Looking what it would change…</p>
          : mistakes.length ? <Mistakes items={mistakes} />
          : !preview.difference.length ? <p class="quiet">This changes nothing.</p>
          : <><h3>What changes</h3><Differences items={preview.difference} />{(preview.difference_more ?? 0) > 0 && <p class="quiet">And {preview.difference_more} more.</p>}</>}
        {isGood && <Warnings items={preview.warnings ?? []} />}
      </div>
    </Dialog>
  );
}
