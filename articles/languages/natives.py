"""Languages that readers come from, and nothing to read is in: words are explained in.

Their codes, and their names in English and in themselves. Those that can be read have
records; they are everybody's native languages too. Knows no Django.
"""

from articles.languages.facts import LanguageFacts

NAMES = """
ar Arabic      العربية
bg Bulgarian   български
bn Bangla      বাংলা
cs Czech       čeština
et Estonian    eesti
fa Persian     فارسی
fi Finnish     suomi
he Hebrew      עברית
hi Hindi       हिन्दी
hr Croatian    hrvatski
id Indonesian  Bahasa Indonesia
ja Japanese    日本語
ko Korean      한국어
ku Kurdish     kurdî
lt Lithuanian  lietuvių
lv Latvian     latviešu
ms Malay       Bahasa Melayu
sk Slovak      slovenčina
sl Slovenian   slovenščina
so Somali      Soomaali
sq Albanian    shqip
sr Serbian     српски
th Thai        ไทย
tr Turkish     Türkçe
uk Ukrainian   українська
ur Urdu        اردو
vi Vietnamese  Tiếng Việt
zh Chinese     中文
"""
NATIVES = {
    code: LanguageFacts(code, name, native_name)
    for code, name, native_name in (
        line.split(maxsplit=2) for line in NAMES.strip().splitlines()
    )
}
