// The lab: the player, its controls, and what they play. `mount` puts it into an element.

import { calm, followTheme, h, icon, inks, say } from "./dom.js";
import { Breaker } from "./breaker.js";
import { Charts } from "./charts.js";
import { Inspector, Letters, Offsets, Plan, Steps, Tables } from "./panels.js";
import { Timeline } from "./timeline.js";
import { Topology } from "./topology.js";

const SPEEDS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
const SEEN_MS = 30, READ_MS = 100; // while it plays: between two pictures of the system, and of what is text
const CALM_SPEED = 2; // steps a second where motion is to be reduced

export class Lab {
  /** `ask(message)` reaches Python; without it, this is a saved picture. */
  constructor(root, { ask = null, moved = () => {} } = {}) {
    this.root = root;
    this.ask = ask ?? (() => {});
    this.live = ask !== null;
    this.moved = moved;
    this.position = 0;
    this.speed = 8;
    this.playing = false;
    this.chosen = -1; // an actor
    this.inspected = -1; // a step that stays in the inspector
    this.version = 0; // of the run
    this.topology = new Topology(this);
    this.timeline = new Timeline(this);
    this.furnish();
    this.tab = Object.keys(this.panels)[0];
    this.assemble();
    this.unfollow = followTheme(root, () => { this.ink = inks(root); this.redraw(); });
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(root);
    this.frame = this.frame.bind(this);
  }

  /** What stands around the picture. */
  furnish() {
    this.breaker = new Breaker(this);
    this.sideInspector = new Inspector(this);
    this.panels = {
      Timeline: this.timeline, Charts: new Charts(this), Inspector: new Inspector(this),
      "Dead letters": new Letters(this), Tables: new Tables(this), Offsets: new Offsets(this),
      Steps: new Steps(this), Plan: new Plan(this),
    };
  }

  get can() {
    return this.live && Boolean(this.run?.lab?.can);
  }

  get chosenGroup() {
    return this.chosen < 0 ? -1 : this.run.groupOf[this.chosen];
  }

  get shownRecord() {
    const i = this.inspected >= 0 ? this.inspected : -1;
    return i < 0 ? "" : `${this.run.place(i)}@${this.run.offset[i]}`;
  }

