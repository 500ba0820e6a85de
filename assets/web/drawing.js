// The console's picture, sharp at every size, and where everything of a match lies.

const WIDTH = 160, HEIGHT = 210, ASPECT = 4 / 3; // a television's: the pixels are not square
const STRONGEST = 0.56; // largest opacity of the saliency's tint
const NEAR = 8; // lines
const SCALE_FALL = 0.97, LEAST = [0.4, 0.15]; // as in the window's saliency_tint.py
const TINTS = [[96, 190, 255], [255, 122, 98]];

export class Picture {
  constructor(figure) {
    this.figure = figure;
    this.canvas = figure.querySelector("canvas");
    this.caption = figure.querySelector("figcaption");
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.small = plain(WIDTH, HEIGHT);
    this.image = this.small.context.createImageData(WIDTH, HEIGHT);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.whole = plain(WIDTH, HEIGHT);
    this.tint = null;
    this.scales = [...LEAST];
    this.changed = new Uint8Array(HEIGHT).fill(1); // lines to draw
  }

  // Lines of a frame that is drawn, or left out.
  mark(lines) {
    for (const line of lines) this.changed[line] = 1;
  }

  // Takes a place in CSS pixels; the canvas has the screen's own.
  place({ x, y, width, height }) {
    Object.assign(this.figure.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    const ratio = window.devicePixelRatio || 1;
    const size = [Math.max(WIDTH, Math.round(width * ratio)), Math.max(HEIGHT, Math.round(height * ratio))];
    if (this.canvas.width === size[0] && this.canvas.height === size[1]) return;
    [this.canvas.width, this.canvas.height] = size;
    // Each axis is first enlarged by a whole number and then averaged down to the exact size, so
    // that edges stay sharp and no pixel is thicker than its neighbour.
    const whole = [WIDTH * Math.ceil(size[0] / WIDTH), HEIGHT * Math.ceil(size[1] / HEIGHT)];
    this.direct = whole[0] === size[0] && whole[1] === size[1];
    if (!this.direct) this.whole = plain(...whole);
    this.changed.fill(1);
  }

  // Draws the lines that changed: most of a picture never does.
  draw(screen, palette) {
    for (const [from, to] of bands(this.changed)) {
      for (let at = from * WIDTH; at < to * WIDTH; at += 1) this.pixels[at] = palette[screen[at]];
      this.small.context.putImageData(this.image, 0, 0, 0, from, WIDTH, to - from);
      this.band(from, to);
    }
    this.changed.fill(0);
  }

  band(from, to) {
    const { canvas, context } = this, { width, height } = canvas, line = height / HEIGHT;
    const top = Math.floor((from - 1) * line), bottom = Math.ceil((to + 1) * line);
    context.save();
    context.beginPath();
    context.rect(0, top, width, bottom - top);
    context.clip();
    // Somewhat more than the clip shows: smoothing looks at the neighbours of a line.
    const first = Math.max(0, from - 3), last = Math.min(HEIGHT, to + 3);
    context.imageSmoothingEnabled = !this.direct;
    if (this.direct) {
      context.drawImage(this.small.canvas, 0, first, WIDTH, last - first, 0, first * line, width, (last - first) * line);
    } else {
      const whole = this.whole, high = whole.canvas.height / HEIGHT;
      whole.context.imageSmoothingEnabled = false;
      whole.context.drawImage(this.small.canvas, 0, from, WIDTH, to - from, 0, from * high, whole.canvas.width, (to - from) * high);
      context.drawImage(whole.canvas, 0, first * high, whole.canvas.width, (last - first) * high, 0, first * line, width, (last - first) * line);
    }
    if (this.tint) {
      context.imageSmoothingEnabled = true;
      context.drawImage(this.tint, 0, 0, width, height);
    }
    context.restore();
  }

  // Lays a saliency map over the pictures from now on, or none.
  look(gaze) {
    if (gaze || this.tint) this.changed.fill(1);
    if (!gaze) { this.tint = null; return; }
    const { rows, columns, tops, maps } = gaze;
    const { canvas, context } = plain(columns, rows);
    const image = context.createImageData(columns, rows);
    this.scales = this.scales.map((scale, kind) => Math.max(tops[kind], scale * SCALE_FALL, LEAST[kind]));
    for (let at = 0; at < rows * columns; at += 1) {
      const shares = maps.map((map, kind) => Math.min(1, (map[at] / 255) * tops[kind] / this.scales[kind]));
      const strength = Math.max(...shares, 1e-6);
      for (let channel = 0; channel < 3; channel += 1) {
        const light = shares[0] * TINTS[0][channel] + shares[1] * TINTS[1][channel];
        image.data[4 * at + channel] = Math.min(255, light / strength);
      }
      image.data[4 * at + 3] = 255 * strength * STRONGEST;
    }
    context.putImageData(image, 0, 0);
    this.tint = canvas;
  }
}

// Runs of lines that are marked; those a few lines apart are drawn together.
function bands(marks) {
  const found = [];
  for (let at = 0; at < marks.length; at += 1) {
    if (!marks[at]) continue;
    const last = found.at(-1);
    if (last && at - last[1] <= NEAR) last[1] = at + 1;
    else found.push([at, at + 1]);
  }
  return found;
}

function plain(width, height) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  return { canvas, context: canvas.getContext("2d") };
}

