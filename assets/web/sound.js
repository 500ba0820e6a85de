// The cartridge's sound, a frame's samples after another, and a few tones of our own.

import { keep, kept } from "/texts.js";

const RATE = 30720, SAMPLES = 512, SILENCE = 128;
const AHEAD = 0.05; // seconds of sound that wait: what comes unevenly must not be heard
const MOST = 0.15; // more would lag behind the picture: samples are left out
const LOUDNESS = 150 / 128 / 2;
const TONES = {
  count: [[440, 0.12]], go: [[880, 0.35]],
  win: [[523, 0.11], [659, 0.11], [784, 0.11], [1047, 0.32]], lose: [[392, 0.16], [330, 0.16], [262, 0.36]],
  signed: [[784, 0.08], [988, 0.08], [1175, 0.2]],
};

export class Sound {
  constructor() {
    this.muted = kept("muted", ["yes"]) === "yes";
    this.context = null;
    this.next = 0;
  }

  // Browsers allow sound only after a press.
  wake() {
    if (!this.context) {
      const Context = window.AudioContext || window.webkitAudioContext;
      if (!Context) return;
      this.context = new Context({ latencyHint: "interactive" });
    }
    if (this.context.state === "suspended") this.context.resume().catch(() => {});
  }

  turn() {
    this.muted = !this.muted;
    keep("muted", this.muted ? "yes" : "no");
  }

  get ready() { return this.context && this.context.state === "running" && !this.muted; }

  play(samples) {
    if (!this.ready) return;
    const now = this.context.currentTime;
    if (this.next < now) this.next = now + AHEAD;
    if (this.next > now + MOST) return;
    const buffer = this.context.createBuffer(1, SAMPLES, RATE);
    const out = buffer.getChannelData(0);
    for (let at = 0; at < SAMPLES; at += 1) out[at] = ((samples[at] - SILENCE) / 128) * LOUDNESS;
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.context.destination);
    source.start(this.next);
    this.next += SAMPLES / RATE;
  }

  effect(name) {
    if (!this.ready) return;
    let at = this.context.currentTime;
    for (const [hertz, seconds] of TONES[name]) {
      const tone = this.context.createOscillator(), level = this.context.createGain();
      tone.frequency.value = hertz;
      level.gain.setValueAtTime(0, at);
      level.gain.linearRampToValueAtTime(0.2, at + 0.006);
      level.gain.setValueAtTime(0.2, at + seconds - 0.006);
      level.gain.linearRampToValueAtTime(0, at + seconds);
      tone.connect(level).connect(this.context.destination);
      tone.start(at);
      tone.stop(at + seconds);
      at += seconds;
    }
  }
}
