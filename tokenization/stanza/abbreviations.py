"""Common abbreviations of each language, for what the models still get wrong.

Closed lists, written for this project. GOES_ON stand before something: a title before a
name, "nr." before a number; no sentence ends there, whatever follows. MAY_END end
sentences too ("etc."): what follows decides. Each is also looked for with a capital
first, but those that are written with one here only so: "Rep." is one, a "rep." is not.

Left out is what is a word too, since a sentence may end with it: Danish "min.", Russian
"им.", German "Max.", English "no.". So are single letters, which the models know, and
those of several words ("z. B."), of which each part is one.
"""

from functools import cache

GOES_ON = {
    "da": """
        adm. afd. alm. ang. bl.a. ca. cand. dir. dr. ekskl. evt. f.eks. fhv. forb. frk.
        gl. hhv. hr. ifm. ift. iht. inkl. jf. kgl. kl. mht. nr. p.g.a. pga. prof. s.å.
        sml. skt. str. tel. tidl. tlf. vedr. vha. vs.
    """,
    "de": """
        a.d. abs. bes. bspw. bzgl. bzw. ca. d.h. dipl. dr. ebd. ehem. einschl. evtl.
        exkl. ggf. ggü. hl. hrsg. i.d.r. i.h.v. inkl. insb. insbes. jg. jh. lfd. lt.
        mind. mio. mrd. nr. o.g. prof. rd. s.o. s.u. sog. St. stellv. str. tel. tsd.
        urspr. v.a. vgl. vs. z.B. z.b. z.T. z.t. z.Zt. z.zt. zz. zzgl. zzt. i.d.R.
        i.H.v.
    """,
    "el": """
        αρ. αριθ. βλ. δηλ. δρ. καθ. κεφ. κα. κκ. λ.χ. λεωφ. π.χ. πρβλ. πχ. σελ. τηλ.
    """,
    "en": """
        approx. cf. e.g. i.e. viz. vs. Adm. Asst. Brig. Capt. Cmdr. Col. Dr. Gen. Gov.
        Hon. Lt. Maj. Messrs. Mr. Mrs. Ms. Mt. Mx. Nos. Pres. Prof. Rep. Rev. Sen. Sgt.
        St. Supt.
    """,
    "es": """
        aprox. art. arts. av. avda. cap. cfr. dña. dr. dra. dres. excmo. fig. gral. ing.
        lic. máx. mín. mons. núm. núms. p.ej. pág. págs. pdte. prof. profa. prov. pza.
        sr. sra. sres. srs. srta. sta. sto. tel. tfno. vol. vs.
    """,
    "fr": """
        apr. av. boul. chap. dr. env. fig. Mgr. Mlle. MM. Mme. Mr. p.ex. prof. tél. vs.
    """,
    "hu": """
        ált. aug. bek. cca. dec. dr. febr. fszt. ifj. ill. isk. jan. júl. jún. kb. ker.
        ld. máj. márc. max. megj. nov. okl. okt. özv. pl. prof. rkp. szept. szerk. szt.
        tel. ún. vö.
    """,
    "it": """
        arch. avv. ca. cap. cav. cfr. dott. dr. fig. geom. ing. mons. p.es. pag. pagg.
        prof. proff. rag. sig. sigg. spett. tel. vol. vs.
    """,
    "no": """
        adm. alm. ang. avd. bl.a. ca. cand. dir. dr. ekskl. evt. f.eks. fhv. frk. hhv.
        hr. ifm. ift. iht. inkl. jf. kap. kgl. kl. m.t.p. mht. nr. p.g.a. pga. prof. St.
        tidl. tlf. vedr. vs.
    """,
    "nl": """
        afd. alg. bijv. blz. ca. cfr. d.d. d.m.v. d.w.z. dhr. drs. dr. evt. excl. fam.
        i.p.v. i.v.m. incl. ing. ir. jhr. m.b.t. m.b.v. m.i.v. mej. mevr. mgr. mr. mw.
        n.a.v. nr. o.b.v. o.l.v. prof. resp. St. t.a.v. t.b.v. t.g.v. t.o.v. tel. vgl.
        vs. zgn.
    """,
    "pl": """
        al. ang. arch. art. bp. br. doc. dyr. gen. inż. kard. kpt. ks. lek. lic. łac.
        m.in. mgr. mjr. np. nr. pl. płk. pow. prof. przew. red. rtm. rys. sp. św. tel.
        tj. tzn. tzw. ul. ur. woj. zob.
    """,
    "pt": """
        aprox. art. arts. av. cap. cel. dr. dra. drs. eng. exma. exmo. fig. gen. máx.
        mín. mons. núm. p.ex. pág. págs. pe. prof. profa. profs. sr. sra. sras. srs.
        srta. sta. sto. tel. ten. vol. vs.
    """,
    "ro": """
        alin. aprox. art. bd. bul. cca. cf. d-l. d-na. dl. dna. dr. dvs. fig. ing. jud.
        lt. nr. pag. pct. prof. Sf. str. tel. univ. vs.
    """,
    "ru": """
        акад. англ. бул. гл. гос. дер. доц. зав. зам. изд. итал. кв. кн. корп. лат.
        напр. наб. нем. оз. ок. пер. пл. пос. просп. проф. ред. рус. св. сб. ср. ст.
        стр. т.е. т.к. т.н. тов. ул. франц. яз.
    """,
    "sv": """
        adm. ang. avd. bl.a. ca. d.v.s. dir. dr. dvs. ekon. enl. ev. exkl. f.d. fr.o.m.
        förf. hr. inkl. jfr. kap. kl. kungl. m.a.o. nr. p.g.a. pga. prof. resp. s.k.
        sid. S:t. t.ex. t.o.m. tel. tfn. ung. vs.
    """,
}

