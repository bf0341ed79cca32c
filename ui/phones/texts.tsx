// ui/phones/texts.tsx - a phone's texts: threads by the other number, and what one writes.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { LinePicker } from './calls';
import { act, lines, now, say, texts, type Medium, type Phone, type Text } from './model';
import { Avatar, Icon, IconButton, Log, Words } from './parts';
import { drafts, isUnread, markRead, openThread, threadKey, threads } from './view';
import { hasFailed, nameOf, parted, pretty, receiptWords, shortTime } from './words';

const MEDIA_MAX = 5;
const PHOTO_BYTES = 600_000; // larger ones are made smaller, as phones do
const PHOTO_SIDE = 1600;

function textsOf(number: string): Text[] {
  return [...texts.value.values()].filter((t) => t.phone === number);
}

// ---- threads ----

function Thread({ phone, other, all }: { phone: string; other: string; all: Text[] }) {
  const last = all.at(-1)!;
  const news = all.filter((t) => !t.placed && t.arrived_ms && isUnread(threadKey(phone, other), t.arrived_ms)).length;
  return (
    <li>
      <button type="button" class={`thread ${news ? 'news' : ''}`} onClick={() => openThread(phone, other)}>
        <Avatar name={nameOf(other)} />
        <span class="grow">
          <Words>{nameOf(other)}</Words>
          <small><Words>{last.body.slice(0, 120) || 'Photo'}</Words></small>
        </span>
        <span class="side"><time class="figures">{shortTime(last.at_ms, now.peek())}</time>
          {news > 0 && <b class="count" aria-label={`${news} unread`}>{news}</b>}</span>
      </button>
    </li>
  );
}

function Threads({ phone }: { phone: Phone }) {
  const byOther = new Map<string, Text[]>();
  for (const t of textsOf(phone.number)) byOther.set(t.other, [...(byOther.get(t.other) ?? []), t]);
  const sorted = [...byOther].sort((a, b) => b[1].at(-1)!.at_ms - a[1].at(-1)!.at_ms);
  return (
    <div class="view">
      {sorted.length ? <ul class="scroll">{sorted.map(([other, all]) => <Thread key={other} phone={phone.number} other={other} all={all} />)}</ul>
        : <div class="scroll"><div class="empty"><Icon name="text" /><p>No texts yet</p><small>Those to and from this number appear here.</small></div></div>}
      <div class="dialler"><button type="button" class="pill strong wide" onClick={() => openThread(phone.number, lines.value.length === 1 ? lines.value[0] : '')}><Icon name="plus" />New text</button></div>
    </div>
  );
}

// ---- one thread ----

function Media({ media }: { media: Medium[] }) {
  return (
    <>
      {media.map((m) => m.bytes && m.type.startsWith('image/')
        ? <img key={m.key} src={`/sim/photos/${m.key}`} alt="Photo" loading="lazy" />
        : <span key={m.key} class="file"><Icon name="photo" /><Words>{m.type || 'a file'}</Words>{m.bytes ? ` ${Math.ceil(m.bytes / 1024)} kB` : ''}</span>)}
    </>
  );
}

function Bubble({ text }: { text: Text }) {
  const pending = !text.placed && (text.state === 'queued' || text.state === 'sent');
  return (
    <div class={`bubble ${text.placed ? 'mine' : ''} ${hasFailed(text) ? 'failed' : ''} ${pending ? 'pending' : ''}`}>
      {text.media.length > 0 && <Media media={text.media} />}
      {text.body && <p><bdi dir="auto">{parted(text.body).map((p, i) => (p.link ? <a key={i} href={p.text} target="_blank" rel="noopener noreferrer">{p.text}</a> : p.text))}</bdi></p>}
      <small class="figures">{receiptWords(text)}</small>
    </div>
  );
}

interface Photo { type: string; base64: string; address: string }

function readFile(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Error('the file cannot be read'));
    reader.readAsDataURL(blob);
  });
}

async function smaller(file: File): Promise<Blob> {
  if (file.size <= PHOTO_BYTES || file.type === 'image/gif') return file;
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, PHOTO_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => { canvas.toBlob((blob) => resolve(blob ?? file), 'image/jpeg', 0.82); });
}

async function photoOf(file: File): Promise<Photo> {
  const blob = await smaller(file);
  const address = await readFile(blob);
  return { type: blob.type || 'application/octet-stream', base64: address.slice(address.indexOf(',') + 1), address };
}

