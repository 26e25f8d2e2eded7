"""A configuration that leaves the machine keeps every line but its secrets."""

import pytest

from feeds.config.redact import LEFT_OUT, redacted


@pytest.mark.parametrize(
    ("text", "left", "number"),
    [
        pytest.param("a: {token: abc, b: 1}\n", f"a: {{token: '{LEFT_OUT}', b: 1}}\n", 1, id="in brackets"),
        pytest.param("token: abc # c\nb: 1\n", f"token: '{LEFT_OUT}' # c\nb: 1\n", 1, id="comment stays"),
        pytest.param("push: {naver_key: abc}\n", f"push: {{naver_key: '{LEFT_OUT}'}}\n", 1, id="the key of Naver"),
        pytest.param("files: {naver: n.xml}\n", "files: {naver: n.xml}\n", 0, id="a file for Naver is none"),
        pytest.param("token: 'a b'\n", f"token: '{LEFT_OUT}'\n", 1, id="quoted"),
        pytest.param("token: '${file:x}'\n", "token: '${file:x}'\n", 0, id="a reference stays"),
        pytest.param("token: ${env:X}\n", "token: ${env:X}\n", 0, id="a bare reference stays"),
        pytest.param("token: pre${env:X}\n", f"token: '{LEFT_OUT}'\n", 1, id="more than a reference"),
        pytest.param("headers:\n  A: x\n  B: y\n", f"headers:\n  A: '{LEFT_OUT}'\n  B: '{LEFT_OUT}'\n", 2, id="below"),
        pytest.param("token: |\n  abc\n  d\nb: 1\n", f"token: '{LEFT_OUT}'\nb: 1\n", 1, id="a block of text"),
        pytest.param("token: >-\n  abc\n", f"token: '{LEFT_OUT}'\n", 1, id="a folded block at the end"),
        pytest.param("url: https://me:pw@h.example/f\n", "url: https://h.example/f\n", 1, id="in an address"),
        pytest.param("site: {title: token}\n", "site: {title: token}\n", 0, id="a value of that name"),
        pytest.param("a: [{password: x}, {password: 가나}]", f"a: [{{password: '{LEFT_OUT}'}}, {{password: '{LEFT_OUT}'}}]", 2, id="list"),
        pytest.param("a: [\n", "", 1, id="no YAML, nothing kept"),
    ],
)  # fmt: skip
def test_redacted(text: str, left: str, number: int) -> None:
    assert redacted(text) == (left, number)
