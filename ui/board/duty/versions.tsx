// ui/board/duty/versions.tsx - the versions of the roster, newest first: who, when, what; each can
// be put in force again. And the document itself, as the last resort.
import { useState } from 'preact/hooks';
import { useLoad } from '../lib/load';
import type { List } from '../lib/rows';
import { may } from '../lib/session';
import { Button, Chip, Empty, Failed, Field, Loading, When, Words } from '../parts';
import { EditDialog } from './edit';
import type { Roster } from './model';

interface Version {
  version: number;
  is_good: boolean;
  mistakes: unknown;
  created_at: string;
  made_by: string | null;
  note: string | null;
}
const listed = (mistakes: unknown): string[] =>
  (Array.isArray(mistakes) ? mistakes : String(mistakes ?? '').split('\n').filter(Boolean)).map((m) => (typeof m === 'string' ? m : String((m as { message?: string }).message ?? '')));

export function VersionsPage({ version, isEditable }: { version: number; isEditable: boolean }) {
  const { data, error, again } = useLoad<List<Version>>('rosters', { limit: 100 }, version);
  const [to, setTo] = useState<Version | null>(null);
  if (error && !data) return <Failed error={error} again={again} />;
  if (!data) return <Loading />;
  if (!data.items.length) return <Empty icon="log" title="No version yet" />;
  return (
    <>
      <ol class="list">
        {data.items.map((v) => (
          <li key={v.version}>
            <b class="duty-number">{v.version}</b>
            <div class="grow">
              <Words>{v.note || (!v.is_good ? 'Refused' : v.made_by ? 'Saved' : 'Taken over from its place')}</Words>
              <small><When at={v.created_at} />{v.made_by && <> by <bdi>{v.made_by}</bdi></>}</small>
              {!v.is_good && <ul class="duty-mistakes">{listed(v.mistakes).map((m, i) => <li key={i}><bdi>{m}</bdi></li>)}</ul>}
            </div>
            {v.version === version ? <Chip tone="good">in force</Chip> : !v.is_good ? <Chip tone="bad">refused</Chip>
              : isEditable && may('admin') && <Button icon="undo" press={() => setTo(v)}>Restore…</Button>}
          </li>
        ))}
      </ol>
      {to && <EditDialog title={`Restore version ${to.version}`} base={version} words={`It is as in version ${to.version} again.`} close={() => setTo(null)} change={{ method: 'POST', path: `rosters/${to.version}/restore`, body: {} }} />}
    </>
  );
}

export function DocumentPage({ roster, isEditable }: { roster: Roster; isEditable: boolean }) {
  const whole = JSON.stringify(roster.document, null, 2);
  const [draft, setDraft] = useState<{ text: string; base: number } | null>(null);
  const [isChecked, setChecked] = useState(false);
  const edits = isEditable && may('admin');
  let wrong = '';
  try {
    JSON.parse(draft?.text ?? whole);
  } catch (e) {
    wrong = e instanceof Error ? e.message : String(e);
    const at = Number(/position (\d+)/.exec(wrong)?.[1] ?? NaN);
    if (!Number.isNaN(at) && !/line \d/.test(wrong)) wrong += `, line ${draft!.text.slice(0, at).split('\n').length}`;
  }
  return (
    <>
      <p class="quiet">The whole roster as it is kept. The other pages are quicker and safer; this one can do everything.</p>
      <Field class="duty-document" label="Document" rows={28} value={draft?.text ?? whole} readOnly={!edits} spellcheck={false} wrong={wrong}
        set={(text) => setDraft({ text, base: draft?.base ?? roster.version })} />
      {draft && edits && (
        <div class="bar">
          <Button kind="quiet" press={() => setDraft(null)}>Leave it as it was</Button>
          <Button kind="strong" disabled={!!wrong} press={() => setChecked(true)}>Look at the change…</Button>
        </div>
      )}
      {isChecked && draft && <EditDialog title="The document" base={draft.base} words="The roster is saved." close={() => setChecked(false)} saved={() => setDraft(null)} change={{ method: 'PUT', path: 'roster', text: `{"document":${draft.text}}` }} />}
    </>
  );
}
