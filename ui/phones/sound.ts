// ui/phones/sound.ts - what one hears: the bell, a text's ping, and the prompts read aloud.
// Sounds are made, not loaded. A browser keeps them back until somebody has touched the page.
import { effect } from '@preact/signals';
import { isRinging, liveCalls, phones, say, texts, type Call } from './model';
import { hidden, sound, voice } from './prefs';
import { ignored } from './view';

let audio: AudioContext | undefined;
let bell = 0;

function wake(): void {
  audio ??= new AudioContext();
  if (audio.state === 'suspended') void audio.resume();
}

// A soft tone: two sines that swell and fade.
function tone(frequencies: number[], at: number, seconds: number, loudness: number): void {
  if (!audio) return;
  const gain = audio.createGain();
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(loudness, at + 0.04);
  gain.gain.setValueAtTime(loudness, at + seconds - 0.12);
  gain.gain.linearRampToValueAtTime(0, at + seconds);
  gain.connect(audio.destination);
  for (const frequency of frequencies) {
    const source = audio.createOscillator();
    source.frequency.value = frequency;
    source.connect(gain);
    source.start(at);
    source.stop(at + seconds);
  }
}

let hinted = false;
function ringOnce(): void {
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([350, 150, 350]);
  if (audio?.state !== 'running') {
    if (!hinted) say('Touch the page once, and it rings aloud.');
    hinted = true;
    return;
  }
  const t = audio.currentTime;
  tone([523, 659], t, 0.5, 0.07);
  tone([523, 659], t + 0.65, 0.5, 0.07);
}

export function key(): void {
  if (sound.value && audio?.state === 'running') tone([697, 1209], audio.currentTime, 0.16, 0.03);
}

// Who makes a sound: a phone on this page that rings, is not silent and was not ignored.
export function rings(call: Call): boolean {
  return isRinging(call) && !ignored.value.has(call.sid) && !hidden.value.includes(call.phone) &&
    !phones.value.get(call.phone)?.silent;
}

let told = 0;
function ping(): void {
  const arrived = [...texts.value.values()].filter((t) => !t.placed && t.arrived_ms && !hidden.value.includes(t.phone) && !phones.value.get(t.phone)?.silent).length;
  if (told && arrived > told && sound.value && audio?.state === 'running') {
    tone([880], audio.currentTime, 0.14, 0.05);
    tone([1175], audio.currentTime + 0.1, 0.2, 0.05);
  }
  told = arrived || 1;
}

// How many words of each call have been read, so that each is read once.
const read = new Map<string, number>();
let started = false;
function readAloud(): void {
  for (const call of liveCalls.value) {
    const heard = call.said.filter((s) => s.by === 'line' || s.by === 'other');
    const from = read.get(call.sid) ?? (started ? 0 : heard.length);
    read.set(call.sid, heard.length);
    if (!voice.value || hidden.value.includes(call.phone) || call.kept_by) continue;
    for (const { words } of heard.slice(from))
      if (!words.startsWith('[')) speechSynthesis.speak(new SpeechSynthesisUtterance(words));
  }
  if (!voice.value && 'speechSynthesis' in window) speechSynthesis.cancel();
  started = true;
}

export function startSound(): void {
  for (const what of ['pointerdown', 'keydown']) addEventListener(what, wake, { passive: true });
  effect(() => {
    const wanted = sound.value && liveCalls.value.some(rings);
    if (wanted && !bell) {
      ringOnce();
      bell = window.setInterval(ringOnce, 3000);
    } else if (!wanted && bell) {
      clearInterval(bell);
      bell = 0;
      if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(0);
    }
  });
  effect(ping);
  if ('speechSynthesis' in window) effect(readAloud);
}
