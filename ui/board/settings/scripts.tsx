// ui/board/settings/scripts.tsx - the call scripts, and what a caller hears of each.
import { useEffect, useState } from 'preact/hooks';
import { send, why } from '../lib/api';
import { useLoad } from '../lib/load';
import type { List } from '../lib/rows';
import { may } from '../lib/session';
import { Button, Empty, Failed, Field, Loading, Select } from '../parts';

interface Script {
  name: string;
  source?: string | null;
  text: string;
}
interface Heard {
  mistakes: { line?: number | null; column?: number | null; message: string }[];
  words: string[];
  twiml: string;
}

function Preview({ script }: { script: Script }) {
  const [text, setText] = useState(script.text);
  const [heard, setHeard] = useState<Heard | null>(null);
  const [trouble, setTrouble] = useState('');
  useEffect(() => {
    if (!may('dispatcher')) return undefined;
    let isGone = false;
    const timer = setTimeout(() => {
      send<Heard>('POST', 'scripts/preview', { name: script.name, text }).then(
        (h) => { if (!isGone) { setHeard(h); setTrouble(''); } },
        (e) => { if (!isGone) setTrouble(why(e)); });
    }, 250);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [text]);
  return (
    <div class="settings-two">
      <div>
        <Field class="settings-code" label="Script" rows={14} value={text} readOnly={!may('dispatcher')} set={setText} spellcheck={false}
          hint={`${script.source === 'file' ? 'From' : 'Built in; another would come from'} the folder NEXTRING_SCRIPTS. Here it can be tried; nothing is kept.`} />
        {text !== script.text && <Button kind="quiet" press={() => setText(script.text)}>As it was</Button>}
      </div>
      {may('dispatcher') && <div aria-live="polite">
        <h3>What a caller hears</h3>
        {trouble ? <p class="bad">{trouble}</p> : !heard ? <Loading rows={2} />
          : heard.mistakes.length ? <ul class="settings-mistakes">{heard.mistakes.map((m, i) => <li key={i}>{m.line ? <b>Line {m.line}: </b> : null}<bdi>{m.message}</bdi></li>)}</ul>
          : (
            <>
              <ol class="settings-heard">{heard.words.map((w, i) => <li key={i}><bdi>{w}</bdi></li>)}</ol>
              <details><summary>As the carrier gets it</summary><pre>{heard.twiml}</pre></details>
            </>
          )}
      </div>}
    </div>
  );
}

export function Scripts() {
  const { data, error, again } = useLoad<List<Script>>('scripts');
  const [name, setName] = useState('');
  if (error && !data) return <Failed error={error} again={again} />;
  if (!data) return <Loading />;
  const script = data.items.find((s) => s.name === name) ?? data.items[0];
  if (!script) return <Empty title="No scripts" />;
  return (
    <>
      <div class="bar"><Select label="Script" hush value={script.name} set={setName} options={data.items.map((s) => [s.name, s.name.replace(/_/g, ' ')] as const)} /></div>
      <Preview key={script.name} script={script} />
    </>
  );
}
