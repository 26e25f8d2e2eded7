"""What terms do to the words of a story: pictures taken out, links with parameters, a sentence that credits us.

Content is as nh3 wrote it: tags are in lower case, values in double quotes, and no `"` is within them.
"""

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode, urlsplit

from feeds.model.entry import Person
from feeds.model.passing import Passing
from feeds.render import safe

_VALUE = r'\s+[^\s=>"/]+(?:="[^"]*")?'
_PICTURE = re.compile(rf"<(?:img|source)(?:{_VALUE})*\s*/?>")
_POSTER = re.compile(r'(<video\b(?:\s+(?!poster=)[^\s=>"/]+(?:="[^"]*")?)*)\s+poster="([^"]*)"')
_ADDRESS = re.compile(r'\s(?:src|srcset)="([^"]*)"')
_NO_PICTURE = re.compile(r"<picture>\s*</picture>")
_FIGURE = re.compile(
    r"<figure>(?:\s|<figcaption>(?:(?!</figcaption>).)*</figcaption>|<a [^>]*>\s*</a>)*</figure>", re.DOTALL
)
_FIELDS = re.compile(r"\{(site|title|author|url)\}")


def is_ours(url: str, passing: Passing) -> bool:
    """Tell whether terms let the picture at *url* go out."""
    match passing.images:
        case "all":
            return True
        case "own":
            return _host(url) == passing.host
        case "none":
            return False


def without_images(content: str, passing: Passing) -> str:
    """Return *content* less the pictures that do not go out, and less figures that held nothing else."""
    if passing.images == "all" or "<" not in content:
        return content
    kept = _PICTURE.sub(lambda found: found[0] if _stays(found[0], passing) else "", content)
    kept = _POSTER.sub(lambda found: found[0] if is_ours(found[2], passing) else found[1], kept)
    if kept == content:
        return content
    return _FIGURE.sub("", _NO_PICTURE.sub("", kept))


def _stays(tag: str, passing: Passing) -> bool:
    """Every address that *tag* names must be ours; a `source` without `srcset` is of a film or a sound."""
    if tag.startswith("<source") and " srcset=" not in tag:
        return True
    named = [one.split()[0] for value in _ADDRESS.findall(tag) for one in value.split(",") if one.split()]
    return all(is_ours(url, passing) for url in named)


def linked(url: str, passing: Passing) -> str:
    """Return *url*, one of ours with the parameters of the terms behind its own."""
    if not url or not passing.links or _host(url) != passing.host:
        return url
    before, mark, fragment = url.partition("#")
    joint = "&" if "?" in before else "?"
    return f"{before}{joint}{urlencode(passing.links)}{mark}{fragment}"


def attributed(content: str, title: str, authors: Sequence[Person], url: str, passing: Passing) -> str:
    """Return *content* with the sentence of the terms below it; where there is no content, there is none."""
    if not content or not passing.attribution:
        return content
    words = {"site": passing.site, "title": title, "author": ", ".join(a.name for a in authors)}
    shown = {name: escape(safe.line(value)) for name, value in words.items()}
    shown["url"] = f'<a href="{escape(url)}" rel="noopener noreferrer">{escape(url)}</a>' if url else ""
    said = _FIELDS.sub(lambda found: shown[found[1]], escape(safe.line(passing.attribution)))
    return f"{content}<p>{said}</p>"


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
