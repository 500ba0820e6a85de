// The page: what is on it, what is asked of the server, and when frames are drawn.

import { layout, Picture } from "/drawing.js";
import { Input } from "/input.js";
import { Gamepads, ThumbPad } from "/pad.js";
import { fillBoard, fillResult, Initials, Menu, show, shown } from "/scenes.js";
import { Sound } from "/sound.js";
import { ASK, Connection } from "/stream.js";
import { grouped, keep, kept, nextLanguage, plural, preferred, rungName, say, seatName, speak } from "/texts.js";
import { History, Panel } from "/thoughts.js";

const COUNTDOWN = 0, OVER = 3; // phases of a match
const WAITS = 1, GAME_OVER = 2, TIME_UP = 3; // states of a seat
const LEVELS = ["off", "simple", "detailed"];
const MINUTES = [1, 2, 3, 5];
const MOST_LATE = 2; // frames that may wait to be drawn: more would be noticeable latency
const HURRY_FRAMES = 600;
const SETTLE_MS = 700; // after a match, before presses are meant for a page
const byId = (id) => document.getElementById(id);
const still = matchMedia("(prefers-reduced-motion: reduce)");

const state = {
  hello: { rungs: [], chosen: 0, champion: true, follow: false, playing: 0, waiting: 0, most: 0 },
  level: kept("level", LEVELS) || "simple", minutes: 2, rung: null,
  match: null, own: false, paused: false, touched: false, board: { race: true, minutes: 2 }, result: null,
};
const sound = new Sound();
const pictures = [new Picture(byId("seat-0")), new Picture(byId("seat-1"))];
const panel = new Panel(byId("thoughts"));
let histories = [new History(), new History()];
let waiting = []; // frames that are not drawn yet
const menus = Object.fromEntries([["title", "menu"], ["result", "result-menu"], ["initials", "initials-menu"],
  ["boards", "boards-menu"], ["notice", "notice-menu"]].map(([scene, id]) => [scene, new Menu(id)]));

// What a measurement reads.
const figures = { drawn: 0, came: 0, lags: [], phase: null, number: 0, score: [0, 0] };
globalThis.arcade = figures;
const pressed = new Map(); // when which input was sent
let inputNumber = 0;

const connection = new Connection({ onFrame: take, onNews: hear, onOpen: opened, onLost: lost });
const input = new Input({
  plays: () => shown() === "match" && state.own && !state.paused,
  onHeld: (bits) => {
    if (!state.own) return;
    inputNumber = (inputNumber + 1) & 0xffff;
    pressed.set(inputNumber, performance.now());
    connection.ask(ASK.INPUT, inputNumber & 255, inputNumber >> 8, bits);
  },
  onPause: () => pause(true),
  onMenu: command,
});
const gamepads = new Gamepads(input);
new ThumbPad(byId("pad"), input);
const initials = new Initials((word) => connection.ask(ASK.SIGN, ...[...word].map((c) => c.charCodeAt(0))));

function opened() {
  if (shown() === "notice" && !state.hello.most) show("title");
}

function lost() {
  state.match = null;
  state.own = false;
  notice(say("No connection"), say("The arcade does not answer. This page tries again by itself."), []);
  state.hello.most = 0;
}

function hear(news) {
  if (news.hello) {
    state.hello = news.hello;
    if (state.rung === null || state.rung >= news.hello.rungs.length) state.rung = news.hello.chosen;
    if (!state.hello.champion && state.hello.follow) followArcade();
    else home();
  }
  if (news.playing !== undefined) { Object.assign(state.hello, news); if (shown() === "title") fillTitle(); }
  if (news.match) begin(news.match);
  if (news.queue) inQueue(news.queue);
  if (news.result) ended(news.result);
  if (news.board) showBoard(news.board);
  if (news.unwanted) initials.refuse();
  if (news.gone) gone(news.gone);
}

function begin(match) {
  state.match = match;
  state.own = Boolean(match.own);
  state.paused = false;
  histories = [new History(), new History()];
  for (const picture of pictures) picture.look(null);
  if (shown() !== "title" || state.own) {
    show("match");
    if (document.activeElement) document.activeElement.blur();
    fillSeats();
  }
  place();
}

function fillSeats() {
  [0, 1].forEach((number) => {
    const seat = state.match.seats[number], node = byId(`score-${number}`);
    node.hidden = !seat;
    byId(`seat-${number}`).hidden = !seat;
    if (!seat) return;
    node.className = `score ${seat.kind}`;
    node.querySelector(".who").textContent = seatName(seat);
  });
  byId("clock").hidden = state.match.seats.length < 2;
  fillTools();
}