  assemble() {
    const button = (name, words, action) =>
      h("button", { type: "button", "aria-label": words, title: words, onclick: action }, icon(name));
    this.playButton = button("play", "Play (space)", () => this.toggle());
    this.scrubber = h("input", { type: "range", min: 0, max: 0, value: 0, step: 1, "aria-label": "Step",
      oninput: () => this.go(Number(this.scrubber.value)) });
    this.speeds = h("select", { "aria-label": "Speed, steps a second", onchange: () => { this.speed = Number(this.speeds.value); } },
      SPEEDS.map((n) => h("option", { value: n, selected: n === this.speed }, `${n}/s`)));
    this.count = h("span", { class: "count" });
    this.title = h("strong", { class: "title" });
    this.bar = h("div", { class: "bar", role: "toolbar", "aria-label": "Player" }, this.title,
      button("first", "Rewind to the beginning (Home)", () => this.go(0)),
      button("back", "One step back (left arrow)", () => this.go(Math.ceil(this.position) - 1)),
      this.playButton,
      button("next", "One step (right arrow)", () => this.go(Math.floor(this.position) + 1)),
      button("last", "To the end (End)", () => this.go(this.run.length)),
      this.scrubber, this.count, this.speeds);
    this.sentence = h("p", { class: "sentence" });
    this.spoken = h("p", { class: "hidden", "aria-live": "polite", role: "status" });
    this.note = h("p", { class: "note", role: "alert" });
    this.tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "Views", onkeydown: (event) => this.tabKey(event) },
      Object.keys(this.panels).map((name) => h("button", {
        type: "button", role: "tab", "data-tab": name, onclick: () => this.open(name),
      }, name)));
    this.panel = h("div", { class: "panel", role: "tabpanel", tabindex: 0 });
    this.side = h("aside", { class: "side", "aria-label": "Inspector" });
    this.side.append(this.sideInspector.element);
    this.stage = h("div", { class: "stage" }, this.topology.element, this.side);
    this.root.classList.add("sandbox-lab");
    this.root.setAttribute("role", "region");
    this.root.setAttribute("aria-label", "The lab");
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.replaceChildren(this.bar, this.sentence, this.spoken, this.note, this.breaker.element,
      this.stage, this.tabs, this.panel);
  }

  /** Show another run, at the step where the last one stood. */
  show(run, step = this.position) {
    const branched = this.run && run.lab?.current > 0;
    this.before = branched ? this.run : null;
    this.run = run;
    this.version += 1;
    this.state = null;
    this.inspected = -1;
    if (this.chosen >= run.actors.length) this.chosen = -1;
    this.scrubber.max = run.length;
    this.title.textContent = run.lab?.title ?? "The lab";
    this.note.textContent = run.lab?.said ?? "";
    this.breaker.build();
    this.open(this.tab);
    this.width = 0;
    this.position = Math.min(step, run.length);
    this.resize();
  }

  resize() {
    const width = this.root.clientWidth;
    if (!this.run || !width || width === this.width) return;
    this.width = width;
    const wide = width >= 1240;
    this.side.hidden = !wide;
    this.topology.build(width - (wide ? 372 : 24));
    this.timeline.build(width - 26);
    this.redraw();
  }

  /** Go to after `step` steps; `inspect` stays in the inspector. */
  go(step, inspect = -1) {
    this.pause();
    this.inspected = inspect;
    this.position = Math.max(0, Math.min(this.run.length, step));
    this.topology.land();
    this.redraw();
    this.speak();
  }

  inspect(step) {
    this.inspected = step;
    if (this.side.hidden) this.open("Inspector");
    this.redraw();
  }

  choose(actor) {
    this.chosen = this.chosen === actor ? -1 : actor;
    this.breaker.aim();
    this.redraw();
  }

  toggle() {
    if (this.playing) return this.pause();
    if (this.position >= this.run.length) this.position = 0;
    this.playing = true;
    this.inspected = -1;
    this.playAs("pause", "Pause (space)");
    this.last = performance.now();
    this.seenAt = this.readAt = 0;
    requestAnimationFrame(this.frame);
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.position = Math.floor(this.position);
    this.playAs("play", "Play (space)");
    this.speak();
    this.redraw();
  }

  playAs(name, words) {
    this.playButton.replaceChildren(icon(name));
    this.playButton.setAttribute("aria-label", words);
    this.playButton.title = words;
  }

  frame(now) {
    if (!this.root.isConnected) this.playing = false;
    if (!this.playing) return;
    const speed = calm() ? Math.min(CALM_SPEED, this.speed) : this.speed;
    const before = Math.floor(this.position);
    const passed = Math.max(0, Math.min(250, now - this.last)); // a frame may have begun before the click
    this.position = Math.min(this.run.length, this.position + (passed / 1000) * speed);
    this.last = now;
    const after = Math.floor(this.position);
    this.draw(after !== before);
    for (let i = Math.max(before, after - 3); i < after; i++) this.topology.fly(i);
    if (this.position >= this.run.length) this.pause();
    else requestAnimationFrame(this.frame);
  }

  redraw() {
    if (this.run && this.width) this.draw(true);
  }

  /** The timeline moves with every frame; the rest is drawn when a step was made, and while it plays not too often. */
  draw(stepped) {
    const panel = this.panels[this.tab], still = !this.playing;
    this.state = this.run.after(Math.floor(this.position), this.state);
    if (stepped) this.unseen = this.unread = true;
    if (this.unseen && (still || this.last - this.seenAt >= SEEN_MS)) {
      this.unseen = false;
      this.seenAt = this.last;
      this.drawStep(this.state.step);
      if (panel === this.panels.Charts) panel.draw(this.state);
    }
    if (this.unread && (still || this.last - this.readAt >= READ_MS)) {
      this.unread = false;
      this.readAt = this.last;
      this.drawText(panel);
    }
    if (panel === this.timeline) panel.draw(this.position, this.state);
  }

  drawStep(step) {
    const { run } = this, beat = run.beat[step - 1];
    this.topology.draw(this.state);
    this.scrubber.value = step;
    say(this.count, `${step.toLocaleString("en")} / ${run.length.toLocaleString("en")}${beat ? ` · beat ${beat}` : ""}`);
    this.moved(step);
  }

  drawText(panel) {
    const { run } = this, { step } = this.state;
    this.scrubber.setAttribute("aria-valuetext", `after step ${step} of ${run.length}`);
    say(this.sentence, step === run.length && run.lab?.ending ? `It ended so: ${run.lab.ending}` : run.sentence(step - 1));
    this.topology.tell(this.state);
    if (!this.side.hidden) this.sideInspector.draw(this.state);
    if (panel === this.timeline) panel.tell(this.state);
    else if (panel !== this.panels.Charts) panel.draw(this.state);
  }

  speak() {
    this.spoken.textContent = `Step ${Math.floor(this.position)}: ${this.run.sentence(Math.floor(this.position) - 1)}`;
  }

  open(name) {
    this.tab = name;
    for (const tab of this.tabs.children) {
      const mine = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", mine);
      tab.tabIndex = mine ? 0 : -1;
    }
    this.panel.setAttribute("aria-label", name);
    this.panel.replaceChildren(this.panels[name].element);
    this.redraw();
  }

  tabKey(event) {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    const names = Object.keys(this.panels);
    const next = names[(names.indexOf(this.tab) + move + names.length) % names.length];
    this.open(next);
    this.tabs.children[names.indexOf(next)].focus();
  }

  /** Keys, wherever the focus is in the lab; the notebook around it hears none of them. */
  key(event) {
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target !== this.scrubber;
    const pressing = event.target.tagName === "BUTTON" || event.target.tagName === "SUMMARY";
    if (typing || (pressing && (event.key === " " || event.key === "Enter"))) return;
    const step = Math.floor(this.position);
    const does = {
      " ": () => this.toggle(),
      ArrowRight: () => this.go(step + (event.shiftKey ? 10 : 1)),
      ArrowLeft: () => this.go(Math.ceil(this.position) - (event.shiftKey ? 10 : 1)),
      Home: () => this.go(0),
      End: () => this.go(this.run.length),
      "+": () => this.zoomBy(1),
      "-": () => this.zoomBy(-1),
    }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  }

  zoomBy(by) {
    this.timeline.closer(by);
    this.redraw();
  }

  close() {
    this.playing = false;
    this.unfollow();
    this.sizes.disconnect();
  }
}
