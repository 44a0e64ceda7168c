"""What docs/logs.md says about URLs is what is accepted."""

from __future__ import annotations

import re

from binance_streams_runtime.jetstream import address
from tests.project.paths import ROOT

PAGE = (ROOT / "docs" / "logs.md").read_text(encoding="utf-8")


def test_the_page_lists_every_option() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert listed == list(address._OPTIONS)


def test_the_page_names_addresses_that_exist() -> None:
    urls = re.findall(r'Client\("(nats://[^"…]+)"\)', PAGE)
    assert len(urls) > 1
    for url in urls:
        assert address.parse_log_address(url).servers == ("nats://nats:4222",)


def test_the_programs_of_the_page_compile() -> None:
    for block in re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        compile(block, "logs.md", "exec")