function fillTools() {
  const pausing = byId("do-pause");
  pausing.hidden = !state.own;
  pausing.textContent = state.paused ? say("Continue") : say("Pause");
  byId("do-thoughts").hidden = !hasNetwork();
  byId("do-thoughts").textContent = say("Its thoughts: {level}", { level: levelName() });
  byId("do-sound").textContent = sound.muted ? say("Sound: off") : say("Sound: on");
}

function levelName() {
  return { off: say("off"), simple: say("simple"), detailed: say("detailed") }[state.level];
}

function hasNetwork() {
  return Boolean(state.match && state.match.seats.some((seat) => seat.kind === "agent"));
}

// The seat whose thoughts are shown.
function thinker() {
  return state.match ? state.match.seats.findIndex((seat) => seat.kind === "agent") : -1;
}

function take(frame) {
  figures.came += 1;
  waiting.push(frame);
  if (shown() === "match" && frame.phase !== COUNTDOWN && frame.phase !== 2) sound.play(frame.audio);
}

function draw() {
  requestAnimationFrame(draw);
  gamepads.look();
  while (waiting.length > MOST_LATE) observe(waiting.shift());
  const frame = waiting.shift();
  if (!frame || !state.match) return;
  observe(frame);
  const title = shown() === "title";
  if (title ? frame.number % 2 : shown() !== "match") return; // behind the title half of them do
  frame.seats.slice(0, title ? 1 : 2).forEach((seat, number) => pictures[number].draw(seat.screen, connection.unpacker.palette));
  figures.drawn += 1;
  Object.assign(figures, { phase: frame.phase, number: frame.number, score: frame.seats.map((seat) => seat.score) });
  if (title) return;
  measure(frame);
  fillScores(frame);
  drawThoughts();
}

// Takes what matters of a frame, drawn or not.
function observe(frame) {
  frame.seats.forEach((seat, number) => {
    const history = histories[number];
    pictures[number].mark(seat.lines);
    if (history.update(seat)) history.changed = true;
    if (seat.gaze) pictures[number].look(state.level === "detailed" ? seat.gaze : null);
  });
}

function measure(frame) {
  const at = pressed.get(frame.heard);
  if (at === undefined) return;
  figures.lags.push(performance.now() - at);
  pressed.clear();
}

let written = "";
function fillScores(frame) {
  const left = frame.left, seconds = left === null ? null : Math.ceil(left / 60);
  const count = frame.phase === COUNTDOWN ? Math.ceil(frame.countdown / 60) : 0;
  const now = JSON.stringify([seconds, count, frame.phase, frame.seats.map(({ score, lives, state: how }) => [score, lives, how])]);
  if (now === written) return;
  written = now;
  const [first, second] = frame.seats;
  frame.seats.forEach(({ score, lives, state: how }, number) => {
    const node = byId(`score-${number}`);
    node.querySelector("b").textContent = grouped(score);
    node.querySelector(".lives").textContent = "\u25b2".repeat(lives);
    pictures[number].caption.textContent = how === GAME_OVER ? say("GAME OVER") : how === TIME_UP ? say("TIME'S UP")
      : how === WAITS && frame.phase !== COUNTDOWN ? "..." : "";
  });
  if (second) {
    const lead = first.score - second.score, clock = byId("clock");
    clock.querySelector("b").textContent = seconds === null ? "" : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    clock.classList.toggle("hurry", left !== null && left <= HURRY_FRAMES && frame.phase !== COUNTDOWN);
    clock.querySelector("span").textContent = leads(lead);
  }
  countDown(count, frame);
}

function leads(lead) {
  if (lead === 0) return say("Tied");
  if (lead > 0 && state.own) return say("You lead by {points}", { points: grouped(lead) });
  return say("{name} leads by {points}", { name: seatName(state.match.seats[lead > 0 ? 0 : 1]), points: grouped(Math.abs(lead)) });
}

let counted = 0;
function countDown(count, frame) {
  if (count !== counted) {
    if (count > 0) sound.effect("count");
    else if (frame.phase !== OVER) sound.effect("go");
    counted = count;
  }
  byId("countdown").hidden = count === 0;
  byId("countdown").textContent = count || "";
}

function drawThoughts(anew = false) {
  const number = thinker();
  if (state.level === "off" && number >= 0) return;
  const history = number < 0 ? null : histories[number];
  if (!anew && !(history && history.changed)) return;
  if (history) history.changed = false;
  const waits = state.own && history && !history.thought;
  panel.draw(history, state.level, number < 0 ? helpLines() : waits ? fairness() : null);
}

// What the network sees and can do, before it begins.
function fairness() {
  const percent = Math.round(100 * (state.match.sticky || 0));
  return [
    [say("Input"), say("a small greyscale picture")],
    [say("Reactions"), say("{number} per second", { number: 15 })],
    [say("Both sides"), say("{percent} % chance that a frame repeats the last input", { percent })],
  ];
}

