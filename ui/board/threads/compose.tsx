// ui/board/threads/compose.tsx - the box in which one writes to a customer.
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { operators } from '../lib/people';
import { session } from '../lib/session';
import { now } from '../lib/time';
import { Icon } from '../parts';
import { segmentsOf } from './segments';
import { reply, type Story } from './story';

const MOST = 1500; // characters; the carrier takes 1600
const AREA_PX = 160;
const kept = new Map<string, string>(); // what was begun, by thread, while the page is open

const mine = (): string => session.value?.user.operator ?? '';

function countWords(body: string): string {
  const { plain, units, count, odd } = segmentsOf(body);
  if ([...body].length > MOST) return `${[...body].length - MOST} characters too many`;
  const size = count === 1 ? `${units} of ${plain ? 160 : 70}` : `${count} segments`;
  return plain ? size : `${size} · “${odd.trim() || '…'}” leaves room for ${count === 1 ? 70 : 67} a segment, not ${count === 1 ? 160 : 153}`;
}

export function Compose({ story }: { story: Story }) {
  const body = useSignal(kept.get(story.id) ?? '');
  const as = useSignal<string>(mine());
  const area = useRef<HTMLTextAreaElement>(null);
  const write = (text: string): void => {
    body.value = text;
    kept.set(story.id, text);
  };
  useLayoutEffect(() => {
    const box = area.current!;
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight + 2, AREA_PX)}px`;
  }, [body.value]);
  const good = body.value.trim() !== '' && [...body.value].length <= MOST;
  const go = (): void => {
    if (!good) return;
    void reply(story, body.value.trim(), as.value, now.peek());
    write('');
    area.current?.focus();
  };
  return (
    <form class="threads-compose" onSubmit={(e) => { e.preventDefault(); go(); }}>
      <div>
        <textarea ref={area} rows={1} aria-label="Text to the customer" placeholder="Write a text" aria-describedby="threads-count" value={body.value}
          onInput={(e) => write(e.currentTarget.value)}
          onKeyDown={(e) => {
            if (e.key !== 'Enter' || e.shiftKey || e.isComposing || matchMedia('(pointer: coarse)').matches) return;
            e.preventDefault();
            go();
          }} />
        <button class="threads-send" aria-label="Send the text" title="Send (Enter)" disabled={!good}><Icon name="send" /></button>
      </div>
      <p>
        <label>As <select aria-label="As whom it is sent" value={as.value} onChange={(e) => { as.value = e.currentTarget.value; }}>
          {!mine() && <option value="">the office</option>}
          {operators.value.map((o) => <option key={o.id} value={o.id}>{o.name}</option>)}
        </select></label>
        <span id="threads-count" class="figures">{body.value ? countWords(body.value) : ''}</span>
      </p>
    </form>
  );
}
