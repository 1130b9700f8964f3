// A run, folded: what is where after so many steps. Nothing in here draws.

import { Contents, seen } from "./contents.js";

const KEYFRAME = 500; // steps between two states that are kept, so that going back is cheap

/** Unpack what Python has sent: gzipped JSON in an ArrayBuffer, a DataView or base64. */
export async function unpack(packed, Kind = Run) {
  const bytes = typeof packed === "string"
    ? Uint8Array.from(atob(packed), (c) => c.charCodeAt(0))
    : new Uint8Array(packed.buffer ?? packed, packed.byteOffset ?? 0, packed.byteLength);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Kind(await new Response(stream).json());
}

export class Run {
  constructor(data) {
    Object.assign(this, data);
    this.length = data.actor.length;
    this.partitions = []; // [topic, number, name] of each partition, by its index
    this.first = []; // of each topic, the index of its partition 0
    data.topics.forEach(([name, count], topic) => {
      this.first.push(this.partitions.length);
      for (let n = 0; n < count; n++) this.partitions.push([topic, n, `${name}[${n}]`]);
    });
    const groups = new Map(data.groups.map(([name], i) => [name, i]));
    this.groupOf = data.actors.map(([, group]) => (groups.has(group) ? groups.get(group) : -1));
    this.act = Object.fromEntries(data.actions.map((name, i) => [name, i]));
    this.reads = data.groups.map(([, topics]) => topics.flatMap((t) => this.partitionsOf(t)));
    this.readers = this.partitions.map((_, p) => this.reads.flatMap((r, g) => (r.includes(p) ? [g] : [])));
    this.lost = new Set(data.lost);
    this.used = new Set(); // topics that have records, in the order of the first ones
    this.says = new Map(); // each author -> the topics it writes to
    this.tables = new Contents(data.tables, data.rows);
    this.letters = new Contents(data.letters, data.rows);
    this.index();
    this.keyframes = [this.nothing()];
  }

  partitionsOf(topic) {
    return Array.from({ length: this.topics[topic][1] }, (_, n) => this.first[topic] + n);
  }

  /** Where records were published and taken, and what came of which. */
  index() {
    this.publishedAt = this.partitions.map(() => new Map()); // offset -> step; the last one counts
    this.takenAt = this.partitions.map(() => new Map()); // offset -> [steps]
    this.byId = new Map(); // envelope id -> [publishing steps]
    this.effects = new Map(); // envelope id -> [publishing steps of what it led to]
    const push = (map, key, step) => (map.has(key) ? map.get(key).push(step) : map.set(key, [step]));
    for (let i = 0; i < this.length; i++) {
      const place = this.place(i);
      if (place < 0) continue;
      if (this.action[i] === this.act.publish) {
        this.publishedAt[place].set(this.offset[i], i);
        this.used.add(this.topic[i]);
        if (!this.says.has(this.actor[i])) this.says.set(this.actor[i], new Set());
        this.says.get(this.actor[i]).add(this.topic[i]);
        const record = this.records[i];
        if (record?.id) push(this.byId, record.id, i);
        if (record?.causation_id) push(this.effects, record.causation_id, i);
      } else if (this.takes(i)) push(this.takenAt[place], this.offset[i], i);
    }
  }

  place(i) {
    return this.topic[i] < 0 ? -1 : this.first[this.topic[i]] + this.partition[i];
  }

  takes(i) {
    return this.action[i] === this.act.handle || this.action[i] === this.act.poll;
  }

  /** The step that published the record of step `i`, or -1. */
  origin(i) {
    const place = this.place(i);
    return place < 0 ? -1 : this.publishedAt[place].get(this.offset[i]) ?? -1;
  }

  placeName(i) {
    return this.topic[i] < 0 ? "" : `${this.topics[this.topic[i]][0]}[${this.partition[i]}]@${this.offset[i]}`;
  }

  nothing() {
    return {
      step: 0,
      ends: new Int32Array(this.partitions.length),
      done: new Int32Array(this.partitions.length * this.groups.length),
      down: new Uint8Array(this.actors.length),
    };
  }

  /** Do step `i` to `state`. */
  apply(state, i) {
    const place = this.place(i), action = this.action[i], actor = this.actor[i];
    if (action === this.act.publish && place >= 0) {
      state.ends[place] = this.lost.has(i) ? this.offset[i] : this.offset[i] + 1;
    } else if (action === this.act.commit && place >= 0 && this.groupOf[actor] >= 0) {
      state.done[this.groupOf[actor] * this.partitions.length + place] = this.offset[i] + 1;
    }
    state.down[actor] = action === this.act.crash ? 1 : 0;
    state.step = i + 1;
  }