function helpLines() {
  return [
    [say("Move"), say("arrow keys, A and D, or a gamepad")],
    [say("Fire"), say("Space, arrow up, or a button")],
    [say("Pause"), say("P or Esc")],
  ];
}

function place() {
  const { clientWidth: width, clientHeight: height } = document.querySelector("main");
  if (shown() === "title") {
    const high = height > width ? width * 0.75 : height;
    byId("seat-0").hidden = false;
    pictures[0].place({ x: 0, y: 0, width: high * (4 / 3), height: high });
    return;
  }
  if (shown() !== "match" || !state.match) return;
  const pad = state.touched && state.own, number = thinker();
  const wanted = number >= 0 ? state.level !== "off" : !pad;
  const places = layout(width, height, { seats: state.match.seats.length, pad, panel: wanted });
  places.pictures.forEach((one, at) => pictures[at].place(one));
  put(byId("scores"), places.scores);
  const { centre } = places.tools, tools = byId("tools");
  put(tools, centre ? { x: centre - tools.offsetWidth / 2, y: height - tools.offsetHeight - 4 } : places.tools);
  panel.place(wanted ? places.thoughts : null);
  byId("pad").hidden = !places.pad;
  if (places.pad) {
    put(byId("pad"), places.pad);
    byId("pad").style.setProperty("--key", `${places.pad.key}px`);
    byId("pad").style.setProperty("--key-height", `${places.pad.height}px`);
  }
  document.body.toggleAttribute("data-plays", pad);
  drawThoughts(true);
}

function put(node, { x, y, width, height }) {
  Object.assign(node.style, { left: `${x}px`, top: `${y}px`, width: width ? `${width}px` : "", height: height ? `${height}px` : "" });
}

// The scenes between matches.

function home() {
  connection.ask(ASK.LEAVE);
  connection.forget();
  state.match = null;
  state.own = false;
  waiting = [];
  show("title");
  fillTitle();
  if (!still.matches && state.hello.champion) connection.ask(ASK.WATCH, 0);
  place();
  menus.title.focus("race");
}

function fillTitle() {
  const { rungs, follow, champion, most } = state.hello, rung = rungs[state.rung];
  const stepped = (name, values) => (step) => {
    state[name] = values[(values.indexOf(state[name]) + step + values.length) % values.length];
    fillTitle();
  };
  const entries = [
    { key: "race", words: say("Race the network"), value: plural(state.minutes, "{number} minute", "{number} minutes"),
      step: stepped("minutes", MINUTES), choose: () => start(1), off: !champion && !rungs.length },
    { key: "rung", words: say("Opponent"), off: rungs.length < 2, step: stepped("rung", rungs.map((_, at) => at)),
      value: rung ? plural(rung.score, "{name}, {number} point", "{name}, {number} points", { name: rungName(rung.name) }) : "" },
    { key: "play", words: say("Play alone"), choose: () => start(0), off: !most },
    { key: "watch", words: say("Watch the network"), choose: watch, off: !champion },
    { key: "follow", words: say("Follow the arcade"), choose: followArcade, off: !follow },
    { key: "boards", words: say("High scores"), choose: () => askBoard(true, state.minutes), off: !most },
    { key: "sound", words: sound.muted ? say("Sound: off") : say("Sound: on"), choose: () => { sound.turn(); fillTitle(); } },
    { key: "language", words: nextLanguage()[1], choose: turnLanguage },
  ];
  menus.title.fill(entries.filter((entry) => !entry.off));
  const { playing, waiting: queue } = state.hello;
  const people = say("{playing} of {most} cabinets are taken", { playing, most });
  byId("foot").textContent = most === 0 ? "" : queue ? `${people}, ${plural(queue, "{number} person waits", "{number} people wait")}` : people;
}

async function turnLanguage() {
  const [language] = nextLanguage();
  await speak(language);
  keep("language", language);
  fillTitle();
}

function start(race) {
  sound.wake();
  connection.forget();
  waiting = [];
  state.match = null;
  connection.ask(ASK.START, race, state.rung || 0, state.minutes);
  state.board = { race: Boolean(race), minutes: state.minutes };
  notice(say("One moment"), say("Your cabinet is being set up."), [backHome()]);
}

function watch() {
  lookOn(ASK.WATCH, state.level === "detailed" ? 1 : 0);
}

function followArcade() {
  lookOn(ASK.FOLLOW);
}

function lookOn(...question) {
  sound.wake();
  connection.ask(ASK.LEAVE);
  connection.forget();
  waiting = [];
  show("match");
  connection.ask(...question);
}

function inQueue(place_) {
  notice(say("Please wait"), plural(place_, "All cabinets are taken. You are next.", "All cabinets are taken. You are number {number} in the queue."), [backHome()]);
}

