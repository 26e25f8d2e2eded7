"""Pages that come where a feed was expected are named."""

import pytest

from feeds.errors import ParseError
from feeds.model.source import Document, Source
from feeds.parse import parse

SOURCE = Source(id="s", kind="feed", location="https://a.example/feed")


@pytest.mark.parametrize(
    ("page", "said"),
    [
        pytest.param('<title>Just a moment...</title><script src="/cdn-cgi/challenge-platform/h/b/x.js"></script>',
                     "it is a challenge of Cloudflare, titled 'Just a moment...'", id="Cloudflare"),
        pytest.param("<h1>Access Denied</h1>Reference #18.2 https://errors.edgesuite.net/18.2",
                     "it is a page of Akamai that refuses us", id="Akamai"),
        pytest.param("<title>DDoS-Guard</title>", "it is a challenge of DDoS-Guard, titled 'DDoS-Guard'", id="DDoS-Guard"),
        pytest.param('<script src="/_Incapsula_Resource?x"></script>', "it is a challenge of Imperva", id="Imperva"),
        pytest.param('<div class="g-recaptcha"></div>', "it is a page with a captcha", id="captcha"),
        pytest.param('<form><input name="p" type="password"></form>', "it is a page that asks for a login", id="login"),
        pytest.param("<title>Page not found – Blog</title><input type=password>",
                     "it is a page that says that nothing is there, titled 'Page not found – Blog'", id="soft 404"),
        pytest.param("<h1 class='t'>페이지를 찾을 수 없습니다</h1>", "it is a page that says that nothing is there", id="soft 404, Korean"),
        pytest.param("<h1>This page doesn't exist</h1>", "it is a page that says that nothing is there", id="soft 404, plain words"),
        pytest.param("<title>Peugeot 404 club</title><p>not found elsewhere",
                     "it is titled 'Peugeot 404 club'", id="404 of another kind"),
        pytest.param("<title> Error 404 </title>", "it is a page that says that nothing is there, titled 'Error 404'", id="soft 404, number first"),
        pytest.param("<h1>Oops! 404</h1>", "it is a page that says that nothing is there", id="soft 404, number last"),
        pytest.param("<title>Blog</title><p>Your keys were not found", "it is titled 'Blog'", id="words in the text"),
        pytest.param("<p>This domain is for sale!</p>", "it is a parked domain", id="parked"),
        pytest.param("<p>서버 점검 중입니다</p>", "it is a page that says that the site is under maintenance", id="maintenance"),
        pytest.param("<title>Our blog</title>", "it is titled 'Our blog'", id="any other page"),
        pytest.param("<p>words</p>", "", id="a page without a title"),
    ],
)  # fmt: skip
def test_page_is_named(page: str, said: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(Document(url=SOURCE.location, body=f"<!DOCTYPE html><html><body>{page}</body></html>".encode()), SOURCE)
    assert (caught.value.code, caught.value.detail) == ("html", said)


def test_a_large_page_is_named_in_time() -> None:
    with pytest.raises(ParseError, match="web page"):
        parse(Document(url=SOURCE.location, body=b"<!DOCTYPE html><html>" + b"<input " * 1_000_000), SOURCE)
