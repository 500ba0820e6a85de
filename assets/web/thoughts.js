// What the network thinks, drawn at the screen's own resolution; as in the window's overlay.

import { decimal, say } from "/texts.js";

const HISTORY = 150; // decisions, ten seconds
const GLANCE = 8; // decisions, half a second: how long words stay at least
const SCALE_FALL = 0.998;
const FAIRLY = 0.15, VERY = 0.4, STEPS = 5, MOST_SURE = 0.75;
// From left to right like a joystick, so that each bar is on the side of its action.
const ORDER = [5, 3, 0, 1, 2, 4];
const WAYS = [0, 0, 1, -1, 1, -1], FIRES = [false, true, false, false, true, true];
const CALM = 0, THREATENED = 1, HUNTING = 2;
const WINDOW = 8, FALL = 1.0, RISE = 0.75, HOLD = 22; // of the mood: game/play/mood.py

// The recent decisions of one network.
export class History {
  constructor() {
    this.values = [];
    this.hits = [];
    this.deaths = [];
    this.made = 0;
    this.thought = null;
    this.action = 0;
    this.intent = 0;
    this.margin = 0;
    this.qScale = 1;
    this.advantageScale = 0.05;
    this.recent = [];
    this.mood = new MoodReader();
    this.score = null;
    this.lives = null;
    this.fresh = 0; // hits since the last decision
  }

  // Adds one frame of the network's seat; returns whether there is something new to draw.
  update(seat) {
    if (this.score !== null && seat.score > this.score) { this.hits.push(this.made); this.fresh += 1; }
    if (this.lives !== null && seat.lives < this.lives) { this.deaths.push(this.made); this.mood.reset(); }
    this.score = seat.score;
    this.lives = seat.lives;
    for (const marks of [this.hits, this.deaths]) {
      while (marks.length && marks[0] < this.made - HISTORY) marks.shift();
    }
    if (!seat.thought) return false;
    const { q, value, advantage, discount } = seat.thought;
    this.thought = seat.thought;
    this.action = seat.action;
    this.made += 1;
    this.values.push(value);
    if (this.values.length > HISTORY) this.values.shift();
    this.mood.update(value, this.fresh, discount);
    this.fresh = 0;
    const [best, second] = [...q].sort((a, b) => b - a);
    this.recent.push({ action: seat.action, gap: best - second });
    if (this.recent.length > GLANCE) this.recent.shift();
    if (this.made % GLANCE === 1) this.glance();
    this.qScale = Math.max(1, best * 1.1, this.qScale * SCALE_FALL);
    const spread = Math.max(...advantage.map(Math.abs));
    this.advantageScale = Math.max(0.05, spread, this.advantageScale * SCALE_FALL);
    return true;
  }

  glance() {
    const counts = new Map();
    for (const { action } of this.recent) counts.set(action, (counts.get(action) || 0) + 1);
    this.intent = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most))[0];
    this.margin = this.recent.reduce((sum, { gap }) => sum + gap, 0) / this.recent.length;
  }
}

// Better or worse than expected half a second ago: a temporal-difference error.
class MoodReader {
  constructor() { this.mood = CALM; this.values = []; this.hits = []; this.held = 0; }
  reset() { this.values = []; this.hits = []; }

  update(value, hits, discount) {
    if (this.values.length) this.hits.push(hits);
    if (this.hits.length > WINDOW) this.hits.shift();
    this.values.push(value);
    if (this.values.length > WINDOW + 1) this.values.shift();
    const came = this.hits.reduce((sum, made, ahead) => sum + made * discount ** ahead, 0);
    const change = came + discount ** this.hits.length * value - this.values[0];
    const caused = change <= -FALL ? THREATENED : change >= RISE ? HUNTING : CALM;
    const lasts = (this.mood === THREATENED && change < 0) || (this.mood === HUNTING && change > 0);
    this.held += 1;
    if (caused === this.mood) this.held = caused === CALM ? this.held : 0;
    else if (caused === THREATENED || (this.held >= HOLD && !lasts)) { this.mood = caused; this.held = 0; }
  }
}