// The largest 4:3 picture in a room; a whole multiple of the lines where that costs little.
function fitted(width, height) {
  const ratio = window.devicePixelRatio || 1;
  let high = Math.min(height, width / ASPECT);
  const whole = Math.floor((high * ratio) / HEIGHT) * HEIGHT / ratio;
  if (whole >= 0.9 * high) high = whole;
  return { width: Math.round(high * ASPECT * ratio) / ratio, height: high };
}

// Returns the places of a match in a window: scores, pictures, thoughts, tools and pad.
export function layout(width, height, { seats, pad, panel }) {
  const unit = Math.max(0.62, Math.min(width / 1280, height / 720));
  const gap = Math.max(6, 12 * unit), tools = Math.max(30, 34 * unit);
  const room = { width, height, gap, tools, unit, pad, panel, header: Math.max(44, 84 * unit) };
  if (height > width) return seats === 2 ? tallPair(room) : tallSingle(room);
  return seats === 2 ? widePair(room) : wideSingle(room);
}

function widePair({ width, height, gap, tools, unit, pad, panel, header }) {
  const strip = panel || pad ? Math.max(pad ? 92 : 110, 168 * unit) : tools;
  const picture = fitted((width - 3 * gap) / 2, height - header - strip - 3 * gap);
  const left = width / 2 - gap / 2 - picture.width, right = width / 2 + gap / 2;
  const slack = Math.max(0, height - header - picture.height - strip - 4 * gap) / 2;
  const top = gap + slack + header, below = top + picture.height + gap;
  const deep = Math.min(height - below - gap, strip + slack);
  const places = {
    scores: { x: left, y: gap + slack, width: 2 * picture.width + gap },
    pictures: [{ x: left, y: top, ...picture }, { x: right, y: top, ...picture }],
    thoughts: { x: right, y: below, width: picture.width, height: deep },
    tools: { x: left, y: below },
  };
  if (!pad) return places;
  places.pad = { x: gap, y: height - strip - gap, width: width - 2 * gap, height: strip, key: Math.min(96, width / 8) };
  places.tools = between(places.pad, gap); // the thumbs
  const middle = width - 2 * gap - places.pad.key * 3.3 - 4 * gap;
  places.thoughts = panel && middle > 150
    ? { x: gap + places.pad.key * 2 + 2 * gap, y: below, width: middle, height: height - below - gap - tools - 4 }
    : null;
  return places;
}

// The middle between the keys of a thumb pad.
function between({ x, width, key }, gap) {
  const left = x + 2 * key + 8 + gap, right = x + width - 1.3 * key - gap;
  return { centre: (left + right) / 2 };
}

function wideSingle({ width, height, gap, tools, unit, pad, panel, header }) {
  const column = panel || pad ? Math.min(520, Math.max(pad ? 170 : 190, 0.3 * width)) : 0;
  const picture = fitted(width - column - 3 * gap, height - 2 * gap - (pad ? 0 : tools + gap));
  const left = Math.max(gap, (width - picture.width - column - gap) / 2);
  const top = gap, x = left + picture.width + gap;
  const places = {
    scores: column ? { x, y: top, width: column } : { x: left, y: top, width: picture.width },
    pictures: [{ x: left, y: top, ...picture }],
    thoughts: column
      ? { x, y: top + header + gap, width: column, height: Math.max(0, picture.height - header - gap) } : null,
    tools: { x: left, y: top + picture.height + gap },
  };
  if (!pad) return places;
  const key = Math.min(88, width / 8);
  places.pad = { x: gap, y: height - 108 * Math.max(1, unit) - gap, width: width - 2 * gap, height: 108 * Math.max(1, unit), key };
  places.tools = between(places.pad, gap);
  places.thoughts = null;
  return places;
}

function tallPair({ width, height, gap, tools, pad, panel, header }) {
  const thumbs = pad ? Math.min(150, 0.24 * height) : 0;
  const small = 0.2 * height;
  const own = fitted(width - 2 * gap, height - header - small - thumbs - tools - 5 * gap);
  const rival = fitted(panel ? 0.46 * width : width - 2 * gap, small);
  const top = gap + header, below = top + own.height + gap;
  return {
    scores: { x: gap, y: gap, width: width - 2 * gap },
    pictures: [
      { x: (width - own.width) / 2, y: top, ...own },
      { x: panel ? gap : (width - rival.width) / 2, y: below, ...rival },
    ],
    thoughts: panel ? { x: 2 * gap + rival.width, y: below, width: width - rival.width - 3 * gap, height: Math.max(rival.height, small) } : null,
    tools: { x: gap, y: below + Math.max(rival.height, panel ? small : 0) + gap },
    pad: pad ? { x: gap, y: height - thumbs - gap, width: width - 2 * gap, height: thumbs, key: width / 4 } : null,
  };
}

function tallSingle({ width, height, gap, tools, pad, panel, header }) {
  const thumbs = pad ? Math.min(170, 0.28 * height) : 0;
  const picture = fitted(width - 2 * gap, height - header - thumbs - tools - 4 * gap - (panel ? 150 : 0));
  const top = gap + header, below = top + picture.height + gap;
  const bottom = height - thumbs - (pad ? 2 * gap : gap) - tools;
  return {
    scores: { x: gap, y: gap, width: width - 2 * gap },
    pictures: [{ x: (width - picture.width) / 2, y: top, ...picture }],
    thoughts: panel ? { x: gap, y: below, width: width - 2 * gap, height: Math.min(420, bottom - below - gap) } : null,
    tools: { x: gap, y: panel ? bottom : below },
    pad: pad ? { x: gap, y: height - thumbs - gap, width: width - 2 * gap, height: thumbs, key: width / 4 } : null,
  };
}
