// The live lab as an anywidget. It tells Python that somebody looks, and when nobody does any more.

import { LiveLab } from "./live_lab.js";
import { LiveRun } from "./live_model.js";
import { unpack } from "./model.js";

const LOOKING_MS = 5_000;

export default {
  render({ model, el }) {
    const root = el.appendChild(document.createElement("div"));
    const view = `${Date.now()}-${Math.random()}`;
    const lab = new LiveLab(root, { ask: (message) => model.send(message) });
    let looks = 0;
    const load = async () => {
      const look = ++looks, run = await unpack(model.get("data"), LiveRun);
      if (look === looks) lab.show(run); // a later one may have been unpacked sooner
    };
    const say = (message) => lab.tell(message.said ?? "");
    const looking = () => model.send({ do: "looking", view });
    const closed = () => model.send({ do: "closed", view });
    model.on("change:data", load);
    model.on("msg:custom", say);
    addEventListener("pagehide", closed);
    const clock = setInterval(looking, LOOKING_MS);
    load();
    looking();
    return () => {
      clearInterval(clock);
      removeEventListener("pagehide", closed);
      model.off("change:data", load);
      model.off("msg:custom", say);
      closed();
      lab.close();
    };
  },
};
