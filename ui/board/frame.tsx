// ui/board/frame.tsx - what is around every page: the way to the others, whose board it is, whether
// it is live, and the clock.
import { useComputed } from '@preact/signals';
import { Component, type ComponentChildren, type FunctionComponent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { tryChime } from './lib/alerts';
import { tenant } from './lib/api';
import { calls, counts, waiting } from './lib/board';
import { notices, sound } from './lib/prefs';
import { link as to, route } from './lib/route';
import { business, choose, session, signOut, tenants } from './lib/session';
import { heardAt, link, tryNow } from './lib/stream';
import { clockTime, dayName, inWords, now, zoneName } from './lib/time';
import { Button, Count, Dialog, Failed, Icon, type IconName, Menu, oops, say, Switch, Words } from './parts';

export interface Page {
  id: string;
  title: string;
  icon: IconName;
  key: string; // after g
  page: FunctionComponent;
}

const BAR = 4; // pages in the bar of a phone

function countOf(id: string): number {
  if (id === 'now') return calls.ids.value.length + waiting.ids.value.length;
  if (id === 'threads') return counts.value.threads_open;
  if (id === 'jobs') return counts.value.jobs_active;
  return 0;
}

function Ways({ pages, more }: { pages: readonly Page[]; more: () => void }) {
  const here = route.value.page;
  return (
    <nav class="ways" aria-label="Pages">
      {pages.map((p, i) => (
        <a key={p.id} href={to(p.id)} class={i >= BAR ? 'wide-only' : ''} {...(here === p.id ? { 'aria-current': 'page' as const } : {})} title={`${p.title} (g ${p.key})`}>
          <span class="way-icon"><Icon name={p.icon} /><Count n={countOf(p.id)} tone={p.id === 'now' ? 'bad' : 'mute'} /></span>{p.title}
        </a>
      ))}
      <button type="button" class="narrow-only" aria-haspopup="dialog" data-current={pages.findIndex((p) => p.id === here) >= BAR} onClick={more}>
        <span class="way-icon"><Icon name="more" /></span>More
      </button>
    </nav>
  );
}

function More({ pages, close }: { pages: readonly Page[]; close: () => void }) {
  return (
    <Dialog title="More" close={close}>
      <ul class="more-list">
        {pages.slice(BAR).map((p) => <li key={p.id}><a href={to(p.id)} onClick={close}><Icon name={p.icon} />{p.title}</a></li>)}
      </ul>
    </Dialog>
  );
}

// "Last heard 12 s ago": by the browser's own clock, since the server's is not heard.
function Since() {
  const [, again] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => again((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return <span class="figures">{inWords(Date.now() - heardAt.value)}</span>;
}

function Link() {
  const state = link.value;
  if (state === 'live') return <span class="live" title="Everything here is as it is now"><i />Live</span>;
  if (state === 'starting') return <span class="live waits"><i />Connecting</span>;
  return <span class="live lost"><i />{state === 'offline' ? 'Offline' : 'Reconnecting'}</span>;
}

export function Lost() {
  if (link.value !== 'offline' && link.value !== 'reconnecting') return null;
  return (
    <div class="lostbar" role="status">
      <span><b>{link.value === 'offline' ? 'Nothing is heard from the server.' : 'Connecting again.'}</b> {heardAt.value ? <>Last heard <Since /> ago: what you see is from then.</> : null} {link.value === 'offline' ? 'Calls and texts go on without this page.' : ''}</span>
      <Button kind="quiet" press={tryNow}>Try now</Button>
    </div>
  );
}

function Suspended() {
  if (!business.value?.is_suspended) return null;
  return <div class="lostbar" role="status"><span><b>The host has suspended this business.</b> Calls get the closed script, texts are kept, and nothing is sent.</span></div>;
}

function TimeNow() {
  const time = useComputed(() => clockTime(now.value));
  const day = useComputed(() => `${dayName(now.value)} ${zoneName.value}`);
  return <time class="clock"><strong>{time}</strong><small>{day}</small></time>;
}

async function askNotices(on: boolean): Promise<void> {
  if (on && Notification.permission !== 'granted' && (await Notification.requestPermission()) !== 'granted') {
    say('The browser does not allow notifications for this page.');
    return;
  }
  notices.value = on;
}

function You({ close }: { close: () => void }) {
  const user = session.value!.user;
  return (
    <Dialog title="You" close={close} foot={<Button icon="out" press={() => signOut().catch(oops)}>Sign out</Button>}>
      <p><Words class="named">{user.name || user.login}</Words> <span class="quiet">{user.role}</span></p>
      <Switch label="Sound" hint="when a call rings or a text comes" on={sound.value} set={(on) => { sound.value = on; if (on) tryChime(); }} />
      {'Notification' in window && <Switch label="Notifications" hint="when this page is out of sight" on={notices.value} set={(on) => void askNotices(on)} />}
      <a class="button plain" href={to('settings', ['you'])} onClick={close}>Password</a>
    </Dialog>
  );
}

const SHOWN_KEYS: readonly (readonly [string, string])[] = [
  ['/', 'search'], ['?', 'these keys'], ['Esc', 'close'], ['arrows', 'along a list'],
  ['a', 'Now: acknowledge'], ['p', 'Now: pass on'], ['r', 'Now: reply'], ['c', 'Now: call back'], ['Enter', 'Now: open the thread'],
];
function Keys({ pages, close }: { pages: readonly Page[]; close: () => void }) {
  const all = [...pages.map((p) => [`g ${p.key}`, p.title] as const), ...SHOWN_KEYS];
  return <Dialog title="Keys" wide close={close}><dl class="keys">{all.map(([k, words]) => <div key={k}><dt>{k.split(' ').map((one) => <kbd key={one}>{one}</kbd>)}</dt><dd>{words}</dd></div>)}</dl></Dialog>;
}

const isTyping = (e: KeyboardEvent): boolean => e.target instanceof HTMLElement && (e.target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName));

function useKeys(pages: readonly Page[], showKeys: () => void): void {
  useEffect(() => {
    let g = 0;
    const onKey = (e: KeyboardEvent): void => {
      if (e.ctrlKey || e.metaKey || e.altKey || isTyping(e) || document.querySelector('dialog[open]')) return;
      const page = pages.find((p) => p.key === e.key);
      if (e.key === 'g') g = Date.now();
      else if (page && Date.now() - g < 1500) {
        g = 0;
        e.preventDefault();
        e.stopImmediatePropagation();
        location.hash = to(page.id);
      } else if (e.key === '?') showKeys();
      else if (e.key === '/') {
        e.preventDefault();
        const field = document.querySelector<HTMLElement>('#main input[type=search]');
        if (field) field.focus();
        else location.hash = to('threads', [], { find: '1' });
      }
    };
    addEventListener('keydown', onKey, true);
    return () => removeEventListener('keydown', onKey, true);
  }, []);
}

function Business() {
  const here = business.value;
  if (!here) return <h1>nextring</h1>;
  if (!tenant.value || tenants.value.length < 2) return <h1><Words>{here.name || here.id}</Words></h1>;
  return (
    <h1><Menu head="Business" kind="quiet" choices={tenants.value.map((t) => ({ words: <Words>{t.name || t.id}</Words>, on: t.id === here.id, press: () => choose(t.id) }))}>
      <Words>{here.name || here.id}</Words>
    </Menu></h1>
  );
}

// What fails in one page takes only that page along.
class Guard extends Component<{ children: ComponentChildren }, { error: unknown }> {
  override state = { error: null as unknown };
  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ error });
  }
  render() {
    return this.state.error ? <section class="page"><Failed error={this.state.error} again={() => this.setState({ error: null })} /></section> : this.props.children;
  }
}

