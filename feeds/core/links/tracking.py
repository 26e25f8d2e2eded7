"""Parameters that say who clicked, never what is shown: facts for `urls.canonical`, without which links compare.

A name stands here when it is known to leave the page as it is on every site (`NAMES`, `PREFIXES`), on the sites named
(`BY_HOST`), or when its value gives it away (`ORIGINS`). When in doubt a name stays out: to merge two stories is worse
than to miss a copy.

Sources: the makers' own documentation (Google Analytics and Ads, Meta, Microsoft Advertising, Yandex, Mailchimp,
HubSpot, Marketo, Matomo, Piano/AT Internet, Adobe, Vero, Klaviyo, Branch, Adjust), the names in Miniflux's
`urlcleaner.go` (Apache-2.0) and tidy-url's `rules.js` (MIT), and the links of real feeds (the sites in `BY_HOST`).
All names are lower case: they are compared without regard to case, for `UTM_Source` and `CMP` are both in use.
"""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A parameter whose name begins so is dropped everywhere.
PREFIXES: tuple[str, ...] = (
    "utm_",  # Google Analytics, and all who speak its language
    "mtm_",  # Matomo
    "pk_",  # Piwik, Matomo's former name
    "piwik_",
    "matomo_",
    "hsa_",  # HubSpot ads
    "at_",  # AT Internet (BBC: at_medium=RSS)
    "vero_",  # Vero
    "oly_",  # Omeda Olytics
    "trk_",  # LinkedIn, Drip
    "ga_",  # older Google Analytics set-ups
)

# A parameter of this name is dropped everywhere.
NAMES: frozenset[str] = _names(
    # Google: Analytics, Ads, Display & Video, cross-domain linker
    "_ga _gl _gac gclid gclsrc gbraid wbraid dclid gad_source gad_campaignid gclaw srsltid usqp "
    # Meta, Instagram, TikTok, X, LinkedIn, Pinterest, Snap, Reddit, Quora
    "fbclid fb_action_ids fb_action_types fb_ref fb_source fb_comment_id action_object_map action_type_map "
    "action_ref_map igshid igsh ttclid twclid tw_source tw_campaign tw_kwdid li_fat_id lipi epik sccid scid "
    "rdt_cid qclid __twitter_impression "
    # Microsoft, Yandex, Baidu, Naver, Kakao, Yahoo Japan
    "msclkid yclid ymclid ysclid _openstat bd_vid nclick n_media n_query n_rank n_ad_group n_ad n_keyword_id "
    "n_keyword n_campaign_type n_match napm nacn kakao_from yj_r soc_src soc_trk "
    # mailings: Mailchimp, HubSpot, Marketo, Klaviyo, Drip, Iterable, Sailthru, Bronto, dotdigital, ActiveCampaign
    "mc_cid mc_eid mc_tc _hsenc _hsmi __hssc __hstc __hsfp hsctatracking mkt_tok _ke _kx __s iterable_campaign "
    "iterable_template_id sailthru_id _bta_tid _bta_c dm_i vgo_ee ml_subscriber ml_subscriber_hash elqtrackid "
    "elqtrack elqaid elqat recipientid et_rid spmailingid spuserid spjobid spreportid "
    # analytics and affiliates: AT Internet, Adobe, Webtrends, Impact, Awin, ClickBank, CJ, Rakuten, Branch, Wicked
    "xtor s_cid s_kwcid ef_id cmpid cmp cm_mmc cm_mmca1 cm_mmca2 cm_re wt_mc wt.mc_id wt_zmc irclickid irgwc "
    "awc cjevent ranmid raneaid ransiteid _branch_match_id _branch_referrer wickedid wickedsource ir_cid "
    "gdfms gdftrk gdffi guce_referrer guce_referrer_sig guccounter "
    # newsrooms
    "ocid smid smtyp ns_mchannel ns_source ns_campaign ns_linkname ns_fee ncid nr_email_referer sr_share "
    "echobox ito feature_share xnpe_tifc sfmc_id sfmc_sub rss_source rssfeed fromrss  "
    # sessions
    "phpsessid jsessionid aspsessionid cfid cftoken"
)

