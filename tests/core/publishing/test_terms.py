"""How much may be told again: the policy of the source, and under `auto` the licence."""

import pytest

from feeds.core.publishing import terms
from feeds.model.entry import Origin
from feeds.model.source import ContentPolicy, Extent
from tests.core.made import entry

BY_NC_ND = "https://creativecommons.org/licenses/by-nc-nd/4.0/"
BY = "http://creativecommons.org/licenses/by/2.0/kr/"


@pytest.mark.parametrize(
    ("licence", "extent"),
    [
        pytest.param("", "full", id="none"),
        pytest.param(BY, "full", id="BY"),
        pytest.param("https://creativecommons.org/licenses/by-sa/4.0/", "full", id="BY-SA"),
        pytest.param("https://creativecommons.org/publicdomain/zero/1.0/", "full", id="zero"),
        pytest.param("https://creativecommons.org/licenses/by-nc/4.0/deed.ko", "summary", id="NC"),
        pytest.param("https://creativecommons.org/licenses/by-nd/2.0/kr/", "summary", id="ND"),
        pytest.param(BY_NC_ND.upper(), "summary", id="NC and ND, in capitals"),
        pytest.param("https://creativecommons.org/licenses/by-nc-sa/3.0", "summary", id="no slash"),
        pytest.param("https://a.example/terms", "full", id="terms that nobody here has read"),
    ],
)
def test_a_licence_decides(licence: str, extent: Extent) -> None:
    assert terms.extent("auto", entry(licence=licence), None, local=False) == extent


@pytest.mark.parametrize(
    ("rights", "extent"),
    [
        pytest.param("All rights reserved", "full", id="reserved: no licence"),
        pytest.param("© 2026 Kim, CC BY-NC-ND 4.0", "summary", id="named"),
        pytest.param("Creative Commons BY-NC", "summary", id="named in full"),
        pytest.param(f"See {BY_NC_ND}.", "summary", id="URL within"),
        pytest.param("CC BY 4.0, and NC is a state", "full", id="letters elsewhere"),
    ],
)
def test_rights_name_a_licence_in_words(rights: str, extent: Extent) -> None:
    assert terms.extent("auto", entry(rights=rights), None, local=False) == extent
    assert terms.extent("auto", entry(), Origin(rights=rights), local=False) == extent


@pytest.mark.parametrize(
    ("own", "named", "of_feed", "extent"),
    [
        pytest.param(BY, "", BY_NC_ND, "full", id="the entry's own before its feed's"),
        pytest.param("", BY_NC_ND, BY, "summary", id="the feed that it came from before the one that passed it on"),
        pytest.param("", "", BY_NC_ND, "summary", id="its feed's"),
    ],
)
def test_the_nearest_licence_counts(own: str, named: str, of_feed: str, extent: Extent) -> None:
    one = entry(licence=own, rights="CC BY-NC", origin=Origin(licence=named) if named else None)
    assert terms.extent("auto", one, Origin(licence=of_feed), local=False) == extent


@pytest.mark.parametrize("policy", ["full", "summary", "title"])
def test_the_owner_knows_better(policy: ContentPolicy) -> None:
    assert terms.extent(policy, entry(licence=BY_NC_ND), None, local=False) == policy


def test_own_posts_are_ours() -> None:
    assert terms.extent("auto", entry(licence=BY_NC_ND), None, local=True) == "full"


def test_words_made_to_choke_an_expression_end_soon() -> None:
    hostile = "CC BY" + "-NC" * 50_000 + "creativecommons.org/licenses/" * 5_000
    assert terms.limiting(entry(rights=hostile), None) in ("", hostile)
