// The system: who publishes on the left, logs that grow in the middle, groups on the right.

import { calm, h, s, say, set, shortened } from "./dom.js";

const CELL = 17, ROW = 25, HEAD = 26, GAP = 12, TOP = 30, CHAR = 7.1;
const MEMBER = 22, GROUP_HEAD = 30;
const FLIGHT_MS = [150, 450], FLIGHTS_MAX = 12;
const COUNT = 64; // pixels beside a name in a group's box: "not here", "lag 1,204"

export class Topology {
  constructor(lab) {
    this.lab = lab;
    this.svg = s("svg", { class: "topology", role: "group" });
    // What changes with every step lies above, in layers of its own: the picture is not painted again for it.
    this.light = s("path", {});
    this.above = s("svg", { class: "above", "aria-hidden": "true" }, this.light);
    this.sky = h("div", { class: "sky", "aria-hidden": "true" });
    this.element = h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "The system" },
      h("div", { class: "map" }, this.svg, this.above, this.sky),
      h("p", { class: "legend" }, "filled: nobody has committed it · pale: some groups have · ",
        "empty: all have · flag: a group has come so far · bar: lag"));
    this.flights = new Set();
  }

  /** Build everything that doesn't change from step to step. */
  build(width) {
    const { run } = this.lab;
    this.width = Math.max(620, width);
    this.svg.replaceChildren();
    this.members = run.groups.map((_, g) => run.actors.flatMap(([, group], a) => (run.groupOf[a] === g ? [a] : [])));
    const members = new Set(this.members.flat());
    this.producers = [...run.says.keys()].filter((a) => !members.has(a));
    const widest = (names, least, most) =>
      Math.min(most, Math.max(least, ...names.map((name) => name.length * CHAR + 24)));
    this.left = this.producers.length ? widest(this.producers.map((a) => run.actors[a][0]), 70, 150) : 0;
    const inGroups = [...members].map((a) => run.actors[a][0]).concat(run.groups.map(([name]) => name));
    this.right = Math.min(210, Math.max(150, ...inGroups.map((name) => name.length * CHAR + 29 + COUNT)));
    this.x0 = 8 + this.left + (this.left ? 56 : 8);
    this.x1 = this.width - this.right - 8 - 70;
    this.room = Math.max(6, Math.floor((this.x1 - this.x0 - 44) / CELL)); // cells of a log
    this.y = []; // of each partition
    this.topicY = [];
    let y = TOP;
    this.wires = s("g", { class: "wires" });
    const logs = s("g"), boxes = s("g");
    this.svg.append(this.wires, logs, boxes);
    this.rows = new Map();
    for (const t of this.order()) {
      const [name, count] = run.topics[t], used = run.used.has(t);
      const height = HEAD + (used ? count * ROW + 2 : 0);
      this.topicY[t] = y + height / 2;
      logs.append(s("rect", { class: "topic", x: this.x0, y, width: this.x1 - this.x0, height, rx: 8 }),
        s("text", { class: "name", x: this.x0 + 10, y: y + 18 }, name));
      if (!used) logs.append(s("text", { class: "small", x: this.x1 - 10, y: y + 18, "text-anchor": "end" }, "empty"));
      for (const p of used ? run.partitionsOf(t) : []) {
        const top = y + HEAD + (p - run.first[t]) * ROW;
        this.y[p] = top + 8;
        this.rows.set(p, this.log(logs, p, top));
      }
      y += height + GAP;
    }
    const bottomOfLogs = y;
    this.groupBoxes = [];
    const heights = this.members.map((all) => GROUP_HEAD + Math.max(1, all.length) * MEMBER + 6);
    const total = heights.reduce((a, b) => a + b, 0);
    const space = Math.max(8, Math.min(26, (bottomOfLogs - TOP - total) / Math.max(1, heights.length)));
    y = TOP + Math.max(0, (bottomOfLogs - TOP - total - space * (heights.length - 1)) / 2);
    this.actorAt = {};
    run.groups.forEach(([name], g) => {
      this.groupBoxes.push(this.group(boxes, g, name, y, heights[g]));
      y += heights[g] + space;
    });
    const bottomOfGroups = y;
    this.producerBoxes = this.besideTopics().map(([a, at]) => this.producer(boxes, a, at));
    this.height = Math.max(bottomOfLogs, bottomOfGroups, 130, TOP + this.producers.length * 36);
    this.heads();
    this.wire();
    for (const svg of [this.svg, this.above]) {
      set(svg, "viewBox", `0 0 ${this.width} ${this.height}`);
      set(svg, "width", this.width);
      set(svg, "height", this.height);
    }
    this.land();
  }

  /** Topics in the order of their first records; those that stay empty last, and only if somebody reads them. */
  order() {
    const { run } = this.lab, empty = run.topics.map((_, t) => t).filter((t) => !run.used.has(t));
    return [...run.used, ...empty.filter((t) => run.groups.some(([, topics]) => topics.includes(t)))];
  }

  /** Each producer at the height of what it publishes to, moved down where it would touch the one above. */
  besideTopics() {
    const middle = (a) => {
      const ys = [...this.lab.run.says.get(a)].map((t) => this.topicY[t]);
      return ys.reduce((sum, y) => sum + y, 0) / ys.length;
    };
    let free = TOP + 14;
    return this.producers.map((a) => [a, middle(a)]).sort((a, b) => a[1] - b[1]).map(([a, wanted]) => {
      const at = Math.max(wanted, free);
      free = at + 36;
      return [a, at];
    });
  }

  heads() {
    const head = (x, words, anchor) => s("text", { class: "head", x, y: 16, "text-anchor": anchor }, words);
    if (this.left) this.svg.append(head(8, "publish", "start"));
    this.svg.append(head(this.x0, "topics: their partitions grow to the right", "start"),
      head(this.width - 8, "groups: members, and lag", "end"));
  }

  log(into, p, top) {
    const { run } = this.lab, [, number] = run.partitions[p];
    const label = s("text", { class: "small", x: this.x0 + 10, y: top + 12 }, String(number));
    const older = s("text", { class: "small", x: this.x0 + 22, y: top + 12 });
    const cells = [], flags = run.readers[p].map((g) => s("path", { class: "flag", visibility: "hidden" },
      s("title", {}, `${run.groups[g][0]} has committed up to here`)));
    const line = s("path", { class: "row", d: `M${this.x0 + 46} ${top + 8}H${this.x1 - 8}` });
    into.append(line, label, older);
    for (let n = 0; n < this.room - 2; n++) {
      const x = this.x0 + 48 + n * CELL;
      const box = s("rect", { x, y: top, width: CELL - 2, height: 16, rx: 3.5 });
      const text = s("text", { class: "cell", x: x + (CELL - 2) / 2, y: top + 12, "text-anchor": "middle" });
      const cell = s("g", { class: "record", visibility: "hidden", onclick: () => this.pick(p, cell.offset) }, box, text);
      cell.text = text;
      cells.push(cell);
      into.append(cell);
    }
    into.append(...flags);
    return { p, top, older, cells, flags, first: 0, shown: "" };
  }

  pick(p, offset) {
    const step = this.lab.run.publishedAt[p].get(offset);
    if (step !== undefined) this.lab.inspect(step);
  }

  /** A box that one can choose, by mouse or keyboard. */
  choosable(element, actor, words) {
    const choose = () => this.lab.choose(actor);
    fillButton(element, words, choose);
    return element;
  }

  producer(into, a, y, height = 28) {
    const name = this.lab.run.actors[a][0];
    const box = s("g", { class: "actor" },
      s("rect", { class: "service", x: 8, y: y - height / 2, width: this.left, height, rx: 6 }),
      s("text", { x: 8 + this.left / 2, y: y + 4, "text-anchor": "middle" }, shortened(name, 18)));
    this.choosable(box, a, `${name}, publishes`);
    into.append(box);
    this.actorAt[a] = [8 + this.left, y];
    return { a, box };
  }

  group(into, g, name, y, height) {
    const { run } = this.lab, x = this.width - this.right - 8;
    const lag = s("text", { class: "lag", x: x + this.right - 10, y: y + 19, "text-anchor": "end" });
    const bar = s("rect", { class: "lagbar", x: x + 10, y: y + 25, height: 3, width: 0, rx: 1.5 });
    const box = s("g", { class: "group" },
      s("rect", { class: "service", x, y, width: this.right, height, rx: 8 }),
      s("text", { class: "name", x: x + 10, y: y + 19 }, shortened(name, 16)), lag, bar);
    into.append(box);
    if (!this.members[g].length) box.append(s("text", { class: "small", x: x + 27, y: y + GROUP_HEAD + 14 }, "nobody is here"));
    const members = this.members[g].map((a, i) => {
      const my = y + GROUP_HEAD + i * MEMBER + 10;
      const sign = s("path", { class: "sign" });
      const words = s("text", { class: "small", x: x + this.right - 10, y: my + 4, "text-anchor": "end" });
      const row = s("g", { class: "actor member" },
        s("rect", { class: "chip", x: x + 6, y: my - 10, width: this.right - 12, height: 20, rx: 5 }),
        sign, s("text", { x: x + 27, y: my + 4 }, shortened(run.actors[a][0], 16)), words);
      this.choosable(row, a, run.actors[a][0]);
      into.append(row);
      this.actorAt[a] = [x, my];
      return { a, row, sign, words, x: x + 16, y: my, shown: "" };
    });
    return { g, box, lag, bar, members, x, middle: y + height / 2, shown: -1 };
  }

  wire() {
    const { run } = this.lab, { says } = run;
    const curve = (x1, y1, x2, y2) => `M${x1} ${y1}C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}`;
    const tip = (x, y) => s("path", { class: "tip", d: `M${x} ${y}l-7 -3.5v7z` });
    this.wireOf = new Map();
    for (const a of this.producers) {
      const from = this.actorAt[a], topics = says.get(a);
      for (const t of topics) {
        const path = s("path", { class: "wire", d: curve(from[0], from[1], this.x0 - 7, this.topicY[t]) });
        this.wires.append(path, tip(this.x0, this.topicY[t]));
        this.wireOf.set(`a${a}t${t}`, path);
      }
    }
    run.groups.forEach(([, topics], g) => {
      const box = this.groupBoxes[g];
      for (const t of topics.filter((t) => this.topicY[t])) {
        const path = s("path", { class: "wire", d: curve(this.x1, this.topicY[t], box.x - 7, box.middle) });
        this.wires.append(path);
        this.wireOf.set(`g${g}t${t}`, path);
      }
      this.wires.append(tip(box.x, box.middle));
      const back = new Set(this.members[g].flatMap((a) => [...(says.get(a) ?? [])]));
      for (const t of back) { // a member that publishes: back into the log, dashed
        const path = s("path", { class: "wire back", d: curve(box.x, box.middle + 9, this.x1 + 7, this.topicY[t] + 9) });
        this.wires.append(path, s("path", { class: "tip", d: `M${this.x1} ${this.topicY[t] + 9}l7 -3.5v7z` }));
        for (const a of this.members[g]) this.wireOf.set(`a${a}t${t}`, path);
      }
    });
  }

  /** Show the state, changing only what is another one than before. */
  draw(state) {
    const { run, chosen } = this.lab;
    for (const row of this.rows.values()) this.drawLog(row, state);
    const deals = run.dealt(state.step);
    for (const box of this.groupBoxes) {
      const lag = run.lag(state, box.g);
      if (lag !== box.shown) {
        box.shown = lag;
        say(box.lag, `lag ${lag.toLocaleString("en")}`);
        set(box.lag, "class", lag ? "lag behind" : "lag");
        set(box.bar, "width", Math.min(1, lag / 20) * (this.right - 20));
      }
      const dealt = deals.get(box.g)?.[3];
      for (const member of box.members) this.drawMember(member, state, dealt, chosen);
    }
    for (const { a, box } of this.producerBoxes) {
      set(box, "class", `actor${a === chosen ? " chosen" : ""}${run.actor[state.step - 1] === a ? " acting" : ""}`);
    }
    const last = state.step - 1;
    const wire = last < 0 || run.topic[last] < 0 ? null : this.wireOf.get(this.wireKey(last));
    set(this.light, "class", wire ? `${wire.getAttribute("class")} lit` : "");
    set(this.light, "d", wire?.getAttribute("d") ?? "");
  }

  /** The picture in words. */
  tell(state) {
    const { run } = this.lab;
    set(this.svg, "aria-label", `Lag: ${run.groups.map(([name], g) => `${name} ${run.lag(state, g)}`).join(", ")}`);
  }

  wireKey(i) {
    const { run } = this.lab;
    const publishes = run.action[i] === run.act.publish;
    return publishes ? `a${run.actor[i]}t${run.topic[i]}` : `g${run.groupOf[run.actor[i]]}t${run.topic[i]}`;
  }

  drawLog(row, state) {
    const { run, shownRecord, chosenGroup } = this.lab, { p } = row, end = state.ends[p], count = run.partitions.length;
    const done = run.readers[p].map((g) => state.done[g * count + p]);
    const picked = shownRecord.startsWith(`${p}@`) ? shownRecord : "";
    const now = `${end};${done};${picked};${chosenGroup}`;
    if (now === row.shown) return;
    row.shown = now;
    // A full log makes room by a third of its width, not by one cell with every record.
    const page = Math.max(1, Math.floor(row.cells.length / 3));
    const first = Math.ceil(Math.max(0, end - row.cells.length) / page) * page;
    row.first = first;
    say(row.older, first ? "…" : "");
    row.cells.forEach((cell, n) => {
      const offset = first + n;
      if (offset >= end) return set(cell, "visibility", "hidden");
      cell.offset = offset;
      const waiting = done.filter((d) => d <= offset).length;
      set(cell, "visibility", "visible");
      set(cell, "class", `record${waiting ? (waiting === done.length ? " fresh" : " partly") : " over"}${
        picked === `${p}@${offset}` ? " picked" : ""}`);
      say(cell.text, offset < 100 ? String(offset) : String(offset).slice(-2));
    });
    row.flags.forEach((flag, n) => {
      const at = done[n] - first;
      if (at < 0 || at > row.cells.length) return set(flag, "visibility", "hidden");
      const x = this.x0 + 47 + at * CELL, mine = chosenGroup === run.readers[p][n];
      set(flag, "visibility", "visible");
      set(flag, "class", `flag${mine ? " mine" : ""}`);
      set(flag, "d", `M${x} ${row.top + 23}V${row.top + 14}l5.5 3l-5.5 3`);
    });
  }

  drawMember(member, state, dealt, chosen) {
    const { run } = this.lab, { a } = member, name = run.actors[a][0];
    const reads = dealt?.[name], down = state.down[a];
    const gone = dealt && !reads;
    const acting = state.step && run.actor[state.step - 1] === a;
    const words = down ? "crashed" : gone ? "not here" : reads ? `reads ${reads.length}` : "";
    const now = `${words};${acting};${chosen === a};${member.y}`;
    if (now === member.shown) return;
    member.shown = now;
    say(member.words, words);
    const { x, y } = member;
    set(member.sign, "d", down ? `M${x - 5} ${y - 5}l10 10m0 -10l-10 10` : gone ? `M${x - 5} ${y}h10`
      : `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`);
    set(member.sign, "class", `sign ${down ? "cross" : gone ? "away" : "up"}`);
    set(member.row, "class", `actor member${chosen === a ? " chosen" : ""}${acting ? " acting" : ""}${gone || down ? " off" : ""}`);
    set(member.row, "aria-label", `${name}, ${words || "a member"}`);
  }

  /** A dot flies from whoever publishes into the log, or from the log to whoever takes the record. */
  fly(i) {
    const { run } = this.lab, place = run.place(i), at = this.actorAt[run.actor[i]];
    if (calm() || place < 0 || !at || this.flights.size >= FLIGHTS_MAX) return;
    const publishes = run.action[i] === run.act.publish;
    if (!publishes && !run.takes(i)) return;
    const column = Math.max(0, run.offset[i] - this.rows.get(place).first);
    const cell = [this.x0 + 48 + column * CELL + 7, this.y[place]];
    const dot = h("i", { class: publishes ? "dot" : "dot taken" });
    this.sky.append(dot);
    const way = (publishes ? [at, cell] : [cell, at]).map(([x, y]) => ({ transform: `translate(${x}px, ${y}px)` }));
    const duration = Math.min(FLIGHT_MS[1], Math.max(FLIGHT_MS[0], 2200 / this.lab.speed));
    const flight = dot.animate(way, { duration, easing: "ease-in-out" });
    this.flights.add(flight);
    flight.onfinish = flight.oncancel = () => {
      dot.remove();
      this.flights.delete(flight);
    };
  }

  land() {
    for (const flight of this.flights) flight.cancel();
  }
}

function fillButton(element, words, choose) {
  element.setAttribute("role", "button");
  element.setAttribute("tabindex", 0);
  element.setAttribute("aria-label", words);
  element.addEventListener("click", choose);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      event.stopPropagation();
      choose();
    }
  });
}
