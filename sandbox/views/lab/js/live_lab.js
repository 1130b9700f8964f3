// The lab of a real broker: the same picture, always at its end, and what one can do there by hand.

import { h, icon, say } from "./dom.js";
import { Lab } from "./lab.js";
import { LiveCharts } from "./live_charts.js";
import { LiveInspector, LiveLetters, LiveOffsets, Records } from "./live_panels.js";

const FLIGHTS = 8; // of new records at a time
let labs = 0; // on this page

export class LiveLab extends Lab {
  furnish() {
    this.pinned = null; // {place, record}: what stays in the inspector
    this.speed = 4;
    this.id = `sandbox-lab-${labs++}`;
    this.breaker = new Hands(this);
    this.sideInspector = new LiveInspector(this);
    this.panels = {
      Charts: new LiveCharts(this), Records: new Records(this), Inspector: new LiveInspector(this),
      "Dead letters": new LiveLetters(this), Offsets: new LiveOffsets(this),
    };
  }

  /** Can something be done over there now? */
  get active() {
    return this.live && this.run.live.going && !this.run.live.status;
  }

  get shownRecord() {
    const i = this.pinned ? this.run.numberOf(this.pinned.place) : -1;
    return i < 0 ? "" : `${this.run.place(i)}@${this.run.offset[i]}`;
  }

  assemble() {
    super.assemble();
    for (const control of this.bar.querySelectorAll("button, input, select")) {
      control.disabled = true;
      control.setAttribute("aria-describedby", `${this.id}-why`);
      control.title = `${control.getAttribute("aria-label")}: only on the simulator`;
    }
    this.going = h("button", { type: "button", class: "wide", onclick: () => this.ask({ do: this.run.live.going ? "stop" : "start" }) });
    this.scope = h("select", { onchange: () => this.ask({ do: "show", run: this.scope.value }) });
    this.bar.append(h("label", { class: "scope" }, "Show ", this.scope), this.going);
    this.speeds.hidden = true;
    this.root.setAttribute("aria-description", "Press s to hear how things stand.");
    this.note.setAttribute("role", "status");
    this.told = h("p", { class: "told", role: "status" });
    this.beyond = h("p", { class: "legend" });
    this.note.after(this.told);
    this.stage.after(this.beyond);
  }

  /** The next look at the broker. Only what has changed is drawn anew. */
  show(run) {
    const { run: before } = this, chosen = before?.actors[this.chosen];
    run.fresh = this.news(before, run);
    this.run = run;
    this.version += 1;
    this.position = run.length;
    this.chosen = chosen ? run.actors.findIndex(([name, group]) => name === chosen[0] && group === chosen[1]) : -1;
    this.title.textContent = run.lab.title;
    say(this.note, run.live.status);
    this.control();
    this.breaker.build();
    if (!before) this.open(this.tab);
    if (before?.shape === run.shape && this.width) this.redraw();
    else this.rebuild();
    for (const i of (before ? run.fresh : []).slice(-FLIGHTS)) this.topology.fly(i);
  }

  /** The numbers of the records that have come since the look before. */
  news(before, run) {
    if (!before) return [];
    const ends = new Map(before.partitions.map(([, , name], p) => [name, before.live.ends[p]]));
    return run.actor.map((_, i) => i).filter((i) => run.offset[i] >= (ends.get(run.partitions[run.place(i)][2]) ?? 0));
  }

  /** Build the picture again; whoever stood on a box in it still stands there. */
  rebuild() {
    const { svg } = this.topology, called = (element) => element.getAttribute("aria-label")?.split(",")[0];
    const name = svg.contains(document.activeElement) && called(document.activeElement);
    this.width = 0;
    this.resize();
    if (name) [...svg.querySelectorAll("[aria-label]")].find((element) => called(element) === name)?.focus();
  }

  control() {
    const { going, runs, run, own_run: own } = this.run.live, names = { "": "everything" };
    if (own) names[own] = `this kernel's run ${own}`;
    for (const [name, count] of Object.entries(runs)) names[name] ??= `run ${name}, ${count} topics`;
    const all = JSON.stringify(names);
    if (this.scopes !== all) {
      this.scopes = all;
      this.scope.replaceChildren(...Object.entries(names).map(([value, words]) => h("option", { value }, words)));
    }
    if (document.activeElement !== this.scope) this.scope.value = run;
    this.scope.disabled = !this.live;
    this.going.hidden = !this.live;
    this.going.textContent = going ? "Stop looking" : "Look again";
  }

  draw() {
    const { run } = this;
    this.state = run.after();
    this.topology.draw(this.state);
    this.topology.tell(this.state);
    const time = new Date(run.live.ms).toLocaleTimeString("en-GB");
    say(this.count, this.live && run.live.going && !run.live.status ? `live, ${time}` : `as of ${time}`);
    say(this.sentence, run.behind());
    say(this.beyond, run.leftOut());
    if (!this.side.hidden) this.sideInspector.draw();
    this.panels[this.tab].draw(this.state);
  }

  inspect(i) {
    this.pinned = { place: this.run.named(i), record: this.run.records[i] };
    if (this.side.hidden) this.open("Inspector");
    this.redraw();
  }

  unpin() {
    this.pinned = null;
    this.redraw();
  }

  /** Ask for something that is answered; a kernel that is busy answers once it is not. */
  order(message) {
    this.tell("Asked the kernel for it …");
    this.ask(message);
  }

  /** What came of something that was asked for. */
  tell(words) {
    this.told.textContent = words;
  }

  /** Keys stay in the lab; s has a screen reader say how things stand. */
  key(event) {
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    if (event.key !== "s") return;
    event.preventDefault();
    const { run } = this, last = run.length ? ` The newest record: ${run.sentence(run.length - 1)}.` : "";
    this.spoken.textContent = `${run.behind()}${last}`;
  }
}

/** Why there is no time travel, and what can be done to the consumers of this kernel. */
class Hands {
  constructor(lab) {
    this.lab = lab;
    const id = `${lab.id}-why`;
    this.select = h("select", { "aria-label": "Consumer of this kernel" });
    this.buttons = ["pause", "resume", "crash"].map((word) => h("button", { type: "button", class: "wide", "aria-describedby": id,
      onclick: () => lab.order({ do: "member", word, name: this.select.value }) }, word[0].toUpperCase() + word.slice(1)));
    this.deeds = h("span", { class: "hands" }, this.select, this.buttons,
      h("button", { type: "button", class: "wide", disabled: true, "aria-describedby": id }, icon("bolt"), " From here on"));
    this.why = h("span", { id, class: "none" });
    this.element = h("fieldset", { class: "breaker" }, h("legend", {}, "By hand"), this.deeds, this.why);
  }

  build() {
    const { run, live } = this.lab, { members } = run.live;
    if (this.why.textContent !== run.lab.why) this.why.textContent = run.lab.why;
    this.deeds.hidden = !live;
    if (`${members}` === this.members) return;
    this.members = `${members}`;
    const value = this.select.value;
    this.select.replaceChildren(...(members.length ? members : ["no consumer of this kernel"]).map((name) => h("option", {}, name)));
    if (members.includes(value)) this.select.value = value;
    for (const control of [this.select, ...this.buttons]) control.disabled = !members.length;
  }

  aim() {}
}
