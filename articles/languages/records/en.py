"""English."""

from articles.languages.facts import (
    Abbreviations,
    LanguageFacts,
    LookUp,
    PageWords,
    Rules,
    WallWords,
)

LANGUAGE = LanguageFacts(
    code="en",
    name="English",
    native_name="English",
    months="""
        january february march april may june july august september october november
        december
    """,
    one_letter_words="aio",
    typical=(0.13, 20),
    abbreviations=Abbreviations(
        goes_on="""
            approx. cf. e.g. i.e. viz. vs. Adm. Asst. Brig. Capt. Cmdr. Col. Dr. Gen.
            Gov. Hon. Lt. Maj. Messrs. Mr. Mrs. Ms. Mt. Mx. Nos. Pres. Prof. Rep. Rev.
            Sen. Sgt. St. Supt.
        """,
        may_end="a.m. p.m. etc. Ave. Blvd. Bros. Co. Corp. Dept. Ph.D. al. plc.",
        before_number="""
            Jan. Feb. Mar. Apr. Jun. Jul. Aug. Sep. Sept. Oct. Nov. Dec. No. Vol. pp.
        """,
        countries="U.S. U.S.A. U.K. U.N. E.U. D.C.",
        beginnings="""
            A After All Although An And As At Because Before But By Each For From He Her
            His How However I If In It Its Many Most My No Not Now On One Only Other Our
            She Since So Some Such That The Their Then There These They This Those
            Though To Under Until We What When Where Which While Who Why With You Your
        """,
    ),
    page=PageWords(
        read_also="""
            read (?:more|also|next)|also read|see also|more on this(?: story)?
            recommended(?: for you| reading| stories)?|you may also like|don't miss
            related(?: (?:articles?|stor(?:y|ies)|content|topics?|posts?))?
        """,
        last="last",
        written="published|posted|updated?|modified",
        at="on|at",
        changed="updat|modifi|edited",
        notices=r"""
            advertisement|(?:advertisement\W*)?(?:story|article) continues below.*
            (?:photo|image)\s*: .{,80}|.*\ball rights reserved\.?
            (?:sign up|subscribe) (?:for|to) .*\b(?:news|newsletters?)\b.*
            (?:sign up|subscribe) (?:for|to) .*\b(?:e-?mails?|deals)\b.*
            join (?:our|the) (?:\w+ )?forum.*
            follow .* on (?:google news|facebook|twitter|x|instagram|whatsapp)\b.*
            click here to .*|please log ?(?:in|out) .*|(?:leave|post) a comment.*
            external content(?: (?:is )?(?:not available|unavailable|blocked).*)?
            your (?:privacy|cookie)\W?settings prevent .*
            this (?:article )?is an? (?:machine|automatic) translation\b.*
            .*\bwe (?:may )?(?:earn|receive|get) (?:an? )?(?:\w+ )?commission.*
            read the ?(?:article )?origin.*
        """,
        earning_links="affiliate[- ]?links?",
        we="we|us|our",
        labels="""
            most (?:read|popular|viewed|shared)|trending(?: now)?
            more (?:from|on|in) .{,50}|more (?:stories|news|articles)
            latest (?:news|stories)|(?:read|up|what to read) next|recommended.{,40}
            related.{,30}|you (?:may|might) .{,40}|editors?'?s? picks?|from our partners
            sponsored.{,20}|around the web|popular now|top stories|comments?
            (?:leave|post) a comment|join the (?:conversation|discussion)
            share this.{,20}|about the authors?|support (?:us|our .{,40})
        """,
    ),
    wall=WallWords(
        stems="""
            subscri|log in|login|sign in to|continue reading|keep reading
            the full article|the full story|the rest of this|to read more
            create an account to|is for members|unlock this|unlock the full
        """,
        percent="percent|per cent",
        reading="articl|this piece|reading|to read",
    ),
    look_up=LookUp(
        endings="""
            s/ es/ ies/y ed/ ed/e ied/y ing/ ing/e 's/ s'/ '/ ly/ er/ er/e est/ est/e
            ness/ iness/y
        """,
        articles="""
            a an the my your his her its our their this these those some every each no
        """,
        prepositions="""
            of in on with from at by for about into through without between under
        """,
        before_verbs="""
            to i he she we they not will would can could should must may might
        """,
    ),
    rules=(
        Rules(
            "paywall",
            "text",
            """
                log in to read
                sign in to continue reading
                subscribe to continue reading
                subscribe to read the full
                this article is for subscribers
                available to subscribers only
                already a subscriber
                to continue reading this article
                for subscribers only
                reserved for subscribers
                exclusive to subscribers
                exclusively for subscribers
                the rest of this article is
                the rest of this story is
                the rest is for subscribers
                subscribe to keep reading
                subscribe to unlock
                subscribe to read the rest
                you have * % of this article left
                * % of this article remains
                log in or subscribe to
                subscribe now to read
                * percent of this article left
            """,
        ),
        Rules(
            "live_blog",
            "title",
            """
                live updates
                as it happened
            """,
        ),
        Rules(
            "live_blog",
            "address",
            """
                /live-updates/
                /live-news/
            """,
        ),
        Rules(
            "advert",
            "category",
            """
                sponsored content
                paid content
                partner content
                /advertisement/
                coupons
            """,
        ),
        Rules(
            "advert",
            "text",
            """
                this is sponsored content
                this is a paid partnership
                paid for by our advertiser
                we may earn a commission
                we may earn commission
                we may earn a small commission
                we may earn an affiliate commission
                we may receive a commission
                we may receive a small commission
                we earn a commission
                we receive a commission
                may earn us a commission
                contains affiliate links
                may contain affiliate links
                includes affiliate links
                as an amazon associate
                this post is sponsored
                this article is sponsored
                sponsored by our partner
            """,
        ),
        Rules(
            "advert",
            "title",
            """
                sponsored content
                /ad/
                /advertisement/
                /advertising/
                /promoted/
                /paid partnership/
                /partner content/
                /affiliate/
            """,
        ),
        Rules(
            "advert",
            "address",
            """
                /paid-content/
                /sponsor-content/
                /promoted/
                /advertisement/
                /best-deals/
            """,
        ),
        Rules(
            "not_article",
            "address",
            """
                /horoscope/
                /horoscopes/
                /photos/
                /pictures/
                /in-pictures/
                /puzzles/
            """,
        ),
        Rules(
            "not_article",
            "title",
            """
                daily horoscope
                your horoscope for
            """,
        ),
    ),
    feeds=(
        ("BBC News", "https://feeds.bbci.co.uk/news/rss.xml"),
        (
            "The Guardian (International)",
            "https://www.theguardian.com/international/rss",
        ),
        ("NPR News", "https://feeds.npr.org/1001/rss.xml"),
        (
            "ABC News (Australia) – Just In",
            "https://www.abc.net.au/news/feed/51120/rss.xml",
        ),
        ("Deutsche Welle (English)", "https://rss.dw.com/rdf/rss-en-all"),
        ("France 24 (English)", "https://www.france24.com/en/rss"),
    ),
)
