// Texts in the page's language: English ones are their own keys, as in the arcade's tables.

// Each language's own name for itself, what it puts between thousands, and its decimal mark.
const LANGUAGES = {
  en: ["English", ",", "."],
  de: ["Deutsch", ".", ","],
  fr: ["Français", "\u00a0", ","],
  es: ["Español", ".", ","],
  ja: ["日本語", ",", "."],
};
const CODES = Object.keys(LANGUAGES);
let table = {};
let language = "en";

// The language that the person chose before, or that the browser prefers among ours.
export function preferred() {
  const known = (navigator.languages || []).map((name) => name.slice(0, 2));
  return kept("language", CODES) || known.find((name) => CODES.includes(name)) || "en";
}

// The code of the language after the present one, and its own name.
export function nextLanguage() {
  const code = CODES[(CODES.indexOf(language) + 1) % CODES.length];
  return [code, LANGUAGES[code][0]];
}

export async function speak(name) {
  table = name === "en" ? {} : await (await fetch(`/${name}.json`)).json();
  language = name;
  document.documentElement.lang = name;
  for (const node of document.querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say);
  for (const node of document.querySelectorAll("[data-say-label]")) {
    node.setAttribute("aria-label", say(node.dataset.sayLabel));
  }
}

export function say(text, values = {}) {
  return (table[text] || text).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function plural(number, one, many, values = {}) {
  const singular = language === "fr" ? Math.abs(number) < 2 : number === 1;
  return say(singular ? one : many, { ...values, number: grouped(number) });
}

export function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, LANGUAGES[language][1]);
}

export function decimal(number, digits) {
  return number.toFixed(digits).replace(".", LANGUAGES[language][2]);
}

export function rungName(name) {
  const names = {
    recruit: say("Recruit"), gunner: say("Gunner"), corporal: say("Corporal"),
    sergeant: say("Sergeant"), lieutenant: say("Lieutenant"), captain: say("Captain"),
    major: say("Major"), champion: say("Champion"),
  };
  return names[name] || name;
}

// A person, by the name that their tape holds: two people have numbers, or names of their own.
function personName(stored) {
  if (["You", "You and a coach", "You and the network"].includes(stored)) return say("You");
  const numbered = { "Player 1": say("Player 1"), "Player 2": say("Player 2") };
  return numbered[stored] || stored.slice(0, 16);
}

export function seatName(seat) {
  if (seat.kind === "human") return personName(seat.name);
  if (seat.kind === "tape") return say("The recording");
  const ranks = ["recruit", "gunner", "corporal", "sergeant", "lieutenant", "captain", "major"];
  return seat.kind === "agent" && !ranks.includes(seat.name) ? say("The network") : rungName(seat.name);
}

// What the browser keeps for the next visit, where it keeps anything.

export function kept(name, choices) {
  try {
    const value = localStorage.getItem(name);
    return choices.includes(value) ? value : null;
  } catch {
    return null;
  }
}

export function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Nothing is kept in a private window.
  }
}
