"""What a person does with a lab, in a few verbs, wherever it is shown."""

import re

from playwright.sync_api import Locator, expect

# Every lag that a group's box shows from now on, until `stop` is called.
WATCH_LAG = """(box) => {
  const lag = box.querySelector(".lag"), seen = [lag.textContent];
  const observer = new MutationObserver(() => seen.push(lag.textContent));
  observer.observe(lag, {childList: true, characterData: true, subtree: true});
  box.seen = seen;
}"""


class Player:
    """One lab on a page."""

    def __init__(self, shown: Locator) -> None:
        self.shown = shown
        expect(shown.locator(".topology")).to_be_visible()

    def press(self, name: str) -> None:
        """Press the button whose name begins so."""
        self.shown.get_by_role("button", name=re.compile(f"^{re.escape(name)}")).click()

    def go(self, step: int) -> None:
        """Move the handle to this step."""
        self.shown.locator("input[type=range]").evaluate(
            "(bar, step) => { bar.value = step; bar.dispatchEvent(new Event('input')); }", step
        )

    def open(self, tab: str) -> Locator:
        """Open a tab; its panel."""
        self.shown.get_by_role("tab", name=tab).click()
        return self.shown.get_by_role("tabpanel")

    def strike(self, whom: str, fault: str) -> None:
        """Have a fault strike, from the present step on."""
        self.shown.get_by_label("Whom").select_option(whom)
        self.shown.get_by_label("Which fault").select_option(fault)
        self.press("From here on")

    def is_at(self, step: int, last: int) -> None:
        """The counter says so; it may take its time."""
        expect(self.shown.locator(".count")).to_contain_text(f"{step} / {last}")

    def says(self, words: str) -> None:
        """The sentence above the picture."""
        expect(self.shown.locator(".sentence")).to_have_text(words)

    def member(self, name: str, words: str) -> None:
        """The picture shows this of a group's member."""
        expect(self.shown.get_by_role("button", name=f"{name}, {words}", exact=True)).to_be_visible()

    def lags_while_it_plays(self, group: str, speed: int = 64) -> list[int]:
        """Play to the end; every lag of the group that was to be seen."""
        box = self.shown.locator("g.group").filter(has=self.shown.page.get_by_text(group, exact=True)).first
        box.evaluate(WATCH_LAG)
        self.shown.get_by_label("Speed").select_option(str(speed))
        self.press("Play (")
        last = self.shown.locator("input[type=range]").get_attribute("max")
        expect(self.shown.locator(".count")).to_contain_text(f"{last} / {last}", timeout=30_000)
        return [int(lag.removeprefix("lag ").replace(",", "")) for lag in box.evaluate("box => box.seen")]

    def plays_steps_and_rewinds(self, last: int) -> None:
        """What every lab has to do, whatever it is shown in."""
        self.is_at(0, last)
        self.press("One step (right")
        self.says("web relay published CheckoutStarted A-1 to web[0]@0")
        self.press("Play (")
        expect(self.shown.locator(".count")).to_contain_text(re.compile(rf"^(\d\d|\d{{3}}) / {last}"))
        self.press("Pause (")
        self.press("One step back")
        self.press("Rewind")
        self.is_at(0, last)
