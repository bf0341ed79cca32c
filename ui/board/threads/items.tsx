// ui/board/threads/items.tsx - one row of a thread: a text, a call, a voicemail, a job, an event.
import { useSignal } from '@preact/signals';
import { address } from '../lib/api';
import { operatorName } from '../lib/people';
import { link } from '../lib/route';
import type { Call, Item, Media, Message } from '../lib/rows';
import { clockTime, fullTime } from '../lib/time';
import { Dialog, Icon, Words } from '../parts';
import { byWhom, kindWords } from '../log/words';
import { callWords, deliveryWords, hasFailed, reasonWords, rungWords } from './words';

const OURS = /^(reply|customer)$/;

const Time = ({ at }: { at: string }) => <time dateTime={at} title={`${fullTime(at)} · ${at}`}>{clockTime(at)}</time>;

// The addresses in a text, apart from the rest of it: only those that a browser would open.
function Body({ text }: { text: string }) {
  return (
    <p><bdi dir="auto">{text.split(/(https?:\/\/[^\s<>"]{4,500})/).map((part, i) =>
      (i % 2 ? <a key={i} href={part} target="_blank" rel="noopener noreferrer nofollow">{part}</a> : part))}</bdi></p>
  );
}

function Photo({ medium, n }: { medium: Media; n: number }) {
  const url = address(medium.url);
  const large = useSignal(false);
  const broken = useSignal(!!medium.type && !medium.type.startsWith('image/'));
  if (broken.value)
    return <a class="threads-file" href={url} target="_blank" rel="noopener noreferrer" download><Icon name="download" />{medium.type ? <Words>{medium.type}</Words> : `Attachment ${n}`}</a>;
  return (
    <>
      <button type="button" class="threads-photo" aria-label={`Photo ${n}, open it large`} onClick={() => { large.value = true; }}>
        <img src={url} alt="" loading="lazy" onError={() => { broken.value = true; }} />
      </button>
      {large.value && (
        <Dialog title={`Photo ${n}`} close={() => { large.value = false; }}>
          <img class="threads-large" src={url} alt={`Photo ${n}`} />
          <a href={url} target="_blank" rel="noopener noreferrer">Open it by itself</a>
        </Dialog>
      )}
    </>
  );
}

function Text({ m }: { m: Message & { at: string; note?: string | null } }) {
  const mine = OURS.test(m.kind);
  const failed = mine && hasFailed(m.delivery);
  const who = byWhom(m.note) || (mine ? (m.operator ? operatorName(m.operator) : m.kind === 'reply' ? 'The office' : 'Automatic') : m.kind === 'crew' ? 'The crew' : '');
  return (
    <div class={`threads-text ${mine ? 'mine' : ''} ${failed ? 'failed' : ''}`}>
      {(m.media ?? []).map((medium, i) => <Photo key={medium.url} medium={medium} n={i + 1} />)}
      {m.body && <Body text={m.body} />}
      <small>
        {who && <><Words>{who}</Words> · </>}<Time at={m.at} />
        {mine && m.delivery && <> · <span class={failed ? 'bad' : ''}>{deliveryWords(m.delivery, m.error)}</span></>}
        {m.kind === 'held_back' && ' · held back, nobody was told'}
        {m.is_late && ' · found late at the carrier'}
        {m.is_duplicate && ' · may arrive twice'}
      </small>
    </div>
  );
}

function Sound({ src, seconds, words }: { src: string; seconds?: number | null | undefined; words: string }) {
  return (
    <p class="threads-sound"><audio controls preload="none" src={address(src)} aria-label={words} />{!!seconds && <small>{seconds} s</small>}</p>
  );
}

function Ladder({ call }: { call: Call }) {
  const plan = call.plan ?? [];
  const out = call.left_out ?? [];
  if (!plan.length && !out.length) return null;
  return (
    <details>
      <summary>Who was asked</summary>
      <ol>
        {plan.map((r, i) => <li key={i}><Words>{r.name ?? operatorName(r.operator)}</Words> <small>{rungWords(r)}, {r.ring_seconds} s, {reasonWords(r.reason)}</small></li>)}
        {out.map((r, i) => <li key={`o${i}`} class="out"><Words>{r.name ?? operatorName(r.operator)}</Words> <small>left out: {reasonWords(r.reason)}</small></li>)}
      </ol>
    </details>
  );
}

function CallCard({ c }: { c: Call }) {
  const said = callWords(c, c.accepted_by ? operatorName(c.accepted_by) : '');
  return (
    <div class={`threads-call ${said.isMissed ? 'missed' : ''}`}>
      <Icon name={c.outcome === 'voicemail' ? 'voicemail' : 'phone'} />
      <div>
        <p><b><Words>{said.words}</Words></b>{said.more && `, ${said.more}`} <Time at={c.started_at} /></p>
        {c.recording_url && <Sound src={c.recording_url} seconds={c.recording_s} words="Voicemail" />}
        {c.transcript && <blockquote><Words>{c.transcript}</Words></blockquote>}
        <Ladder call={c} />
      </div>
    </div>
  );
}

export function Row({ item }: { item: Item }) {
  if (item.type === 'message') return <Text m={item} />;
  if (item.type === 'call') return <CallCard c={item} />;
  const words = kindWords(item.kind, operatorName(item.operator) || byWhom(item.detail));
  const why = item.is_alarm && typeof item.detail === 'string' ? `: ${item.detail}` : '';
  return (
    <p class={`threads-line ${item.is_alarm ? 'loud' : ''}`}>
      {item.type === 'job' && <><a href={link('jobs', [item.job_id])}><Words>{`Job ${item.job_id}`}</Words></a> <Words>{item.title}</Words> · </>}
      <Words>{words + why}</Words> · <Time at={item.at} />
    </p>
  );
}