export function Frame({ pages }: { pages: readonly Page[] }) {
  const [open, setOpen] = useState<'' | 'more' | 'you' | 'keys'>('');
  const main = useRef<HTMLElement>(null);
  const here = pages.find((p) => p.id === route.value.page);
  useKeys(pages, () => setOpen('keys'));
  useEffect(() => { // whoever reads by ear hears that the page is another
    if (document.activeElement === document.body || document.activeElement?.closest('.ways')) main.current?.focus({ preventScroll: true });
  }, [here?.id]);
  const close = (): void => setOpen('');
  const Here = here?.page;
  return (
    <div class={`frame ${link.value === 'offline' || link.value === 'reconnecting' ? 'stale' : ''}`}>
      <header class="top">
        <Business />
        <Link />
        <span class="grow" />
        <TimeNow />
        <Button icon={sound.value ? 'sound' : 'mute'} kind="quiet" class="wide-only" label={sound.value ? 'Sound is on' : 'Sound is off'} pressed={sound.value} press={() => { sound.value = !sound.value; if (sound.value) tryChime(); }} />
        <Button icon="keys" kind="quiet" class="wide-only" label="Keys" press={() => setOpen('keys')} />
        <Button icon="person" kind="quiet" label="You" press={() => setOpen('you')} />
      </header>
      <Ways pages={pages} more={() => setOpen('more')} />
      <div class="middle">
        <Lost />
        <Suspended />
        <main id="main" ref={main} tabIndex={-1} aria-label={here?.title ?? 'Page'}>
          {Here ? <Guard key={`${here!.id} ${tenant.value ?? ''}`}><Here /></Guard> : <section class="page"><div class="empty"><p>There is no such page</p><a class="button plain" href={to('now')}>To Now</a></div></section>}
        </main>
      </div>
      {open === 'more' && <More pages={pages} close={close} />}
      {open === 'you' && <You close={close} />}
      {open === 'keys' && <Keys pages={pages} close={close} />}
    </div>
  );
}
