"""The three letters of a player on a high score board, and those that are not shown."""

from __future__ import annotations

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.- "
LENGTH = 3
HIDDEN = "---"

# Offensive short words in the languages that BigChamp speaks, unfit for a public event.
_UNWANTED_WORDS = """
ASS AZZ CUM CUN COK COC COX DIK DIC DIX FAG FUC FUK FUQ FCK FUX FKU GAY HOE JAP JEW JIZ
KKK KIK KYS NGR NIG NGA PIS POO PUS SEX SUK SUC TIT TWT WOG WTF XXX ARS FIK HUR NSU SS
SA HH HJ SAU FOZ VAG
CON CUL FDP HDP NIK NTM PD PUT
CNK MNK KSO SNE
"""
_UNWANTED = frozenset(_UNWANTED_WORDS.split())
_READ_AS = str.maketrans("013457", "OIEAST")


def is_wanted(initials: str) -> bool:
    """Whether a board may show `initials`; also recognises dots and digits in place of letters."""
    plain = "".join(c for c in initials.upper() if c.isalnum())
    return not {plain, plain.translate(_READ_AS)} & _UNWANTED and plain != "88"


def shown(initials: str) -> str:
    """Return what a board shows for `initials`: themselves, or dashes for none or unwanted."""
    text = initials.upper().ljust(LENGTH)[:LENGTH]
    if not text.strip(" .-") or any(c not in LETTERS for c in text) or not is_wanted(text):
        return HIDDEN
    return text
