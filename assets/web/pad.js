// Gamepads by the browser's Gamepad API, and the thumb pad on touch screens.

import { FIRE, LEFT, RIGHT } from "/input.js";

const DEAD_ZONE = 0.4;
const FIRE_BUTTONS = [0, 1, 2, 3, 4, 5, 6, 7], START = 9, UP = 12, DOWN = 13, WEST = 14, EAST = 15;

export class Gamepads {
  constructor(input) {
    this.input = input;
    this.before = {};
  }

  // Browsers have no events for buttons: look once a frame.
  look() {
    const pads = navigator.getGamepads ? [...navigator.getGamepads()].filter((pad) => pad && pad.connected) : [];
    const now = { left: false, right: false, up: false, down: false, fire: false, start: false };
    for (const pad of pads) {
      const pressed = (at) => Boolean(pad.buttons[at] && pad.buttons[at].pressed);
      const [x = 0, y = 0] = pad.axes;
      now.left ||= x < -DEAD_ZONE || pressed(WEST);
      now.right ||= x > DEAD_ZONE || pressed(EAST);
      now.up ||= y < -DEAD_ZONE || pressed(UP);
      now.down ||= y > DEAD_ZONE || pressed(DOWN);
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
