// Gamepads by the browser's Gamepad API, and the thumb pad on touch screens.

import { FIRE, LEFT, RIGHT } from "/input.js";

const DEAD_ZONE = 0.4;
const RELEASE = 0.7; // a deflected stick counts until it is within this share of the dead zone
const FIRE_BUTTONS = [0, 1, 2, 3, 4, 5, 6, 7], START = 9, UP = 12, DOWN = 13, WEST = 14, EAST = 15;

// One axis: -1, 0 or 1. It counts after it has been near rest, which pedals never are.
class Axis {
  constructor() {
    this.rested = false;
    this.way = 0;
  }

  follow(value) {
    const far = Math.abs(value) > DEAD_ZONE;
    this.rested ||= !far;
    if (this.rested && (this.way === 0 || this.way * value <= RELEASE * DEAD_ZONE)) this.way = far ? Math.sign(value) : 0;
    return this.way;
  }
}

export class Gamepads {
  constructor(input) {
    this.input = input;
    this.before = {};
    this.axes = new Map();
  }

  // Browsers have no events for buttons: look once a frame.
  look() {
    const pads = navigator.getGamepads ? [...navigator.getGamepads()].filter((pad) => pad && pad.connected) : [];
    const now = { left: false, right: false, up: false, down: false, fire: false, start: false };
    for (const pad of pads) {
      const pressed = (at) => Boolean(pad.buttons[at] && pad.buttons[at].pressed);
      const [x, y] = [0, 1].map((at) => this.axis(pad, at).follow(pad.axes[at] || 0));
      now.left ||= x < 0 || pressed(WEST);
      now.right ||= x > 0 || pressed(EAST);
      now.up ||= y < 0 || pressed(UP);
      now.down ||= y > 0 || pressed(DOWN);
      now.fire ||= FIRE_BUTTONS.some(pressed);
      now.start ||= pressed(START);
    }
    const fresh = (name) => now[name] && !this.before[name];
    if (this.input.plays()) {
      this.input.setPad((now.left && LEFT) | (now.right && RIGHT) | (now.fire && FIRE));
      if (fresh("start")) this.input.onPause();
    } else {
      this.input.setPad(0);
      for (const way of ["up", "down", "left", "right"]) if (fresh(way)) this.input.onMenu(way);
      if (fresh("fire") || fresh("start")) this.input.onMenu("confirm");
    }
    this.before = now;
    if (pads.length === 0) this.axes.clear();
  }

  axis(pad, at) {
    const name = `${pad.index} ${pad.id} ${at}`;
    if (!this.axes.has(name)) this.axes.set(name, new Axis());
    return this.axes.get(name);
  }
}

// Two keys for the left thumb and one for the right; fingers may slide between them.
export class ThumbPad {
  constructor(element, input) {
    this.input = input;
    this.parts = [["pad-left", LEFT], ["pad-right", RIGHT], ["pad-fire", FIRE]]
      .map(([id, bit]) => ({ node: document.getElementById(id), bit }));
    for (const name of ["touchstart", "touchmove", "touchend", "touchcancel"]) {
      element.addEventListener(name, (event) => { event.preventDefault(); this.touched(event.touches); }, { passive: false });
    }
  }

  touched(touches) {
    let bits = 0;
    for (const { node, bit } of this.parts) {
      const place = node.getBoundingClientRect();
      const inside = [...touches].some(({ clientX: x, clientY: y }) =>
        x >= place.left - 4 && x <= place.right + 4 && y >= place.top - 24 && y <= place.bottom + 24);
      node.classList.toggle("down", inside);
      if (inside) bits |= bit;
    }
    this.input.setTouch(bits);
  }
}
