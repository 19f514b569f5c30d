"""The lettered articles that texts of this project cite, each with the code it stands in. A citation elsewhere is a slip of the pen."""

from __future__ import annotations

from collections.abc import Mapping

#: The codes as they are named, French and English, in plain lower case.
CODES: Mapping[str, tuple[str, ...]] = {
    "com": ("code de commerce", "commercial code", "c. com."),
    "civ": ("code civil", "civil code", "c. civ."),
    "conso": ("code de la consommation", "consumer code", "c. conso."),
    "cpce": ("code des procedures civiles d'execution", "code of civil enforcement procedures", "civil enforcement procedures code", "cpce"),
    "cpc": ("code de procedure civile", "code of civil procedure", "civil procedure code", "c. pr. civ."),
    "ccp": ("code de la commande publique", "c. commande publique", "public procurement code"),
    "cmf": ("code monetaire et financier", "monetary and financial code"),
}
ARTICLES: Mapping[str, str] = {
    "1324": "civ", "1350": "civ", "L110-4": "com", "L133-6": "com", "L441-3": "com", "L441-9": "com", "L441-10": "com", "L441-11": "com", "D441-5": "com",
    "L622-7": "com", "L622-21": "com", "L622-24": "com", "L622-28": "com", "R622-24": "com", "R123-237": "com", "R123-238": "com",
    "L121-2": "cpce", "L121-6": "cpce", "L121-21": "cpce", "L111-8": "cpce", "L125-1": "cpce", "L126-1": "cpce", "L126-5": "cpce",
    "R124-1": "cpce", "R124-2": "cpce", "R124-3": "cpce", "R124-4": "cpce", "R124-5": "cpce", "R124-6": "cpce", "R124-7": "cpce", "R125-1": "cpce",
    "L218-2": "conso", "L612-1": "conso", "L616-1": "conso", "R616-1": "conso", "L313-2": "cmf", "L2192-13": "ccp", "R2192-31": "ccp", "D2192-35": "ccp", "D313-1": "cmf",
}  # fmt: skip
