// ui/board/enter/enter.tsx - the door: signing in, setting up from a link, signing in again.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ApiError, send, why } from '../lib/api';
import { route } from '../lib/route';
import { lookWhoIsHere, sendCode, session, setUp, signIn, trouble } from '../lib/session';
import { inWords } from '../lib/time';
import { Button, Dialog, Failed, Field, Loading, Words } from '../parts';
import './enter.css';

const PASSWORD_MIN = 12;

// Words for a password; the server decides.
function strength(password: string): { words: string; level: 0 | 1 | 2 | 3 } {
  if (!password) return { words: `At least ${PASSWORD_MIN} characters. Four or five words that have nothing to do with each other are good.`, level: 0 };
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/].filter((k) => k.test(password)).length;
  const different = new Set(password).size;
  const size = [...password].length;
  if (size < PASSWORD_MIN) return { words: `${PASSWORD_MIN - size} more ${PASSWORD_MIN - size === 1 ? 'character' : 'characters'}.`, level: 1 };
  if (different < 6 || /^(.{1,4})\1+$/.test(password) || /^(0123|1234|abcd|qwer|pass)/i.test(password)) return { words: 'Long enough, but easy to guess.', level: 1 };
  if (size >= 20 || (size >= 15 && kinds > 1)) return { words: 'Strong.', level: 3 };
  return { words: kinds > 2 || size >= 16 ? 'Good.' : 'Good enough; longer is stronger.', level: 2 };
}
function Strength({ password }: { password: string }) {
  const { words, level } = strength(password);
  return <span class="enter-strength">{level > 0 && <meter min={0} max={3} value={level} data-level={level} aria-hidden="true" />}{words}</span>;
}

// After too many tries: how long the door stays shut, counting down.
function useLock() {
  const left = useSignal(0);
  const timer = useRef(0);
  useEffect(() => () => clearInterval(timer.current), []);
  return {
    left,
    lock(seconds: number): void {
      const until = Date.now() + seconds * 1000;
      const look = (): void => {
        left.value = Math.max(0, Math.ceil((until - Date.now()) / 1000));
        if (!left.value) clearInterval(timer.current);
      };
      clearInterval(timer.current);
      timer.current = window.setInterval(look, 500);
      look();
    },
  };
}

function SignIn({ login: fixed }: { login?: string }) {
  const login = useSignal(fixed ?? '');
  const secret = useSignal('');
  const byCode = useSignal(false);
  const sent = useSignal(false);
  const wrong = useSignal('');
  const busy = useSignal(false);
  const { left, lock } = useLock();
  const go = async (e: Event): Promise<void> => {
    e.preventDefault();
    if (busy.value || left.value) return;
    wrong.value = '';
    busy.value = true;
    try {
      if (byCode.value && !sent.value) {
        await sendCode(login.value.trim());
        sent.value = true;
      } else await signIn(login.value.trim(), byCode.value ? { code: secret.value.replace(/\s/g, '') } : { password: secret.value });
    } catch (failed) {
      if (failed instanceof ApiError && failed.status === 429) lock(failed.retryAfter || 60);
      wrong.value = failed instanceof ApiError && failed.status === 401
        ? byCode.value ? 'That code is not right, or it is too old.' : 'Login and password do not fit together.'
        : failed instanceof ApiError && failed.status === 429 ? '' : why(failed);
      if (!byCode.value) secret.value = '';
    }
    busy.value = false;
  };
  const turn = (): void => {
    byCode.value = !byCode.value;
    secret.value = wrong.value = '';
    sent.value = false;
  };
  return (
    <form class="enter-form" onSubmit={go}>
      {fixed ? <input type="text" name="username" autocomplete="username" value={fixed} readOnly hidden /> : <Field label="Login" name="username" autocomplete="username" autocapitalize="none" spellcheck={false} required autofocus value={login.value} set={(v) => { login.value = v; }} />}
      {!byCode.value && <Field label="Password" type="password" name="password" autocomplete="current-password" required autofocus={!!fixed} value={secret.value} set={(v) => { secret.value = v; }} wrong={wrong.value} />}
      {byCode.value && sent.value && <Field label="Code" hint="We texted it to your phone. It is good for a few minutes." inputMode="numeric" autocomplete="one-time-code" required autofocus value={secret.value} set={(v) => { secret.value = v; }} wrong={wrong.value} />}
      {byCode.value && !sent.value && wrong.value && <p class="bad" role="alert">{wrong.value}</p>}
      {left.value > 0 && <p class="bad" role="alert">Too many tries. Again in <span class="figures">{inWords(left.value * 1000)}</span>.</p>}
      <Button submit wide kind="strong" busy={busy.value} disabled={left.value > 0}>{byCode.value && !sent.value ? 'Text me a code' : 'Sign in'}</Button>
      <Button wide kind="quiet" press={turn}>{byCode.value ? 'Use the password' : 'Get a code by text'}</Button>
    </form>
  );
}