export class Panel {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
  }

  place(place) {
    this.canvas.hidden = !place || place.height < 56;
    if (this.canvas.hidden) return;
    const { x, y, width, height } = place;
    const ratio = window.devicePixelRatio || 1;
    Object.assign(this.canvas.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
    [this.canvas.width, this.canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    this.size = { width, height, ratio };
    this.most = Math.max(1, Math.min(innerWidth / 1280, innerHeight / 720)); // of a text's usual size
    const style = getComputedStyle(document.documentElement);
    const ink = (name) => style.getPropertyValue(`--${name}`).trim();
    this.ink = Object.fromEntries(["background", "panel", "line", "text", "muted", "human", "agent", "warning"]
      .map((name) => [name, ink(name)]));
  }

  draw(history, level, lines) {
    if (this.canvas.hidden || !this.size) return;
    const { width, height, ratio } = this.size, c = this.context;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, width, height);
    box(c, 0.5, 0.5, width - 1, height - 1, 10, this.ink.panel);
    c.lineWidth = 1;
    c.strokeStyle = this.ink.line;
    c.stroke();
    const inner = { x: 14, y: 10, w: width - 28, h: height - 20 };
    if (width < 240 || height < 130) Object.assign(inner, { x: 8, y: 6, w: width - 16, h: height - 12 });
    if (lines) this.lines(inner, lines);
    else if (!history || !history.thought) this.words(say("Not playing yet"), inner.x + inner.w / 2, inner.y + inner.h / 2, 20, this.ink.muted, "center", inner.w);
    else if (level === "detailed" && (width >= 240 || height >= 240)) this.detailed(inner, history);
    else this.simple(inner, history);
  }

  words(text, x, y, size, colour, align = "left", room = Infinity) {
    const c = this.context;
    let high = size;
    do {
      c.font = `${high}px "Barlow Condensed", "M PLUS 1", sans-serif`;
      high -= 1;
    } while (high > size / 2 && c.measureText(text).width > room);
    c.textAlign = align;
    c.textBaseline = "middle";
    c.fillStyle = colour;
    c.fillText(text, x, y);
    return c.measureText(text).width;
  }

  // Pairs of label and text.
  lines({ x, y, w, h }, pairs) {
    const row = Math.min(38 * this.most, h / pairs.length), size = Math.min(22 * this.most, row * 0.7);
    const top = y + (h - row * pairs.length) / 2;
    pairs.forEach(([label, text], at) => {
      const middle = top + at * row + row / 2;
      if (w < 240) { // a phone's: the text says it alone
        this.words(text, x + w / 2, middle, Math.min(size, 15), this.ink.text, "center", w - 4);
        return;
      }
      this.words(label, x + 4, middle, size, this.ink.human, "left", w * 0.3);
      this.words(text, x + w * 0.36, middle, size, this.ink.text, "left", w * 0.62);
    });
  }

  simple({ x, y, w, h }, history) {
    const mood = history.mood.mood;
    const tone = [this.ink.muted, this.ink.warning, this.ink.agent][mood];
    const sure = history.margin < FAIRLY ? say("low") : history.margin < VERY ? say("medium") : say("high");
    const blocks = [
      [say("Its move"), actionWords(history.intent), this.ink.text, (b) => this.action(b, history.intent, this.ink.text)],
      [say("Confidence"), sure, this.ink.text, (b) => this.steps(b, history.margin)],
      [say("How it's going"), moodWords(mood), tone, (b) => this.moodSign(b, mood, tone)],
    ];
    const wide = w > h;
    blocks.forEach(([caption, words, colour, draw], at) => {
      const b = wide ? { x: x + (at * w) / 3, y, w: w / 3, h } : { x, y: y + (at * h) / 3, w, h: h / 3 };
      if (at) line(this.context, b.x, b.y, wide ? b.x : b.x + b.w, wide ? b.y + b.h : b.y, this.ink.line, 1);
      const text = Math.max(11, Math.min(19 * this.most, b.h * 0.17)), loud = Math.max(13, Math.min(32 * this.most, b.h * 0.24));
      const middle = b.x + b.w / 2;
      this.words(caption, middle, b.y + text * 0.75, text, this.ink.muted, "center", b.w - 8);
      this.words(words, middle, b.y + b.h - loud * 0.65, loud, colour, "center", b.w - 8);
      const room = b.h - text * 1.5 - loud * 1.3;
      if (room > 12) draw({ x: b.x + 8, y: b.y + text * 1.5, w: b.w - 16, h: room });
    });
  }

  detailed({ x, y, w, h }, history) {
    const wide = w > h;
    const actions = wide ? { x, y, w: w * 0.56, h } : { x, y, w, h: h * 0.6 };
    const value = wide ? { x: x + w * 0.56 + 14, y, w: w * 0.44 - 14, h } : { x, y: y + h * 0.6 + 10, w, h: h * 0.4 - 10 };
    this.actions(actions, history);
    this.value(value, history);
  }

  actions({ x, y, w, h }, history) {
    const c = this.context, { q, advantage } = history.thought;
    const text = Math.max(10, Math.min(17 * this.most, h * 0.09)), sign = Math.max(18, Math.min(46 * this.most, h / 6));
    this.words(say("Expected hits (Q) and advantage (A)"), x, y + text / 2, text, this.ink.muted, "left", w);
    const top = y + text * 1.3, body = h - text * 1.3 - sign - 4;
    const low = Math.min(110 * this.most, body / 3), high = body - low, cell = w / ORDER.length;
    ORDER.forEach((action, column) => {
      const left = x + column * cell, middle = left + cell / 2, chosen = action === history.action;
      const full = high - text * 1.1 - 2;
      const tall = Math.max(2, full * Math.min(1, Math.max(0, q[action] / history.qScale)));
      box(c, middle - cell * 0.31, top + high - 2 - tall, cell * 0.62, tall, 3, chosen ? this.ink.agent : this.ink.line);
      const number = decimal(q[action], Math.abs(q[action]) < 10 ? 2 : 1);
      this.words(number, middle, top + high - 2 - tall - text * 0.55, text, chosen ? this.ink.text : this.ink.muted, "center", cell - 2);
      const zero = top + high + low / 2;
      line(c, left, zero, left + cell, zero, this.ink.line, 1);
      const share = Math.max(-1, Math.min(1, advantage[action] / history.advantageScale));
      const long = Math.max(2, Math.abs(share) * (low / 2 - 4));
      const colour = chosen ? this.ink.text : this.ink.muted;
      // Filled above the line, hollow below it: told apart by more than place and colour.
      if (share >= 0) box(c, middle - cell * 0.17, zero - long, cell * 0.34, long, 2, colour);
      else outline(c, middle - cell * 0.17, zero, cell * 0.34, long, 2, colour);
      const place = { x: left, y: y + h - sign, w: cell, h: sign };
      this.action(place, action, colour);
      if (chosen) outline(c, place.x + 1, place.y, place.w - 2, place.h, 6, this.ink.text);
    });
  }

  value({ x, y, w, h }, history) {
    const text = Math.max(10, Math.min(17 * this.most, h * 0.12)), loud = Math.max(16, Math.min(32 * this.most, h * 0.2));
    const mood = history.mood.mood, tone = [this.ink.muted, this.ink.warning, this.ink.agent][mood];
    const wide = this.words(decimal(history.thought.value, 1), x + w, y + loud / 2, loud, this.ink.text, "right");
    this.words(say("Value (V)"), x, y + text / 2, text, this.ink.muted, "left", w - wide - 8);
    this.words(moodWords(mood), x, y + text * 1.7, text, tone, "left", w - wide - 8);
    const foot = h > 80 ? text * 1.3 : 0;
    if (foot) {
      const words = say("Margin over 2nd best: {hits} hits", { hits: decimal(history.margin, 2) });
      this.words(words, x, y + h - text / 2, text, this.ink.muted, "left", w);
    }
    const top = y + Math.max(loud, text * 2.4) + 4;
    this.plot({ x, y: top, w, h: y + h - foot - top - 4 }, history);
  }

  plot({ x, y, w, h }, history) {
    const c = this.context, bottom = y + h, right = x + w, step = w / HISTORY;
    line(c, x, bottom, right, bottom, this.ink.line, 1);
    if (history.values.length < 2 || h < 10) return;
    const across = (made) => Math.max(x, right - (history.made - made) * step);
    c.fillStyle = this.ink.text;
    for (const hit of history.hits) c.fillRect(across(hit) - 1, bottom - 7, 2, 7);
    for (const death of history.deaths) {
      const at = across(death);
      line(c, at, y, at, bottom, this.ink.warning, 2);
      line(c, at - 5, y, at + 5, y + 10, this.ink.warning, 3);
      line(c, at - 5, y + 10, at + 5, y, this.ink.warning, 3);
    }
    const top = Math.max(history.qScale, ...history.values);
    c.beginPath();
    let end = [0, 0];
    history.values.forEach((value, at) => {
      end = [right - (history.values.length - 1 - at) * step, bottom - h * Math.min(1, Math.max(0, value / top))];
      c.lineTo(...end);
    });
    c.strokeStyle = this.ink.agent;
    c.lineWidth = 2.5;
    c.lineJoin = "round";
    c.stroke();
    c.beginPath();
    c.arc(...end, 4, 0, 2 * Math.PI);
    c.fillStyle = this.ink.text;
    c.fill();
  }

  // The icon of an action, told apart by shape alone.
  action({ x, y, w, h }, action, colour) {
    const c = this.context, size = Math.min(h * 0.3, w * 0.19, 24 * this.most);
    const way = WAYS[action], parts = [...(way ? ["arrow"] : []), ...(FIRES[action] ? ["fire"] : [])];
    const middle = x + w / 2, centre = y + h / 2;
    c.fillStyle = colour;
    if (!parts.length) { c.fillRect(middle - size * 0.8, centre - size * 0.18, size * 1.6, size * 0.36); return; }
    const spread = parts.length === 2 ? size * 1.2 : 0;
    parts.forEach((part, at) => {
      const left = middle + (at ? -way : way) * spread;
      c.beginPath();
      if (part === "arrow") {
        c.moveTo(left + way * size, centre);
        c.lineTo(left - way * size, centre - size);
        c.lineTo(left - way * size, centre + size);
      } else {
        for (let k = 0; k < 8; k += 1) {
          const far = size * (k % 2 ? 0.45 : 1.15);
          c.lineTo(left + Math.cos((Math.PI * k) / 4) * far, centre + Math.sin((Math.PI * k) / 4) * far);
        }
      }
      c.closePath();
      c.fill();
    });
  }

  steps({ x, y, w, h }, margin) {
    const reached = Math.round(STEPS * Math.min(1, margin / MOST_SURE));
    const wide = Math.min(20, w / (STEPS + 2)), full = Math.min(h, 56), gap = wide * 0.3;
    const left = x + w / 2 - (STEPS * (wide + gap) - gap) / 2, bottom = y + h / 2 + full / 2;
    for (let at = 0; at < STEPS; at += 1) {
      const tall = (full * (at + 1)) / STEPS;
      box(this.context, left + at * (wide + gap), bottom - tall, wide, tall, 3, at < reached ? this.ink.agent : this.ink.line);
    }
  }

  moodSign({ x, y, w, h }, mood, colour) {
    const c = this.context, middle = x + w / 2, centre = y + h / 2;
    const size = Math.min(26, h * 0.42);
    c.strokeStyle = c.fillStyle = colour;
    c.lineWidth = Math.max(2, size / 6);
    c.beginPath();
    if (mood === CALM) {
      for (const row of [-1, 1]) box(c, middle - size, centre + row * size * 0.35 - 3, size * 2, 6, 3, colour);
    } else if (mood === THREATENED) {
      c.moveTo(middle, centre - size);
      c.lineTo(middle + size * 1.15, centre + size);
      c.lineTo(middle - size * 1.15, centre + size);
      c.closePath();
      c.stroke();
      line(c, middle, centre - size * 0.25, middle, centre + size * 0.35, colour, c.lineWidth);
      c.fillRect(middle - 2, centre + size * 0.58, 4, 4);
    } else {
      c.arc(middle, centre, size * 0.8, 0, 2 * Math.PI);
      c.stroke();
      for (const [across, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        line(c, middle + across * size * 0.4, centre + down * size * 0.4, middle + across * size * 1.15, centre + down * size * 1.15, colour, c.lineWidth);
      }
    }
  }
}

function actionWords(action) {
  return [say("wait"), say("fire"), say("go right"), say("go left"), say("go right and fire"), say("go left and fire")][action];
}

function moodWords(mood) {
  return [say("as expected"), say("worse than expected"), say("better than expected")][mood];
}

function box(c, x, y, w, h, radius, colour) {
  c.beginPath();
  c.roundRect(x, y, w, h, Math.min(radius, w / 2, h / 2));
  c.fillStyle = colour;
  c.fill();
}

function outline(c, x, y, w, h, radius, colour) {
  c.beginPath();
  c.roundRect(x + 1, y + 1, Math.max(1, w - 2), Math.max(1, h - 2), radius);
  c.strokeStyle = colour;
  c.lineWidth = 2;
  c.stroke();
}

function line(c, x, y, toX, toY, colour, width) {
  c.beginPath();
  c.moveTo(x, y);
  c.lineTo(toX, toY);
  c.strokeStyle = colour;
  c.lineWidth = width;
  c.stroke();
}
