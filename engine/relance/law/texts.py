"""Texts of law that a letter must reproduce word for word, in French, as they are in force.

Owns the second and third paragraphs of CPCE (enforcement) L111-8, which R124-4, 5° wants in the letter of whoever recovers
for others. Refuses to paraphrase.
"""

from __future__ import annotations

from typing import Final

#: Code des procédures civiles d'exécution, article L. 111-8, second paragraph.
L111_8_2: Final = (
    "Les frais de recouvrement entrepris sans titre exécutoire restent à la charge du créancier, sauf s'ils concernent un acte dont "
    "l'accomplissement est prescrit par la loi au créancier. Toute stipulation contraire est réputée non écrite, sauf disposition "
    "législative contraire."
)
#: The same article, third paragraph.
L111_8_3: Final = (
    "Cependant, le créancier qui justifie du caractère nécessaire des démarches entreprises pour recouvrer sa créance peut demander au juge "
    "de l'exécution de laisser tout ou partie des frais ainsi exposés à la charge du débiteur de mauvaise foi."
)
#: Both, in their order.
L111_8: Final = (L111_8_2, L111_8_3)
#: What the letter calls the article.
L111_8_TITLE: Final = "Article L. 111-8 du code des procédures civiles d'exécution, deuxième et troisième alinéas"