function gone(why) {
  const words = {
    idle: say("Nobody played for a minute, so somebody else may."),
    full: say("The queue is full. Try again in a moment."),
    broken: say("This opponent cannot play. Choose another one."),
    ended: say("The arcade shows no match now."),
  }[why];
  notice(say("Your match has ended"), words, [backHome()]);
}

function backHome() {
  return { key: "home", words: say("Main menu"), choose: home };
}

function notice(head, words, entries) {
  state.own = false;
  show("notice");
  byId("notice-head").textContent = head;
  byId("notice-text").textContent = words;
  menus.notice.fill(entries);
  menus.notice.focus();
}

function ended(result) {
  state.result = result;
  state.own = false;
  sound.effect(result.winner === 1 ? "lose" : "win");
  fillResult(result);
  show("result");
  const again = { key: "again", words: result.mode === "race" ? say("Rematch") : say("Play again"), choose: () => start(result.mode === "race" ? 1 : 0) };
  const sign = { key: "sign", words: say("Enter your initials"), choose: askInitials };
  const board = { key: "board", words: say("High scores"), choose: () => askBoard(state.board.race, state.board.minutes) };
  menus.result.fill([...(result.place ? [sign] : []), again, board, backHome()]);
  // Whoever still fires at the end has not chosen anything.
  if (document.activeElement) document.activeElement.blur();
  setTimeout(() => { if (shown() === "result") menus.result.focus(); }, SETTLE_MS);
}

function askInitials() {
  show("initials");
  initials.begin(state.result.seats[0].score);
  menus.initials.fill([{ key: "done", words: say("Done"), choose: () => initials.onDone(initials.word) }, backHome()]);
  if (document.activeElement) document.activeElement.blur();
}

function askBoard(race, minutes) {
  connection.ask(ASK.BOARD, race ? 1 : 0, minutes);
  state.board = { race, minutes };
}

function showBoard(board) {
  if (shown() === "initials") sound.effect("signed");
  if (shown() === "match") return;
  show("boards");
  fillBoard(board);
  const minutes = MINUTES[(MINUTES.indexOf(state.board.minutes) + 1) % MINUTES.length];
  const entries = [backHome()];
  if (board.race) {
    entries.push({ key: "next", words: plural(minutes, "Races of {number} minute", "Races of {number} minutes"), choose: () => askBoard(true, minutes) });
    entries.push({ key: "other", words: say("Playing alone"), choose: () => askBoard(false, state.board.minutes) });
  } else entries.push({ key: "other", words: say("Races"), choose: () => askBoard(true, state.board.minutes) });
  menus.boards.fill(entries);
  menus.boards.focus("home");
}

function pause(on) {
  if (!state.own) return;
  state.paused = on;
  input.release();
  connection.ask(ASK.PAUSE, on ? 1 : 0);
  fillTools();
  if (on) byId("do-pause").focus();
  else if (document.activeElement) document.activeElement.blur();
}

// Menus obey arrows and gamepads; returns whether the command was of use.
function command(name) {
  const scene = shown();
  if (scene === "match") {
    if (name === "back") { if (state.paused) pause(false); else home(); return true; }
    if (name === "confirm" && state.paused) { pause(false); return true; }
    return false;
  }
  if (scene === "initials" && !menus.initials.chosen()) return initials.command(name);
  if (name === "back") { if (scene !== "title") home(); return true; }
  return menus[scene] ? menus[scene].command(name) : false;
}

byId("do-pause").onclick = () => pause(!state.paused);
byId("do-leave").onclick = home;
byId("do-sound").onclick = () => { sound.turn(); sound.wake(); fillTools(); };
byId("do-thoughts").onclick = () => {
  state.level = LEVELS[(LEVELS.indexOf(state.level) + 1) % LEVELS.length];
  keep("level", state.level);
  if (state.level !== "detailed") for (const picture of pictures) picture.look(null);
  if (state.match && state.match.mode === "watch") connection.ask(ASK.WATCH, state.level === "detailed" ? 1 : 0);
  fillTools();
  place();
};
addEventListener("pointerdown", (event) => {
  sound.wake();
  if ((event.pointerType === "touch") === state.touched) return;
  state.touched = event.pointerType === "touch";
  document.body.classList.toggle("touched", state.touched);
  place();
});
addEventListener("keydown", () => sound.wake());
addEventListener("resize", place);
document.addEventListener("visibilitychange", () => { if (document.hidden && state.own) pause(true); });

state.touched = matchMedia("(pointer: coarse)").matches;
document.body.classList.toggle("touched", state.touched);
await speak(preferred());
await document.fonts.ready;
fillTitle();
place();
requestAnimationFrame(draw);