  /** The state after `count` steps. Going on from `state` where that is nearer. */
  after(count, state) {
    const kept = this.keyframes[Math.min(Math.floor(count / KEYFRAME), this.keyframes.length - 1)];
    if (!state || state.step > count || state.step < kept.step) state = copy(kept);
    for (let i = state.step; i < count; i++) {
      this.apply(state, i);
      if (state.step % KEYFRAME === 0 && state.step / KEYFRAME === this.keyframes.length) {
        this.keyframes.push(copy(state));
      }
    }
    return state;
  }

  lag(state, group) {
    const base = group * this.partitions.length;
    return this.reads[group].reduce((sum, p) => sum + Math.max(0, state.ends[p] - state.done[base + p]), 0);
  }

  /** The groups whose lag may be another one after step `i`. */
  touches(i) {
    const place = this.place(i);
    if (place < 0) return [];
    return this.action[i] === this.act.publish ? this.readers[place] : [this.groupOf[this.actor[i]]].filter((g) => g >= 0);
  }

  /** For the charts, once they are looked at: the highest lags, and what was handled, at up to 600 moments. */
  get moments() {
    return (this.measured ??= this.measure());
  }

  measure() {
    const beats = this.beat.length ? this.beat[this.length - 1] : 0;
    const moments = Math.max(2, Math.min(600, beats ? beats + 1 : this.length + 1));
    const m = { byBeat: beats > 1, steps: [], lags: this.groups.map(() => []), handled: [] };
    const state = this.nothing(), lags = this.groups.map(() => 0);
    let i = 0;
    for (let k = 0; k < moments; k++) {
      const until = m.byBeat
        ? (this.firstOfBeat(Math.round((k + 1) * (beats + 1) / moments)))
        : Math.round((k * this.length) / (moments - 1));
      let handled = 0;
      const most = [...lags];
      for (; i < until; i++) {
        this.apply(state, i);
        handled += this.takes(i);
        for (const g of this.touches(i)) {
          lags[g] = this.lag(state, g);
          most[g] = Math.max(most[g], lags[g]);
        }
      }
      m.steps.push(until);
      m.handled.push(handled);
      most.forEach((lag, g) => m.lags[g].push(k < moments - 1 ? lag : lags[g])); // in the end: what is left
    }
    return m;
  }

  /** The lags of the group of that name at all moments. */
  lagsOf(name) {
    return this.moments.lags[this.groups.findIndex(([other]) => other === name)] ?? [];
  }

  /** The first step of a beat, or the end. */
  firstOfBeat(beat) {
    let low = 0, high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.beat[middle] < beat) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Who reads which partition: Map of group -> [step, group, generation, {member: [[topic, n], …]}]. */
  dealt(count) {
    const last = seen(this.deals, count);
    if (last !== this.dealtUntil) {
      this.dealtUntil = last;
      this.dealtNow = new Map(this.deals.slice(0, last).map((deal) => [deal[1], deal]));
    }
    return this.dealtNow;
  }

  /** One step as a sentence. */
  sentence(i) {
    if (i < 0) return "Nothing has happened yet.";
    const actor = this.actors[this.actor[i]][0], action = this.actions[this.action[i]];
    const place = this.placeName(i), words = this.labels[i] ?? "";
    const again = action === "handle" && this.timesBefore(i) ? ", again" : "";
    const origin = this.origin(i), content = brief(this.records[origin]?.content ?? "");
    const said = {
      publish: `${actor} published ${content || words} to ${place}${this.lost.has(i) ? ", which was lost" : ""}`,
      handle: `${actor} handled ${place}${again}: ${content}`,
      poll: `${actor} polled ${place}`,
      commit: place ? `${actor} committed ${place}` : `${actor} committed its transaction`,
      crash: `${actor} crashed`,
      fault: `a fault struck ${actor}: ${words}`,
      evicted: `the group went on without ${actor}`,
      rejected: `${actor} may not commit: its partition has gone to another member`,
    }[action];
    return said ?? [actor, action, place, words].filter(Boolean).join(" ");
  }

  /** The steps that took the record of step `i`. */
  takers(i) {
    const place = this.place(i);
    return (place < 0 ? null : this.takenAt[place].get(this.offset[i])) ?? [];
  }

  /** How often this group has taken the record of step `i` before. */
  timesBefore(i) {
    const group = this.groupOf[this.actor[i]];
    return this.takers(i).filter((s) => s < i && this.groupOf[this.actor[s]] === group).length;
  }
}

/** `OrderPlaced A-1` of `OrderPlaced(order_id='A-1', total=10)`. */
export function brief(content) {
  const found = /^(\w+)\((?:\w+=(?:'([^']*)'|(\d+)))?/.exec(content);
  return found ? [found[1], found[2] ?? found[3]].filter(Boolean).join(" ") : content.slice(0, 60);
}

function copy(state) {
  return {
    step: state.step,
    ends: state.ends.slice(),
    done: state.done.slice(),
    down: state.down.slice(),
  };
}
