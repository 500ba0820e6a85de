// What the player holds: keys, a gamepad and the thumb pad together, and presses for menus.

const LEFT = 1, RIGHT = 2, FIRE = 4;
// Keys count by where they lie, whatever the layout prints on them.
const KEYS = {
  ArrowLeft: LEFT, KeyA: LEFT, ArrowRight: RIGHT, KeyD: RIGHT,
  Space: FIRE, ArrowUp: FIRE, KeyW: FIRE, ShiftLeft: FIRE, ControlRight: FIRE,
};
const MENU_KEYS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right", Escape: "back" };

export class Input {
  constructor({ onHeld, onPause, onMenu, plays }) {
    Object.assign(this, { onHeld, onPause, onMenu, plays });
    this.keys = new Set();
    this.pad = 0;
    this.touch = 0;
    this.held = 0;
    addEventListener("keydown", (event) => this.down(event));
    addEventListener("keyup", (event) => { if (this.keys.delete(event.code)) this.tell(); });
    addEventListener("blur", () => this.release());
    document.addEventListener("visibilitychange", () => this.release());
  }

  down(event) {
    if (event.altKey || event.metaKey || (event.ctrlKey && event.code !== "ControlRight")) return;
    if (this.plays()) {
      if (event.code === "KeyP" || event.code === "Escape") {
        if (!event.repeat) this.onPause();
        event.preventDefault();
      } else if (KEYS[event.code] && !(event.code === "Space" && event.target.closest("button"))) {
        event.preventDefault();
        if (!event.repeat) { this.keys.add(event.code); this.tell(); }
      }
      return;
    }
    const command = MENU_KEYS[event.code];
    if (command && this.onMenu(command)) event.preventDefault();
  }

  release() {
    this.keys.clear();
    this.touch = 0;
    this.tell();
  }

  setTouch(bits) {
    if (bits === this.touch) return;
    this.touch = bits;
    this.tell();
  }

  setPad(bits) {
    if (bits === this.pad) return;
    this.pad = bits;
    this.tell();
  }

  tell() {
    let bits = this.pad | this.touch;
    for (const key of this.keys) bits |= KEYS[key];
    if (bits === this.held) return;
    this.held = bits;
    this.onHeld(bits);
  }
}

export { FIRE, LEFT, RIGHT };
