"use strict";
// Draws the graph, and what a reader opens of it. The rows of each group come with the data
// (layering.py found them); coordinates are found here, as in placing.py, since they depend on
// what is open.
(() => {
  const graph = JSON.parse(document.getElementById("data").textContent);
  const { records, groups } = graph;
  const GAP_ACROSS = 26, GAP_DOWN = 46, BEND_WIDTH = 4, BEND_GAP = 6, PASSES = 4, CHAIN_WEIGHT = 12;
  const PADDING = 18, HEAD = 30, LABELS_AT_MOST = 400, ANIMATED_AT_MOST = 300;
  const byId = (id) => document.getElementById(id);
  const canvas = byId("canvas"), view = byId("view"), details = byId("details");
  const found = byId("found"), find = byId("find");
  const open = new Set();          // numbers of the groups that are open
  const homeOf = new Map();        // item -> number of the group that it is in
  groups.forEach((group, number) => group.items.forEach((item) => homeOf.set(item, number)));
  const users = records.map(() => []);
  records.forEach((record, number) => (record.operands || []).forEach((one) => users[one.from].push(number)));
  let chosen = null, boxes = new Map(), edges = [], size = [0, 0];
  const eye = { x: 0, y: 0, zoom: 1 };

  const isGroup = (item) => item < 0;
  const groupOf = (item) => groups[-1 - item];
  const isOpen = (item) => isGroup(item) && open.has(-1 - item);
  const drawnAs = (item) => (isGroup(item) ? groupOf(item) : records[item]);

  // ------------------------------------------------------------------------------ coordinates

  // A group with the middle of each of its items, bends and open groups inside.
  function laidOut(number) {
    const group = groups[number], inner = new Map();
    const sizes = group.items.map((item, place) => {
      if (!isOpen(item)) return drawnAs(item).size;
      const inside = laidOut(-1 - item);
      inner.set(place, inside);
      return [Math.max(inside.size[0] + 2 * PADDING, 170), inside.size[1] + 2 * PADDING + HEAD];
    });
    let count = group.items.length;
    for (const row of group.rows) for (const place of row) count = Math.max(count, place + 1);
    while (sizes.length < count) sizes.push([BEND_WIDTH, 0]);
    const across = new Array(count).fill(0);
    for (const row of group.rows) {
      const offsets = offsetsOf(row, sizes), middle = offsets[offsets.length - 1] / 2;
      row.forEach((place, k) => { across[place] = offsets[k] - middle; });
    }
    const above = across.map(() => []), below = across.map(() => []);
    for (const [source, target, bends] of group.links) {
      const way = [source, ...bends, target];
      for (let k = 1; k < way.length; k++) { below[way[k - 1]].push(way[k]); above[way[k]].push(way[k - 1]); }
    }
    // What has inputs here is part of a chain, and straight; what has none stands beside it.
    const weights = above.map((inputs, place) => (inputs.length && sizes[place][1] ? CHAIN_WEIGHT : 1));
    const upwards = [...group.rows].reverse();
    for (let pass = 0; pass < PASSES; pass++)
      for (const row of pass % 2 ? upwards : group.rows) settle(row, across, pass % 2 ? below : above, sizes, weights);
    return down(number, across, sizes, inner);
  }

  // How far the middle of each member is from that of the first, when they stand close.
  function offsetsOf(row, sizes) {
    let offset = 0;
    return row.map((place, k) => {
      if (!k) return 0;
      const [one, other] = [sizes[row[k - 1]], sizes[place]];
      offset += (one[0] + other[0]) / 2 + (one[1] && other[1] ? GAP_ACROSS : BEND_GAP);
      return offset;
    });
  }

  // Each member of a row towards its neighbours; those that would overlap move as one block.
  function settle(row, across, neighbours, sizes, weights) {
    const blocks = [], offsets = offsetsOf(row, sizes);
    row.forEach((place, k) => {
      const near = neighbours[place];
      const total = near.reduce((sum, one) => sum + weights[one], 0);
      const wish = near.length ? near.reduce((sum, one) => sum + weights[one] * across[one], 0) / total : across[place];
      let block = { mean: wish - offsets[k], weight: weights[place], members: [[place, offsets[k]]] };
      while (blocks.length && blocks[blocks.length - 1].mean > block.mean) {
        const last = blocks.pop(), weight = last.weight + block.weight;
        last.mean = (last.mean * last.weight + block.mean * block.weight) / weight;
        last.weight = weight;
        last.members.push(...block.members);
        block = last;
      }
      blocks.push(block);
    });
    for (const block of blocks) for (const [place, at] of block.members) across[place] = block.mean + at;
  }

  function down(number, across, sizes, inner) {
    let left = Infinity, right = -Infinity, top = 0;
    across.forEach((x, k) => { left = Math.min(left, x - sizes[k][0] / 2); right = Math.max(right, x + sizes[k][0] / 2); });
    const points = new Array(across.length);
    for (const row of groups[number].rows) {
      const height = row.reduce((most, place) => Math.max(most, sizes[place][1]), 0);
      for (const place of row) points[place] = [across[place] - left, top + height / 2];
      top += height + GAP_DOWN;
    }
    return { points, sizes, inner, size: [Math.max(right - left, 0), Math.max(top - GAP_DOWN, 0)] };
  }

  // ---------------------------------------------------------------------------------- drawing

  function make(name, attributes, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }

  function draw() {
    const layout = laidOut(0), lines = make("g", {});
    const layers = { regions: make("g", {}), cards: make("g", {}) };
    boxes = new Map();
    edges = [];
    size = layout.size;
    place(0, layout, 0, 0, layers);
    connect(0, layout, 0, 0);
    const labelled = edges.length <= LABELS_AT_MOST, seen = new Set();
    for (const edge of edges) {
      edge.path = make("path", { class: "edge", d: curve(edge.points) });
      lines.append(edge.path);
      const shape = !isGroup(edge.source) && records[edge.source].shape;
      if (!labelled || !shape || shape === "(?)") continue;
      const [a, b] = edge.points;
      const label = `${shape}@${Math.round(a[0])},${Math.round(a[1])},${Math.round(b[0])}`;
      if (seen.has(label)) continue;
      seen.add(label);
      lines.append(make("text", { class: "shape", x: (a[0] + b[0]) / 2 + 5, y: (a[1] + b[1]) / 2 + 3 }, shape));
    }
    view.replaceChildren(layers.regions, lines, layers.cards);
    canvas.classList.toggle("many", edges.length > ANIMATED_AT_MOST);
    arrows();
    mark();
  }

  function place(number, layout, left, top, layers) {
    groups[number].items.forEach((item, k) => {
      const [x, y] = layout.points[k], [width, height] = layout.sizes[k];
      const corner = [left + x - width / 2, top + y - height / 2];
      boxes.set(item, { x: corner[0], y: corner[1], width, height });
      if (layout.inner.has(k)) {
        layers.regions.append(region(corner, width, height));
        layers.cards.append(head(item, corner, width));
        place(-1 - item, layout.inner.get(k), ...inside(corner, width, layout.inner.get(k)), layers);
      } else layers.cards.append(card(item, corner));
    });
  }

  const inside = (corner, width, layout) => [corner[0] + (width - layout.size[0]) / 2, corner[1] + PADDING + HEAD];

  function card(item, [x, y]) {
    const drawn = drawnAs(item), [width, height] = drawn.size;
    const shape = { width, height, rx: drawn.style === "leaf" ? 16 : 7 };
    const group = make("g", {
      class: `box ${drawn.style}`, transform: `translate(${x} ${y})`, tabindex: 0, role: "button",
      "data-item": item, "aria-label": drawn.lines.join(", "),
    });
    if (isGroup(item)) {
      group.setAttribute("aria-expanded", "false");
      for (const d of [6, 3]) group.append(make("rect", { ...shape, x: d, y: d }));
    }
    group.append(make("rect", shape));
    drawn.lines.forEach((line, k) => group.append(make("text", {
      class: k ? "small" : "title", x: width / 2, y: 22 + 15 * k + (k ? 3 : 0) }, line)));
    return group;
  }

  const region = ([x, y], width, height) => make("g", { class: "region", transform: `translate(${x} ${y})` },
    make("rect", { width, height, rx: 9 }));

  function head(item, [x, y], width) {
    const group = groupOf(item);
    const title = group.kind === "loop" ? `▾ ×${group.repeats}  ${group.title}` : `▾ ${group.title}`;
    const letters = Math.max(Math.floor((width - 24) / 7), 6);
    return make("g", { class: "head", transform: `translate(${x} ${y})`, tabindex: 0, role: "button",
      "data-item": item, "aria-expanded": "true", "aria-label": `close ${title}` },
      make("rect", { width, height: 24, rx: 7 }),
      make("text", { x: 10, y: 16.5 }, title.length > letters ? `${title.slice(0, letters - 1)}…` : title));
  }

  // The closed group or the record that stands for a record now.
  function shown(number) {
    let item = number, last = number;
    for (let home = homeOf.get(item); home; home = homeOf.get(item)) {
      item = -1 - home;
      if (!open.has(home)) last = item;
    }
    return last;
  }

  function connect(number, layout, left, top) {
    const group = groups[number];
    for (const [source, target, bends, pairs] of group.links) {
      const seen = new Set(), between = bends.map((k) => [left + layout.points[k][0], top + layout.points[k][1]]);
      for (let k = 0; k < pairs.length; k += 2) {
        const from = layout.inner.has(source) ? shown(pairs[k]) : group.items[source];
        const to = layout.inner.has(target) ? shown(pairs[k + 1]) : group.items[target];
        if (seen.has(`${from} ${to}`)) continue;
        seen.add(`${from} ${to}`);
        const a = boxes.get(from), b = boxes.get(to);
        edges.push({ source: from, target: to, points: [
          [a.x + a.width / 2, a.y + a.height], ...between, [b.x + b.width / 2, b.y]] });
        if (!layout.inner.has(source) && !layout.inner.has(target)) break;
      }
    }
    group.items.forEach((item, k) => {
      if (!layout.inner.has(k)) return;
      const box = boxes.get(item), inner = layout.inner.get(k);
      connect(-1 - item, inner, ...inside([box.x, box.y], box.width, inner));
    });
  }

  function curve(points) {
    let [x, y] = points[0], path = `M${x} ${y}`;
    for (const [toX, toY] of points.slice(1)) {
      const middle = (y + toY) / 2;
      path += `C${x} ${middle} ${toX} ${middle} ${toX} ${toY}`;
      [x, y] = [toX, toY];
    }
    return path;
  }

  function arrows() {
    const up = canvas.classList.contains("backward");
    for (const { path } of edges) {
      path.setAttribute(up ? "marker-start" : "marker-end", up ? "url(#up)" : "url(#down)");
      path.removeAttribute(up ? "marker-end" : "marker-start");
    }
  }

  // ----------------------------------------------------------------------- choosing and opening

  function mark() {
    const item = chosen === null ? null : shown(chosen);
    for (const box of view.querySelectorAll(".box.chosen")) box.classList.remove("chosen");
    if (item !== null) element(item)?.classList.add("chosen");
    for (const edge of edges) edge.path.classList.toggle("near", item !== null && (edge.source === item || edge.target === item));
  }

  const element = (item) => view.querySelector(`[data-item="${item}"]`);

  function choose(number) {
    chosen = number;
    mark();
    describe(number);
  }

  // Open or close a group; what was clicked stays where it is on the screen.
  function toggle(item) {
    const number = -1 - item, before = boxes.get(item);
    const at = [before.x + before.width / 2, before.y];
    if (!open.delete(number)) open.add(number);
    draw();
    const after = boxes.get(item);
    eye.x += after.x + after.width / 2 - at[0];
    eye.y += after.y - at[1];
    look();
    element(item)?.focus({ preventScroll: true });
  }

  function reveal(number) {
    for (let home = homeOf.get(number); home; home = homeOf.get(-1 - home)) open.add(home);
    draw();
    choose(number);
    centre(boxes.get(number));
    element(number)?.focus({ preventScroll: true });
  }

  function act(item) {
    if (isGroup(item)) toggle(item); else choose(item);
  }

  // ------------------------------------------------------------------------------------ details

  function write(name, text, className) {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function goTo(number, text) {
    const button = write("button", text, "go");
    button.addEventListener("click", () => reveal(number));
    return button;
  }

  const nameOf = (number) => records[number].variable || records[number].lines[0];

  function describe(number) {
    const record = records[number];
    const close = write("button", "×", "close");
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", dismiss);
    details.replaceChildren(close, write("h2", record.lines[0]), write("p", record.node, "muted"));
    const add = (...parts) => details.append(...parts);
    if (record.expression) add(write("pre", record.expression));
    if (record.place) add(write("p", `${record.place}${record.function && record.function !== "<module>" ? ` in ${record.function}` : ""}`, "muted"));
    for (const note of record.notes || []) add(write("p", note, "note"));
    add(write("h3", record.kind === "leaf" ? "Value" : "Forward"));
    add(write("p", record.kind === "leaf" ? `${record.meaning || "Tensor"}  ${record.type}` : `out = ${record.meaning}`));
    if (record.kind !== "leaf") add(write("p", record.type, "muted"));
    if (record.numbers) add(write("pre", `= ${record.numbers}`));
    if (record.gradient) add(write("h3", "Gradient (.grad)"), write("pre", record.gradient));
    rules(record, add);
    saved(record, add);
    const uses = [...new Set(users[number])];
    if (uses.length) {
      add(write("h3", "Used by"));
      const list = write("p");
      for (const user of uses.slice(0, 30)) list.append(goTo(user, nameOf(user)));
      if (uses.length > 30) list.append(` and ${uses.length - 30} more`);
      add(list);
      if (uses.length > 1) add(write("p", `Its gradient is the sum of what comes from these ${uses.length}.`, "muted"));
    }
    details.hidden = false;
  }

  function rules(record, add) {
    if (!record.operands) return;
    add(write("h3", "Backward"), write("p", "g is the gradient of out; what arrives is added up.", "muted"));
    for (const operand of record.operands) {
      const rule = write("div", undefined, "rule"), formula = write("div", undefined, "formula");
      formula.append(write("i", `${operand.name}\u0304`), ` += ${operand.formula}`);
      const from = write("div");
      from.append(`${operand.name} is `, goTo(operand.from, nameOf(operand.from)), ` ${records[operand.from].shape || ""}`);
      rule.append(formula, from);
      for (const [name, kind, , numbers] of record.saved || [])
        if (numbers && kind !== "keyword" && new RegExp(`(^|[^\\w])${name}([^\\w]|$)`).test(operand.formula)) rule.append(write("div", `${name} = ${numbers}`, "number"));
      if (operand.slope) rule.append(write("div", `∂out/∂${operand.name} = ${operand.slope}`, "number"));
      add(rule);
    }
    for (const name of record.constants || []) add(write("p", `${name} is constant: it gets no gradient.`, "muted"));
  }

  function saved(record, add) {
    if (!record.saved) return;
    add(write("h3", "Saved for backward"));
    const table = write("table");
    for (const [name, kind, bytes, numbers] of record.saved) {
      const row = write("tr");
      row.append(write("td", name), write("td", kind), write("td", bytes), write("td", numbers));
      table.append(row);
    }
    add(table);
  }

  function dismiss() {
    details.hidden = true;
    chosen = null;
    mark();
  }

  // --------------------------------------------------------------------------- moving and zooming

  function look() {
    const { clientWidth: width, clientHeight: height } = canvas;
    canvas.setAttribute("viewBox", `${eye.x} ${eye.y} ${width / eye.zoom} ${height / eye.zoom}`);
    canvas.classList.toggle("far", eye.zoom < 0.45);
  }

  function fit() {
    const { clientWidth: width, clientHeight: height } = canvas;
    eye.zoom = Math.min(1.6, Math.max(0.02, Math.min(width / (size[0] + 80), height / (size[1] + 60))));
    // A long graph begins at its result, large enough to be read.
    const readable = Math.max(eye.zoom, 0.7);
    const isLong = readable > eye.zoom, last = boxes.get(groups[0].items.at(-1)) || { x: 0, width: 0 };
    eye.zoom = readable;
    const middle = isLong && size[0] > width / eye.zoom ? last.x + last.width / 2 : size[0] / 2;
    eye.x = middle - width / eye.zoom / 2;
    eye.y = isLong ? size[1] + 30 - height / eye.zoom : size[1] / 2 - height / eye.zoom / 2;
    look();
  }

  function zoom(factor, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
    const next = Math.min(4, Math.max(0.02, eye.zoom * factor));
    eye.x += x / eye.zoom - x / next;
    eye.y += y / eye.zoom - y / next;
    eye.zoom = next;
    look();
  }

  function centre(box) {
    if (eye.zoom < 0.6) eye.zoom = 0.9;
    eye.x = box.x + box.width / 2 - canvas.clientWidth / eye.zoom / 2;
    eye.y = box.y + box.height / 2 - canvas.clientHeight / eye.zoom / 2;
    look();
  }

  let grip = null;
  canvas.addEventListener("pointerdown", (event) => { grip = { x: event.clientX, y: event.clientY, moved: false }; });
  canvas.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const dx = event.clientX - grip.x, dy = event.clientY - grip.y;
    if (!grip.moved && Math.hypot(dx, dy) < 4) return;
    if (!grip.moved) { grip.moved = true; canvas.classList.add("moving"); canvas.setPointerCapture(event.pointerId); }
    eye.x -= dx / eye.zoom;
    eye.y -= dy / eye.zoom;
    Object.assign(grip, { x: event.clientX, y: event.clientY });
    look();
  });
  const release = () => { canvas.classList.remove("moving"); setTimeout(() => { grip = null; }); };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("click", (event) => {
    if (grip?.moved) return;
    const target = event.target.closest("[data-item]");
    if (target) act(Number(target.dataset.item));
  });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const corner = canvas.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY * 0.0015), event.clientX - corner.left, event.clientY - corner.top);
  }, { passive: false });
  canvas.addEventListener("focusin", (event) => {
    const item = event.target.dataset?.item, box = item === undefined ? null : boxes.get(Number(item));
    if (!box || !event.target.matches(":focus-visible")) return;
    const x = (box.x - eye.x) * eye.zoom, y = (box.y - eye.y) * eye.zoom;
    if (x < 0 || y < 0 || x > canvas.clientWidth - 60 || y > canvas.clientHeight - 40) centre(box);
  });

  const step = 60;
  const keys = {
    ArrowLeft: () => { eye.x -= step / eye.zoom; look(); },
    ArrowRight: () => { eye.x += step / eye.zoom; look(); },
    ArrowUp: () => { eye.y -= step / eye.zoom; look(); },
    ArrowDown: () => { eye.y += step / eye.zoom; look(); },
    "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), 0: fit,
    Enter: (target) => target && act(Number(target.dataset.item)),
    " ": (target) => target && act(Number(target.dataset.item)),
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key](event.target.closest("[data-item]"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && event.target !== find) { event.preventDefault(); find.focus(); }
    if (event.key === "Escape") { found.hidden = true; if (event.target === find) canvas.focus(); else dismiss(); }
  });

  // ---------------------------------------------------------------------------------- the tools

  function search() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean), matches = [];
    for (let number = records.length - 1; words.length && number >= 0 && matches.length < 50; number--) {
      const { title, node, expression, variable, place } = records[number];
      const text = `${title} ${node} ${expression || ""} ${variable || ""} ${place || ""}`.toLowerCase();
      if (words.every((word) => text.includes(word))) matches.push(number);
    }
    found.replaceChildren(...matches.map((number, k) => {
      const row = write("li");
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(k === 0));
      row.append(write("b", records[number].lines[0]), write("code", records[number].expression || records[number].type || ""));
      row.addEventListener("click", () => { found.hidden = true; reveal(number); });
      return row;
    }));
    found.hidden = !matches.length;
  }

  find.addEventListener("input", search);
  find.addEventListener("keydown", (event) => {
    const rows = [...found.children], at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
    if (event.key === "Enter" && rows[at]) rows[at].click();
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!move || !rows.length) return;
    event.preventDefault();
    const next = (at + move + rows.length) % rows.length;
    rows[at]?.setAttribute("aria-selected", "false");
    rows[next].setAttribute("aria-selected", "true");
    rows[next].scrollIntoView({ block: "nearest" });
  });

  function flow(up) {
    canvas.classList.toggle("backward", up);
    byId("forward").setAttribute("aria-pressed", String(!up));
    byId("backward").setAttribute("aria-pressed", String(up));
    arrows();
  }

  function theme() {
    const isDark = document.body.classList.contains("dark") ||
      (!document.body.classList.contains("light") && matchMedia("(prefers-color-scheme: dark)").matches);
    for (const part of [document.body, canvas]) {
      part.classList.toggle("light", isDark);
      part.classList.toggle("dark", !isDark);
    }
  }

  byId("forward").addEventListener("click", () => flow(false));
  byId("backward").addEventListener("click", () => flow(true));
  byId("fold").addEventListener("click", () => { open.clear(); draw(); fit(); });
  byId("fold").hidden = groups.length === 1;
  byId("theme").addEventListener("click", theme);
  byId("closer").addEventListener("click", () => zoom(1.25));
  byId("farther").addEventListener("click", () => zoom(0.8));
  byId("fit").addEventListener("click", fit);
  byId("summary").textContent = graph.summary;
  const styles = new Set([...records, ...groups.slice(1)].map((one) => (one.style === "part" ? "loop" : one.style)));
  for (const row of document.querySelectorAll(".legend li")) row.hidden = !styles.has(row.className);
  draw();
  fit();
  let width = canvas.clientWidth;
  new ResizeObserver(() => {
    // What was in the middle stays there when the details take their place.
    eye.x += (width - canvas.clientWidth) / eye.zoom / 2;
    width = canvas.clientWidth;
    look();
  }).observe(canvas);
})();
