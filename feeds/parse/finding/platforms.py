"""Where platforms keep the feeds of their pages: by host and path alone, nothing is asked.

Source: the platforms' own help pages, and the `<link rel=alternate>` of their pages.
"""

import re
from urllib.parse import parse_qs, urlsplit

# (host, path, addresses); groups of both, by name, fill the addresses. The first that fits counts.
_PLATFORMS: tuple[tuple[re.Pattern[str], re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(host), re.compile(path), feeds)
    for host, path, feeds in (
        # Korean
        (r"(?:m\.)?blog\.naver\.com", r"/(?!PostList|PostView)(?P<id>[\w-]+)", ("https://rss.blog.naver.com/{id}.xml",)),
        (r"(?P<host>[\w-]+\.tistory\.com)", r"", ("https://{host}/rss",)),
        (r"(?:www\.)?brunch\.co\.kr", r"/@@(?P<id>\w+)", ("https://brunch.co.kr/rss/@@{id}",)),
        (r"velog\.io", r"/@(?P<id>[\w.-]+)", ("https://v2.velog.io/rss/{id}", "https://v2.velog.io/rss/@{id}")),
        (r"(?P<host>[\w-]+\.egloos\.com)", r"", ("https://rss.egloos.com/blog/{host}",)),
        (r"(?P<host>[\w-]+\.stibee\.com)", r"", ("https://{host}/feed",)),
        # video and code
        (r"(?:www\.|m\.)?youtube\.com", r"/channel/(?P<id>UC[\w-]{22})",
         ("https://www.youtube.com/feeds/videos.xml?channel_id={id}",)),
        (r"(?:www\.)?github\.com", r"/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?(?:/.*)?$",
         ("https://github.com/{owner}/{name}/releases.atom", "https://github.com/{owner}/{name}/tags.atom",
          "https://github.com/{owner}/{name}/commits.atom")),
        (r"(?:www\.)?github\.com", r"/(?P<owner>[\w-]+)/?$", ("https://github.com/{owner}.atom",)),
        (r"gitlab\.com", r"/(?P<name>[\w.-]+/[\w.-]+)", ("https://gitlab.com/{name}/-/tags?format=atom",)),
        (r"codeberg\.org", r"/(?P<name>[\w.-]+/[\w.-]+)", ("https://codeberg.org/{name}/releases.rss",)),
        (r"vimeo\.com", r"/(?P<id>[a-z][\w-]*)/?$", ("https://vimeo.com/{id}/videos/rss",)),
        # blogs and letters
        (r"medium\.com", r"/(?P<id>@?[\w.-]+)", ("https://medium.com/feed/{id}",)),
        (r"(?P<host>[\w-]+\.medium\.com)", r"", ("https://{host}/feed",)),
        (r"(?P<host>[\w-]+\.substack\.com)", r"", ("https://{host}/feed",)),
        (r"(?P<host>[\w-]+\.wordpress\.com)", r"", ("https://{host}/feed/",)),
        (r"(?P<host>[\w-]+\.blogspot\.[a-z.]{2,6})", r"", ("https://{host}/feeds/posts/default",)),
        (r"(?P<host>[\w-]+\.tumblr\.com)", r"", ("https://{host}/rss",)),
        (r"(?P<host>[\w-]+\.hatenablog\.com)", r"", ("https://{host}/feed",)),
        (r"(?P<host>[\w-]+\.hashnode\.dev)", r"", ("https://{host}/rss.xml",)),
        (r"note\.com", r"/(?P<id>\w+)", ("https://note.com/{id}/rss",)),
        (r"qiita\.com", r"/(?P<id>[\w-]+)", ("https://qiita.com/{id}/feed",)),
        (r"zenn\.dev", r"/(?P<id>[\w-]+)", ("https://zenn.dev/{id}/feed",)),
        (r"dev\.to", r"/(?P<id>\w+)", ("https://dev.to/feed/{id}",)),
        # talk
        (r"(?:www\.|old\.)?reddit\.com", r"/(?P<id>(?:r|user)/[\w-]+)", ("https://www.reddit.com/{id}/.rss",)),
        (r"bsky\.app", r"/profile/(?P<id>[\w.:-]+)", ("https://bsky.app/profile/{id}/rss",)),
        (r"(?P<host>[\w.-]+)", r"/@(?P<id>\w+)/?$", ("https://{host}/@{id}.rss",)),  # Mastodon, anywhere
    )
)  # fmt: skip
# The same where a parameter says it: (host, parameter, address).
_BY_QUERY = (
    (re.compile(r"(?:m\.)?blog\.naver\.com"), "blogId", "https://rss.blog.naver.com/{}.xml"),
    (re.compile(r"(?:www\.|m\.)?youtube\.com"), "list", "https://www.youtube.com/feeds/videos.xml?playlist_id={}"),
)
_PLAIN = re.compile(r"[\w-]{1,100}")


def known_places(url: str) -> tuple[str, ...]:
    """Return the addresses of feeds that the platform of *url* is known to have; () where it is not known."""
    try:
        parts = urlsplit(url)
        host, query = (parts.hostname or "").lower(), parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return ()
    for pattern, parameter, address in _BY_QUERY:
        value = query.get(parameter, [""])[0]
        if pattern.fullmatch(host) and _PLAIN.fullmatch(value):
            return (address.format(value),)
    for of_host, of_path, feeds in _PLATFORMS:
        on, at = of_host.fullmatch(host), of_path.match(parts.path)
        if on and at:
            return tuple(feed.format(**on.groupdict(), **at.groupdict()) for feed in feeds)
    return ()
