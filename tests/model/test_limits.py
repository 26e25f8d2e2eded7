"""Which namespaces no document may have: a table, and a search that stays linear."""

import time

import pytest

from feeds.model.limits import LONGEST_SPACE, has_overlong_space

LONG, SHORT = "u" * (LONGEST_SPACE + 1), "u" * LONGEST_SPACE


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f'<a xmlns="{LONG}">', id="address"),
        pytest.param(f"<a xmlns:b = '{LONG}'>", id="address of a prefix"),
        pytest.param(f'<a xmlns\n=\t"{LONG}">', id="address behind blanks"),
        pytest.param(f'<a xmlns:{LONG}="u">', id="prefix"),
        pytest.param(f'<a xmlns:x{" " * (LONGEST_SPACE + 1)}="u">', id="blanks before"),
        pytest.param(f'<a xmlns:x={" " * (LONGEST_SPACE + 1)}"u">', id="blanks behind"),
        pytest.param(f'<a x="1" xmlns:q="short" xmlns:r="{LONG}">', id="the second"),
        pytest.param(f'xxmlns="u" <a xmlns="{LONG * 1000}', id="without an end"),
    ],
)
def test_overlong(text: str) -> None:
    assert has_overlong_space(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f'<a xmlns="{SHORT}">{LONG}', id="the longest"),
        pytest.param(f"<a xmlns:{SHORT}='{SHORT}'>", id="the longest prefix"),
        pytest.param(f"<a xmlns='u' b='{LONG}'>", id="another attribute"),
        pytest.param(f'<a xmlns="u>\n<b>{LONG}</b>', id="a quotation mark was lost"),
        pytest.param(f"they write xmlns=&quot;{LONG}", id="spoken of"),
        pytest.param(f"xmlns {LONG}", id="a word"),
        pytest.param(f"xmlnsx:{LONG}", id="another name"),
        pytest.param("", id="nothing"),
    ],
)
def test_not_overlong(text: str) -> None:
    assert not has_overlong_space(text.encode())


@pytest.mark.parametrize("part", ["xmlns", "xmlns:", "xmlns ", "xmlns=", 'xmlns="', "x", "xmlns:x ", "xmlns:x='"])
def test_it_stays_linear(part: str) -> None:
    body = (part * (4_000_000 // len(part))).encode()
    begun = time.process_time()
    has_overlong_space(body)
    assert time.process_time() - begun < 2