# On these hosts and those below them, these names too.
BY_HOST: dict[str, frozenset[str]] = {
    host: _names(names)
    for host, names in {
        "nytimes.com": "partner emc smprod referringsource unlocked_article_code searchresultposition src te nl",
        "wsj.com": "mod reflink st",
        "barrons.com": "mod reflink",
        "marketwatch.com": "mod reflink",
        "washingtonpost.com": "itid wpisrc wpmm tid",
        "bloomberg.com": "srnd sref leadsource",
        "ft.com": "segmentid sharetype desktop",
        "economist.com": "fsrc",
        "theguardian.com": "dcr",
        "bbc.com": "pinned_post_locator pinned_post_asset_id pinned_post_type",
        "bbc.co.uk": "pinned_post_locator pinned_post_asset_id pinned_post_type",
        "cnn.com": "iid eref",
        "reuters.com": "feedtype feedname rpc",
        "forbes.com": "sh ss",
        "medium.com": "source sk",
        "substack.com": "r s showwelcome triedredirect isfreemail publication_id",
        "youtube.com": "si feature pp ab_channel t",
        "youtu.be": "si feature t",
        "twitter.com": "s t ref_src ref_url cn",
        "x.com": "s t ref_src ref_url cn",
        "instagram.com": "img_index hl",
        "reddit.com": "share_id rdt context",
        "linkedin.com": "trk refid trackingid",
        "spotify.com": "si nd dlsi",
        "apple.com": "at ct ls mt uo itsct itscg",
        "google.com": "ved ei sa usg sca_esv",
        "yna.co.kr": "section site input",
        "newsis.com": "cid pid",
        "edaily.co.kr": "mediacodeno outlnkchk",
        "segye.com": "outurl",
        "hani.co.kr": "_fr",
        "joongang.co.kr": "cloc",
        "joins.com": "cloc",
        "hankyung.com": "rss",
        "hankookilbo.com": "did",
        "daum.net": "f rcmd",
        "news.naver.com": "sid sid1 sid2 mode mid rc ntype lfrom type",
    }.items()
}

# A parameter of one of these names is dropped where its value is one of `ORIGINS`: `ref=rss`, but not `ref=main`.
MAYBE: frozenset[str] = _names("ref source src from via medium campaign referrer referer share")
ORIGINS: frozenset[str] = _names(
    "rss rss2 rss20 rss_feed rssfeed feed feeds atom feedburner feedly feeder newsblur inoreader flipboard "
    "twitter tw facebook fb instagram ig linkedin reddit pinterest telegram whatsapp kakao kakaotalk kakaostory "
    "naver daum newsletter email share sharing social socialshare copy copylink webshare "
    "hn hackernews hackernoon producthunt push notification webpush"
)

# A value of one of these names is a session where it looks like one (26 or more hex digits or letters and digits).
SESSIONS: frozenset[str] = _names("sid s session sessionid session_id sess zenid oscsid")

# Links that lead through another page: (host, path) and the parameters that may hold where they lead.
DETOURS: dict[tuple[str, str], tuple[str, ...]] = {
    ("google.com", "/url"): ("url", "q"),
    ("l.facebook.com", "/l.php"): ("u",),
    ("lm.facebook.com", "/l.php"): ("u",),
    ("facebook.com", "/l.php"): ("u",),
    ("l.instagram.com", "/"): ("u",),
    ("bing.com", "/news/apiclick.aspx"): ("url",),
    ("youtube.com", "/redirect"): ("q",),
    ("out.reddit.com", "/"): ("url",),
    ("t.umblr.com", "/redirect"): ("z",),
    ("vk.com", "/away.php"): ("to",),
    ("steamcommunity.com", "/linkfilter"): ("url", "u"),
    ("link.zhihu.com", "/"): ("target",),
    ("slack-redir.net", "/link"): ("url",),
    ("getpocket.com", "/redirect"): ("url",),
    ("medium.com", "/r"): ("url",),
    ("duckduckgo.com", "/l"): ("uddg",),
    ("exit.sc", "/"): ("url",),
    ("cr.naver.com", "/redirect"): ("u",),
}

# Hosts that are another's second name.
TWINS: dict[str, str] = {
    "twitter.com": "x.com",
    "old.reddit.com": "reddit.com",
    "np.reddit.com": "reddit.com",
    "new.reddit.com": "reddit.com",
}
