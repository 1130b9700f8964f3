"""The README's twelve lines run as they stand there, on every bus."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_twelve_lines_run(bus_url, monkeypatch, capsys):
    (example,) = re.findall(
        r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    monkeypatch.setenv("SANDBOX_BUS", bus_url)
    names = {"__name__": "readme"}
    exec(example, names)
    names["bus"].close()
    promised = re.search(r"print\(record\)\s+# (.*)", example)[1]
    assert capsys.readouterr().out.strip() == promised
