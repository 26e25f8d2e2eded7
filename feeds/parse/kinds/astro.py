"""Astro: content collections and Markdown pages, dates as JavaScript reads them, MDX without its components.

Which posts: what lies in a collection or folder with a name such as `blog` or `posts`, and what bears a date elsewhere.
A collection's URL is its own site's affair; here it is the starter template's: `/blog/SLUG/`. Pictures beside a post
get an address only when Astro builds, so they are left out.

Source: docs.astro.build, "Content collections", "Markdown", "Configuration reference"; github-slugger; AstroPaper's and
the blog starter's front matter. Run once with 5.18.2 and a `glob` loader: the same slugs and dates in each case.
"""

import re
from datetime import datetime
from functools import lru_cache
from unicodedata import category

from feeds.parse.kinds import script, usual
from feeds.parse.kinds.eleventy import POSTS
from feeds.parse.kinds.kind import Config, FileName, Kind, Post
from feeds.parse.posts import permalink
from feeds.parse.posts.yaml_tree import Scalar
from feeds.parse.times.dates import read_date

DATES = ("pubdate", "pubdatetime", "publishdate", "publisheddate", "publishedat", "published", "date", "createdat")
UPDATED = ("updateddate", "moddatetime", "updatedat", "modifieddate", "lastmodified", "updated", "lastmod", "modified")
SHELF = re.compile(r"src/(?:content|data)/|content/|data/")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
YAML_TIME = re.compile(r"\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?")
IMPORT = re.compile(r"^(?:import|export)\s[^\n]*(?:\n(?![\n#<])[^\n]+)*\n?", re.MULTILINE)
JSX_COMMENT = re.compile(r"\{/\*(?:(?!\{/\*).)*?\*/\}", re.DOTALL)
COMPONENT = re.compile(r"</?([A-Z][\w.]*)(?:\s(?:[^<>{}]|\{[^{}]*\})*)?/?>")
BESIDE = re.compile(r"!\[([^\[\]]*)\]\(<?(?!/|[a-z]+:|#)[^()\n]*\)")


@lru_cache(maxsize=16)
def read_config(text: str, name: str) -> Config:
    """Return what the script says plainly: address, base, and whether paths end with '/'."""
    host, path = usual.address(script.constant(text, "site"))
    base = (script.constant(text, "base") or path).strip("/")
    ends = script.constant(text, "trailingSlash") == "never" or script.constant(text, "format") == "file"
    return Config(
        url=host,
        baseurl=f"/{base}" if base else "",
        permalink="" if ends else "/",
        language=script.constant(text, "defaultLocale").replace("_", "-"),
    )


def file_name(path: str, config: Config) -> FileName:
    name = usual.split(path)
    return name._replace(slug=path.rpartition("/")[2].rpartition(".")[0])


def takes_path(path: str, config: Config) -> bool:
    """Whether posts may lie there: anywhere but in `public` and among the site's scripts and drafts of files."""
    return not path.startswith(("public/", "dist/")) and not any(part.startswith("_") for part in path.split("/"))


def is_post(post: Post) -> bool:
    folders = {folder.lower() for folder in SHELF.sub("", post.path).split("/")[:-1]}
    return bool(folders & POSTS - {"content"}) or any(post.fields.get(key) for key in DATES)


def moment(post: Post, node: Scalar) -> datetime | None:
    """Return a date as Astro's schemas get it: a day alone, and what YAML takes for a time, are of UTC."""
    text = node.text.strip()
    utc = DAY.fullmatch(text) or (node.plain and post.matter.form == "yaml" and YAML_TIME.fullmatch(text))
    return read_date(text, "UTC" if utc else post.zone)


def place(post: Post, stated: datetime | None, categories: tuple[str, ...]) -> str:
    """Return a post's address: its `permalink`, its file in `src/pages`, else collection and slug."""
    end = post.config.permalink
    if written := usual.given(post, "permalink"):
        return written
    stem = post.path.rpartition(".")[0]
    if stem.startswith("src/pages/"):  # a page stands where its file does
        path = re.sub(r"(?:^|/)index$", "", stem.removeprefix("src/pages/"))
        return permalink.tidy("/" + permalink.given(path) + end)
    collection, _, _ = SHELF.sub("", stem, count=1).rpartition("/")[0].partition("/")
    entry = SHELF.sub("", stem, count=1).removeprefix(f"{collection}/" if collection else "")
    parts = [slugify(part) for part in entry.split("/")]
    parts = parts[:-1] if len(parts) > 1 and parts[-1] == "index" else parts
    slug = post.fields.text("slug").strip("/") or "/".join(parts)
    return permalink.tidy("/" + permalink.given("/".join(filter(None, (collection, slug)))) + end)


def slugify(text: str) -> str:
    """Return *text* as github-slugger has it: letters of any script, digits, '-' and '_', in lower case."""
    kept = "".join(c for c in text.lower() if c in " -_" or category(c)[0] in "LM" or category(c) in ("Nd", "Nl", "Pc"))
    return kept.replace(" ", "-")


def body(post: Post, url: str) -> str:
    """Return the text as Markdown: of MDX imports, expressions' comments and components go, their content stays."""
    text = post.matter.body
    if post.path.endswith(".mdx"):
        text = usual.outside_code(text, lambda piece: _without_components(piece, post))
    return usual.outside_code(text, lambda piece: _without_pictures(piece, post))


def picture(post: Post, text: str) -> str:
    if re.match(r"/|[a-z]+:", text):
        return text
    post.fields.note(f"the picture {text} gets an address only when Astro builds, and was left out")
    return ""


KIND = Kind(
    name="astro",
    shown="Astro",
    dates=DATES,
    updated=UPDATED,
    summary=("description", "summary", "excerpt"),
    read_config=read_config,
    file_name=file_name,
    moment=moment,
    takes_path=takes_path,
    is_post=is_post,
    place=place,
    title=usual.title,
    categories=lambda post: (*usual.listed(post, "categories"), *usual.listed(post, "category")),
    tags=lambda post: (*usual.listed(post, "tags"), *usual.listed(post, "tag")),
    picture=picture,
    hold=usual.hold,
    body=body,
)


def _without_components(text: str, post: Post) -> str:
    text = JSX_COMMENT.sub("", IMPORT.sub("", text))
    for name in dict.fromkeys(COMPONENT.findall(text)):
        post.fields.note(f"the component `{name}` is not run and was left out")
    return COMPONENT.sub("", text)


def _without_pictures(text: str, post: Post) -> str:
    if BESIDE.search(text):
        post.fields.note("pictures beside the post get an address only when Astro builds, and were left out")
    return BESIDE.sub(r"\1", text)
