"""The keys of partners, and partners as the file says them."""

from datetime import timedelta
from hashlib import sha256
from typing import Annotated, get_args

from feeds.config import values
from feeds.config.kinds import DAY, MINUTE, AnyRule, Flag, Id, Keys, Limit, Names, Share, Text, key
from feeds.core.partners.webhooks import key_of
from feeds.model.channel import PAGE_FORMATS, Format
from feeds.model.partner import Partner, Pushing, Terms
from feeds.model.partner import Share as Passed
from feeds.model.passing import Images

NONE = timedelta(0)

DIALECTS = tuple(format for format in get_args(Format) if format not in {*PAGE_FORMATS, "opml", "news"})
Dialect = Annotated[Format, values.choice(*DIALECTS, hints={"jsonfeed": "write json"})]
Secret = Annotated[
    str,
    values.fitting(
        lambda text: key_of(text) is not None,
        "give whsec_ and 24 to 64 bytes in base64, as of `openssl rand -base64 32`",
    ),
]
Parameter = Annotated[
    str, values.matching(r"[A-Za-z0-9_.-]{1,64}", "give a parameter's name of letters, digits, '_', '-' and '.'")
]


class PartnerPushKeys(Keys):
    """Telling a partner at once."""

    url: Annotated[str, values.address("https://portal.example/hooks/desk")] | None = key(
        "where each new document is sent by a POST, signed as Standard Webhooks has it", None
    )
    secret: Secret | None = key(
        "key of the signature, as whsec_ and 24 to 64 bytes in base64; best given as ${file:…} or ${env:…}", None
    )
    old_secret: Secret | None = key("the key before it, which signs too until the partner knows the new one", None)
    websub: Flag = key(
        "whether they may subscribe to their feeds by WebSub, with their token, at /partner/NAME/hub", False
    )


class PartnerKeys(Keys):
    """Someone with terms and a token."""

    id: Id = key("short name, unique; it stands in the partner's addresses", example="portal")
    title: Text | None = key("name for people", None)
    channels: Names = key("ids of outputs, or category:NAME; none: every output that is no list by category", ())
    dialect: Dialect = key("in which form they get them", "atom")
    token: Text | None = key(
        "secret of 32 characters or more that the partner shows, as ${file:…}; `feeds partner add` makes better ones",
        None,
    )
    content: Share = key("what the partner may see, at most", "full")
    delay: Annotated[timedelta, values.duration(NONE, 30 * DAY)] = key("how much later than readers", "0s")
    limit: Limit = key("number of stories", 50)
    days: Annotated[int, values.number(0, 3660)] = key("also every story of so many days; 0: the number alone", 0)
    oldest: Annotated[timedelta, values.duration(NONE, 3660 * DAY)] = key("no story that is older; 0s: no bound", "0s")
    quota: Annotated[int, values.number(0, 100_000)] = key("at most so many stories a day; 0: no bound", 0)
    sources: Annotated[Passed, values.choice("own", "licensed", "all")] = key(
        "whose stories are passed on: own posts alone, licensed ones too (Creative Commons without NC and ND), or all",
        "licensed",
    )
    only_sources: Names = key("ids of sources; stories of others stay out", ())
    only: AnyRule | None = key("a rule, or several; stories that meet none stay out", None)
    languages: tuple[Annotated[str, values.language], ...] = key("language tags; stories in others stay out", ())
    home: Annotated[str, values.address("https://portal.example/")] | None = key(
        "the partner's own site: what is from there does not go back", None
    )
    images: Annotated[Images, values.choice("all", "own", "none")] = key(
        "which pictures go out: all, those on our own host, none", "all"
    )
    rights: Text | None = key("statement of rights on stories of ours", None)
    licence: Annotated[str, values.address("https://desk.example.kr/terms")] | None = key(
        "address of the terms on stories of ours", None
    )
    attribution: Text | None = key("sentence below each text, with {site}, {title}, {author}, {url}", None)
    links: dict[Parameter, Text] = key(
        "parameters for the links of stories to our own pages, as in {utm_source: portal}; those in texts stay",
        {},
    )
    tombstones: Annotated[timedelta, values.duration(DAY, 365 * DAY)] = key(
        "how long it is told at least that a story was taken back", "30d"
    )
    addresses: tuple[Annotated[str, values.network], ...] = key("addresses or networks that may ask; none: any", ())
    rate: Annotated[int, values.number(1, 6000)] = key("requests a minute", 60)
    every: Annotated[timedelta, values.duration(MINUTE, 30 * DAY)] = key("how often they agreed to ask", "1h")
    within: Annotated[timedelta, values.duration(MINUTE, 30 * DAY)] = key(
        "how soon they agreed to pick up what is taken back", "1h"
    )
    push: PartnerPushKeys | None = key("telling them at once, beside that they may ask", None)


def partner(keys: PartnerKeys) -> Partner:
    """Return the partner that *keys* say; its token is not kept, but what it is compared by."""
    return Partner(
        id=keys.id,
        title=keys.title or "",
        channels=keys.channels,
        dialect=keys.dialect,
        terms=Terms(
            content=keys.content,
            delay=keys.delay,
            limit=keys.limit,
            days=keys.days,
            oldest=keys.oldest,
            quota=keys.quota,
            sources=keys.sources,
            only_sources=keys.only_sources,
            only=keys.only or "",
            languages=keys.languages,
            home=keys.home or "",
            images=keys.images,
            rights=keys.rights or "",
            licence=keys.licence or "",
            attribution=keys.attribution or "",
            links=tuple(keys.links.items()),
            tombstones=keys.tombstones,
        ),
        token_hash=sha256(keys.token.encode()).hexdigest() if keys.token else "",
        addresses=keys.addresses,
        rate=keys.rate,
        every=keys.every,
        within=keys.within,
        push=_pushing(keys.push) if keys.push else Pushing(),
    )


def _pushing(keys: PartnerPushKeys) -> Pushing:
    secrets = tuple(secret for secret in (keys.secret, keys.old_secret) if secret)
    return Pushing(url=keys.url or "", secrets=secrets, websub=keys.websub)
