// The pages between matches: menus, results, initials and boards.

import { grouped, plural, say, seatName } from "/texts.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.- ";
const LINES = 10;

export function show(name) {
  document.body.dataset.scene = name;
}

export function shown() {
  return document.body.dataset.scene;
}

// A list of choices; each has a key, words, what it does, and may have values to step through.
export class Menu {
  constructor(id) {
    this.list = document.getElementById(id);
    this.entries = [];
  }

  fill(entries) {
    const chosen = this.chosen();
    this.entries = entries;
    this.list.replaceChildren(...entries.map((entry) => this.item(entry)));
    const again = this.list.querySelector(`[data-key="${chosen}"]`);
    if (again) again.focus({ preventScroll: true });
  }

  item(entry) {
    const item = document.createElement("li"), button = document.createElement("button");
    button.dataset.key = entry.key;
    button.append(entry.words);
    if (entry.value !== undefined) {
      const less = way("<"), more = way(">");
      button.append(less, entry.value, more);
      less.onclick = (event) => { event.stopPropagation(); entry.step(-1); };
      more.onclick = (event) => { event.stopPropagation(); entry.step(1); };
    }
    button.onclick = () => (entry.choose ? entry.choose() : entry.step(1));
    item.append(button);
    return item;
  }

  chosen() {
    const active = document.activeElement;
    return this.list.contains(active) ? active.dataset.key : undefined;
  }

  focus(key) {
    const button = this.list.querySelector(key ? `[data-key="${key}"]` : "button");
    if (button) button.focus({ preventScroll: true });
  }

  // Does what a key or a gamepad says; returns whether that was something.
  command(name) {
    const buttons = [...this.list.querySelectorAll("button")];
    if (!buttons.length) return false;
    const at = buttons.indexOf(document.activeElement);
    if (name === "up" || name === "down") {
      const step = name === "up" ? -1 : 1;
      buttons[at < 0 ? 0 : (at + step + buttons.length) % buttons.length].focus({ preventScroll: true });
      return true;
    }
    const entry = this.entries[at];
    if (!entry) return false;
    if (name === "confirm") buttons[at].click();
    else if (entry.step && name !== "back") entry.step(name === "left" ? -1 : 1);
    else return false;
    return true;
  }
}

function way(sign) {
  const node = document.createElement("span");
  node.className = "way";
  node.textContent = ` ${sign} `;
  return node;
}

function text(id, words) {
  document.getElementById(id).textContent = words;
}

export function fillResult({ mode, seats, winner, place }) {
  const [own] = seats, headline = document.getElementById("headline");
  const points = Math.abs(own.score - (seats[1] ? seats[1].score : 0));
  headline.className = winner === 1 ? "blue" : "amber";
  if (mode === "play") headline.textContent = say("Game over");
  else if (winner === null) headline.textContent = say("It's a tie");
  else headline.textContent = winner === 0 ? say("You win!") : say("The network wins");
  text("margin", winner === null ? "" : plural(points, "by {number} point", "by {number} points"));
  document.getElementById("cards").replaceChildren(...seats.map(card));
  text("place", place ? say("Place {place} on the board", { place }) : "");
}

function card(seat) {
  const node = document.createElement("div"), name = document.createElement("span");
  const score = document.createElement("b"), how = document.createElement("small");
  node.className = "card";
  name.className = seat.kind === "human" ? "amber" : "blue";
  name.textContent = seatName(seat);
  score.textContent = grouped(seat.score);
  const seconds = Math.round(seat.frames / 60);
  how.textContent = seat.over
    ? say("game over after {seconds} s", { seconds })
    : say("time's up after {seconds} s", { seconds });
  node.append(name, score, how);
  return node;
}

export function fillBoard({ race, minutes, today, ever }) {
  const match = race ? plural(minutes, "Race, {number} minute", "Race, {number} minutes") : say("Playing alone");
  text("board-name", say("{match}, in the browser", { match }));
  for (const [id, runs] of [["board-today", today], ["board-ever", ever]]) {
    const rows = Array.from({ length: LINES }, (_, at) => row(at + 1, runs[at]));
    document.getElementById(id).replaceChildren(...rows);
  }
}

function row(place, run) {
  const node = document.createElement("li");
  node.className = run ? (run.own ? "own" : "") : "empty";
  const parts = run ? [String(place).padStart(2), run.initials, grouped(run.score)] : [String(place).padStart(2), "...", ""];
  for (const part of parts) {
    const cell = document.createElement("span");
    cell.textContent = part;
    node.append(cell);
  }
  return node;
}

// Three letters, chosen by arrows, by pressing above and below them, or typed.
export class Initials {
  constructor(onDone) {
    this.onDone = onDone;
    this.group = document.getElementById("letters");
    this.letters = [0, 0, 0];
    this.at = 0;
    addEventListener("keydown", (event) => this.typed(event));
  }

  begin(points) {
    this.letters = [0, 0, 0];
    this.at = 0;
    text("initials-points", plural(points, "{number} point", "{number} points"));
    text("initials-hint", "");
    this.draw();
  }

  refuse() {
    text("initials-hint", say("Please choose other initials"));
    this.at = 0;
    this.draw();
  }

  get word() {
    return this.letters.map((letter) => LETTERS[letter]).join("");
  }

  draw() {
    this.group.replaceChildren(...this.letters.map((letter, at) => this.column(letter, at)));
  }

  column(letter, at) {
    const node = document.createElement("div"), value = document.createElement("output");
    node.className = at === this.at ? "letter chosen" : "letter";
    value.textContent = LETTERS[letter];
    const turn = (words, sign, step) => {
      const button = document.createElement("button");
      button.textContent = sign;
      button.tabIndex = -1;
      button.setAttribute("aria-label", words);
      button.onclick = () => { this.at = at; this.turn(step); };
      return button;
    };
    value.onclick = () => { this.at = at; this.draw(); };
    node.append(turn(say("Letter before"), "\u25b2", -1), value, turn(say("Next letter"), "\u25bc", 1));
    return node;
  }

  turn(step) {
    this.letters[this.at] = (this.letters[this.at] + step + LETTERS.length) % LETTERS.length;
    this.draw();
  }

  command(name) {
    if (name === "up" || name === "down") this.turn(name === "up" ? -1 : 1);
    else if (name === "left") this.move(-1);
    else if (name === "right") this.move(1);
    else if (name === "confirm") this.next();
    else return false;
    return true;
  }

  move(step) {
    this.at = Math.max(0, Math.min(2, this.at + step));
    this.draw();
  }

  next() {
    if (this.at < 2) this.move(1);
    else this.onDone(this.word);
  }

  typed(event) {
    if (shown() !== "initials" || event.ctrlKey || event.metaKey || event.altKey) return;
    const letter = LETTERS.indexOf(event.key.toUpperCase());
    const onButton = event.target.closest("button");
    if (event.key === "Backspace") this.move(-1);
    else if (event.key === "Enter" || event.key === " ") { if (onButton) return; this.next(); }
    else if (event.key.length === 1 && letter >= 0) { this.letters[this.at] = letter; this.move(1); this.draw(); }
    else return;
    event.preventDefault();
  }
}
