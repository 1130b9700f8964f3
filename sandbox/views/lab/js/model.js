// A run, folded: what is where after so many steps. Nothing in here draws.

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
    this.index();
    this.keyframes = [this.nothing()];
    this.measure();
  }

  partitionsOf(topic) {
    return Array.from({ length: this.topics[topic][1] }, (_, n) => this.first[topic] + n);
  }

  /** Where records were published and taken, and what came of which. */
  index() {
    this.publishedAt = new Map(); // "partition@offset" -> step; the last one counts
    this.takenAt = new Map(); // the same -> [steps]
    this.byId = new Map(); // envelope id -> [publishing steps]
    this.effects = new Map(); // envelope id -> [publishing steps of what it led to]
    const push = (map, key, step) => (map.has(key) ? map.get(key).push(step) : map.set(key, [step]));
    for (let i = 0; i < this.length; i++) {
      const place = this.place(i);
      if (place < 0) continue;
      const key = `${place}@${this.offset[i]}`;
      if (this.action[i] === this.act.publish) {
        this.publishedAt.set(key, i);
        this.used.add(this.topic[i]);
        if (!this.says.has(this.actor[i])) this.says.set(this.actor[i], new Set());
        this.says.get(this.actor[i]).add(this.topic[i]);
        const record = this.records[i];
        if (record?.id) push(this.byId, record.id, i);
        if (record?.causation_id) push(this.effects, record.causation_id, i);
      } else if (this.takes(i)) push(this.takenAt, key, i);
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
    return place < 0 ? -1 : this.publishedAt.get(`${place}@${this.offset[i]}`) ?? -1;
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
      worked: new Int32Array(this.actors.length).fill(-1), // each actor's last step
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
    state.worked[actor] = i;
    state.step = i + 1;
  }

  /** The state after `count` steps. Going on from `state` where that is nearer. */
  after(count, state) {
    const last = Math.floor(count / KEYFRAME);
    if (!state || state.step > count || state.step < last * KEYFRAME) {
      const from = Math.min(last, this.keyframes.length - 1);
      state = copy(this.keyframes[from]);
    }
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

  /** For the charts: the lag of every group, and what was handled, at up to 600 moments. */
  measure() {
    const beats = this.beat.length ? this.beat[this.length - 1] : 0;
    const moments = Math.max(2, Math.min(600, beats ? beats + 1 : this.length + 1));
    this.moments = { byBeat: beats > 1, steps: [], lags: this.groups.map(() => []), handled: [], published: [] };
    let state = this.nothing(), i = 0, m = this.moments;
    for (let k = 0; k < moments; k++) {
      const until = m.byBeat
        ? (this.firstOfBeat(Math.round((k + 1) * (beats + 1) / moments)))
        : Math.round((k * this.length) / (moments - 1));
      let handled = 0, published = 0;
      for (; i < until; i++) {
        this.apply(state, i);
        handled += this.takes(i);
        published += this.action[i] === this.act.publish;
        if (state.step % KEYFRAME === 0) this.keyframes.push(copy(state));
      }
      m.steps.push(until);
      m.handled.push(handled);
      m.published.push(published);
      this.groups.forEach((_, g) => m.lags[g].push(this.lag(state, g)));
    }
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

  /** Of a list of things that begin with a step: the last of each `key` that is seen after `count` steps. */
  latest(list, count, key) {
    const found = new Map();
    for (const item of list) {
      if (item[0] > count) break;
      found.set(key(item), item);
    }
    return found;
  }

  /** Who reads which partition: Map of group -> [step, group, generation, {member: [[topic, n], …]}]. */
  dealt(count) {
    return this.latest(this.deals, count, (deal) => deal[1]);
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

  /** How often this group has taken the record of step `i` before. */
  timesBefore(i) {
    const group = this.groupOf[this.actor[i]];
    const taken = this.takenAt.get(`${this.place(i)}@${this.offset[i]}`) ?? [];
    return taken.filter((s) => s < i && this.groupOf[this.actor[s]] === group).length;
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
    worked: state.worked.slice(),
  };
}