function SetUp({ token }: { token: string }) {
  const who = useSignal<{ login: string; name: string } | null>(null);
  const failed = useSignal<unknown>(null);
  const first = useSignal(''), second = useSignal('');
  const wrong = useSignal('');
  const busy = useSignal(false);
  const look = async (): Promise<void> => {
    failed.value = null;
    try {
      who.value = await send<{ login: string; name: string }>('POST', 'setup/look', { token }, { open: true });
    } catch (e) {
      failed.value = e;
    }
  };
  useEffect(() => void look(), [token]);
  const go = async (e: Event): Promise<void> => {
    e.preventDefault();
    if (busy.value) return;
    wrong.value = first.value !== second.value ? 'The two are not the same.' : '';
    if (wrong.value) return;
    busy.value = true;
    try {
      await setUp(token, first.value);
      history.replaceState(null, '', '#/now'); // the link is used up, and stays in no history
      dispatchEvent(new HashChangeEvent('hashchange'));
    } catch (e2) {
      wrong.value = why(e2);
    }
    busy.value = false;
  };
  if (failed.value) {
    const gone = failed.value instanceof ApiError && failed.value.status > 0 && failed.value.status < 500;
    return gone ? (
      <>
        <h1>This link does not work any more</h1>
        <p class="quiet">It was used already, or it is too old. {why(failed.value)}</p>
        <p class="quiet">Ask an admin for a new one, or make it on the machine: <code>nextring user link</code>.</p>
        <a class="button plain" href="#/now">To signing in</a>
      </>
    ) : <Failed error={failed.value} again={look} />;
  }
  if (!who.value) return <Loading rows={2} />;
  return (
    <>
      <h1>Welcome<Words>{who.value.name ? `, ${who.value.name}` : ''}</Words></h1>
      <p class="quiet">Choose a password. You sign in as <b><Words>{who.value.login}</Words></b>.</p>
      <form class="enter-form" onSubmit={go}>
        <input type="text" name="username" autocomplete="username" value={who.value.login} readOnly hidden />
        <Field label="Password" type="password" name="new" autocomplete="new-password" required autofocus minLength={PASSWORD_MIN} value={first.value} set={(v) => { first.value = v; wrong.value = ''; }} hint={<Strength password={first.value} />} />
        <Field label="Once more" type="password" name="again" autocomplete="new-password" required value={second.value} set={(v) => { second.value = v; wrong.value = ''; }} wrong={wrong.value} />
        <Button submit wide kind="strong" busy={busy.value}>Save and go to the board</Button>
      </form>
    </>
  );
}

export function Enter() {
  const { page, rest } = route.value;
  return (
    <main class="enter">
      <div class="card enter-card">
        <p class="enter-mark"><i aria-hidden="true" />nextring</p>
        {page === 'setup' && rest[0] ? <SetUp token={rest[0]} /> : trouble.value ? <Failed error={trouble.value} again={lookWhoIsHere} /> : <><h1>Sign in to the board</h1><SignIn /></>}
      </div>
    </main>
  );
}

// The session has ended while somebody works: nothing of it is lost behind this.
export function SignInAgain() {
  if (!session.value) return null;
  return (
    <Dialog title="Please sign in again">
      <p class="quiet">Your session has ended. What you were writing is still there, and goes on where it was.</p>
      <SignIn login={session.value.user.login} />
      <Button wide kind="quiet" press={() => location.reload()}>I am somebody else</Button>
    </Dialog>
  );
}