function Composer({ phone, to }: { phone: Phone; to: string }) {
  const draftKey = `text ${phone.number} ${to}`;
  const body = useSignal(drafts.get(draftKey) ?? '');
  const photos = useSignal<Photo[]>([]);
  const busy = useSignal(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const write = (text: string): void => {
    body.value = text;
    drafts.set(draftKey, text);
  };
  useEffect(() => {
    const a = area.current;
    if (!a) return;
    a.style.height = 'auto';
    a.style.height = `${Math.min(a.scrollHeight, 120)}px`;
  }, [body.value]);
  const choose = async (files: FileList | null): Promise<void> => {
    for (const one of [...(files ?? [])].slice(0, MEDIA_MAX - photos.value.length))
      try {
        photos.value = [...photos.value, await photoOf(one)];
      } catch {
        say(`${one.name} is no picture that can be read.`);
      }
    if (file.current) file.current.value = '';
  };
  const send = async (): Promise<void> => {
    if (busy.value || !to.trim() || (!body.value.trim() && !photos.value.length)) return;
    busy.value = true;
    const media = photos.value.map(({ type, base64 }) => ({ type, base64 }));
    const sent = await act(phone.number, 'text', { to, body: body.value, ...(media.length ? { media } : {}) });
    busy.value = false;
    if (!sent) return;
    write('');
    photos.value = [];
  };
  return (
    <form class="compose texting" onSubmit={(e) => { e.preventDefault(); void send(); }}>
      {photos.value.length > 0 && (
        <div class="attached">
          {photos.value.map((p, i) => (
            <button key={i} type="button" aria-label="Remove this photo" title="Remove" onClick={() => { photos.value = photos.value.filter((_, k) => k !== i); }}>
              <img src={p.address} alt="" /><Icon name="close" />
            </button>
          ))}
        </div>
      )}
      <input ref={file} type="file" accept="image/*" multiple hidden onChange={(e) => void choose(e.currentTarget.files)} />
      <IconButton icon="photo" label="Add a photo" press={() => file.current?.click()} />
      <textarea ref={area} class="field" rows={1} aria-label="Text" placeholder="Text" maxLength={2000} value={body.value}
        onInput={(e) => write(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key !== 'Enter' || e.shiftKey || e.isComposing) return;
          e.preventDefault();
          void send();
        }} />
      <button class="round strong" aria-label="Send" title="Send" disabled={busy.value || !to.trim() || (!body.value.trim() && !photos.value.length)}><Icon name="send" /></button>
    </form>
  );
}

function Opened({ phone, other }: { phone: Phone; other: string }) {
  const all = textsOf(phone.number).filter((t) => t.other === other);
  const arrived = Math.max(0, ...all.map((t) => (t.placed ? 0 : t.arrived_ms)));
  useEffect(() => { markRead(threadKey(phone.number, other), arrived); }, [arrived, other, phone.number]);
  return (
    <div class="view">
      <div class="viewhead">
        <IconButton icon="back" label="All texts" press={() => openThread(phone.number, undefined)} />
        <h3><Words>{nameOf(other)}</Words></h3>
      </div>
      <Log class="bubbles" count={all.length} label={`Texts with ${nameOf(other)}`}>
        {all.map((text) => <Bubble key={text.sid} text={text} />)}
      </Log>
      <Composer key={other} phone={phone} to={other} />
    </div>
  );
}

function Begun({ phone }: { phone: Phone }) {
  const to = useSignal(pretty(lines.value[0] ?? ''));
  const done = (): void => {
    const line = lines.value.find((l) => l.endsWith(to.value.replace(/\D/g, '') || 'x'));
    openThread(phone.number, line ?? to.value.trim());
  };
  return (
    <div class="view">
      <div class="viewhead">
        <IconButton icon="back" label="All texts" press={() => openThread(phone.number, undefined)} />
        <h3>New text</h3>
      </div>
      <form class="scroll begin" onSubmit={(e) => { e.preventDefault(); done(); }}>
        <label for={`new-${phone.number}`}>To</label>
        <LinePicker id={`new-${phone.number}`} value={to.value} set={(v) => { to.value = v; }} />
        <button class="pill strong" disabled={!to.value.trim()}>Write</button>
      </form>
    </div>
  );
}

export function Texts({ phone }: { phone: Phone }) {
  const other = threads.value.get(phone.number);
  if (other === undefined) return <Threads phone={phone} />;
  return other ? <Opened phone={phone} other={other} /> : <Begun phone={phone} />;
}