MAY_END = {
    "da": "etc. kr. m.fl. m.m. m.v. mfl. mia. mio. mill. mv. o.a. osv.",
    "de": """
        d.j. etc. ff. jun. Co. n.chr. n.Chr. sen. u.a. u.a.m. u.ä. u.s.w. u.v.m. usf.
        usw. uvm. v.chr. v.Chr.
    """,
    "el": "εκατ. κ.ά. κ.α. κ.λπ. κ.τ.λ. κλπ. κτλ. μ.μ. μ.Χ. π.μ. π.Χ. τ.μ. χιλ. χλμ.",
    "en": "a.m. p.m. etc. Ave. Blvd. Bros. Co. Corp. Dept. Ph.D. al. plc.",
    "es": "a.C. d.C. EE.UU. JJ.OO. etc. ud. uds. vd. vds.",
    "fr": "al. etc. J.-C.",
    "hu": "bt. kft. mrd. nyrt. rt. s.k. stb. zrt.",
    "it": "ecc. etc. a.C. d.C. S.p.A. S.r.l.",
    "no": "etc. m.fl. m.m. m.v. mfl. mill. mrd. mv. o.a. osv.",
    "nl": "c.s. e.a. e.d. enz. etc. jl. m.m. mld. mln. n.Chr. o.a. v.Chr.",
    "pl": "etc. godz. i.in. itd. itp. n.e. p.n.e. tys.",
    "pt": "a.C. d.C. etc. ltda.",
    "ro": "etc. mil. mld. ș.a. ş.a. ș.a.m.d. ş.a.m.d.",
    "ru": """
        вв. г. гг. др. долл. коп. млн. млрд. обл. пр. руб. см. т.д. т.п. тыс. чел.
    """,
    "sv": "etc. f.Kr. e.Kr. m.fl. m.m. m.v. mdr. mfl. milj. mkr. o.d. o.s.v. osv.",
}
# Countries, mostly before a name or a noun ("U.S. Army"): a sentence ends there when
# the next one begins as sentences do, with one of BEGINNINGS.
COUNTRIES = {"en": "U.S. U.S.A. U.K. U.N. E.U. D.C."}
BEGINNINGS = {
    "en": """
        A After All Although An And As At Because Before But By Each For From He Her His
        How However I If In It Its Many Most My No Not Now On One Only Other Our She
        Since So Some Such That The Their Then There These They This Those Though To
        Under Until We What When Where Which While Who Why With You Your
    """,
}
# Those only before a number, months mostly: "on Jan. 5", though "I saw Jan." ends. Left
# out is what is a word before a number too: "mar" (sea), "sept" and "dez" (7 and 10).
BEFORE_NUMBER = {
    "da": "jan. feb. febr. mar. apr. aug. sep. sept. okt. nov. dec.",
    "de": "Jan. Jän. Feb. Febr. Apr. Aug. Sep. Sept. Okt. Nov. Dez.",
    "el": "Ιαν. Φεβ. Φεβρ. Μαρ. Απρ. Αυγ. Σεπ. Σεπτ. Οκτ. Νοε. Δεκ.",
    "en": "Jan. Feb. Mar. Apr. Jun. Jul. Aug. Sep. Sept. Oct. Nov. Dec. No. Vol. pp.",
    "es": "ene. feb. febr. abr. ago. sept. oct. nov. dic.",
    "fr": "janv. févr. avr. juil. oct. nov. déc.",
    "it": "genn. febbr. sett. ott. nov. dic.",
    "nl": "jan. feb. febr. mrt. apr. aug. sep. sept. okt. nov. dec.",
    "no": "jan. feb. febr. mar. apr. aug. sep. sept. okt. nov. des.",
    "pt": "jan. fev. abr. ago. out. nov.",
    "ro": "ian. feb. febr. apr. aug. sept. oct. nov. dec.",
    "ru": "янв. фев. февр. апр. авг. сент. окт. нояб. дек.",
    "sv": "jan. feb. febr. apr. aug. sep. sept. okt. nov. dec.",
}
# In all languages: firms and people.
MAY_END_ANYWHERE = "Inc. Ltd. Jr. Sr. Corp."


@cache
def goes_on(language: str) -> frozenset[str]:
    """The language's abbreviations of the first kind, as they may be written."""
    return _written(GOES_ON.get(language, ""))


@cache
def may_end(language: str) -> frozenset[str]:
    """The language's abbreviations of the second kind, as they may be written."""
    listed = _written(f"{MAY_END.get(language, '')} {MAY_END_ANYWHERE}")
    return listed - goes_on(language)  # "Sr." is a title in Spanish


@cache
def before_number(language: str) -> frozenset[str]:
    """The language's abbreviations that are such before a number only."""
    return _written(BEFORE_NUMBER.get(language, ""))


@cache
def countries(language: str) -> frozenset[str]:
    """The language's abbreviations of countries."""
    return frozenset(COUNTRIES.get(language, "").split())


@cache
def beginnings(language: str) -> frozenset[str]:
    """Words that begin sentences, seldom names."""
    return frozenset(BEGINNINGS.get(language, "").split())


def _written(listed: str) -> frozenset[str]:
    words = listed.split()
    return frozenset({*words, *(word[0].upper() + word[1:] for word in words)})
