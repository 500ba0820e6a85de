"""Makes assets/fonts/MPLUS1-Japanese.ttf: the Japanese letters that the arcade shows, and no other.

`python -m tests.helpers.japanese_font SOURCE` takes them from SOURCE, a TrueType file of the font
M PLUS 1 in its weight SemiBold (https://github.com/coz-m/MPLUS_FONTS), and makes them as narrow and
as high as Barlow Condensed wants its neighbours. Run it when a text has a kanji that is new:
tests/ui/test_languages.py names those that the font lacks.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from game.system.paths import asset
from game.ui.widgets.face import JAPANESE, is_wide
from game.ui.widgets.translation import NAMES

ACROSS, DOWN = 0.84, 0.92  # of the source's width and height
ASCENT, DESCENT = 0.86, 0.14  # of an em: its letters take this much and no more
# All kana, and all forms of letters, digits and signs that are as wide: whatever a text says next.
ALWAYS = (range(0x3000, 0x3020), range(0x3041, 0x3100), range(0xFF01, 0xFF61))
UNUSED = ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG", "STAT", "gasp", "prep")


def characters() -> set[int]:
    """Return the code points that the arcade and its page show."""
    files = [asset(f"{folder}/ja.json") for folder in ("languages", "web")]
    tables = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    texts = [text for table in tables for text in table.values()] + [*NAMES.values()]
    return {ord(c) for c in "".join(texts) if is_wide(c)} | {c for block in ALWAYS for c in block}


def subset(font: TTFont) -> None:
    """Leave in `font` what is shown."""
    options = Options()
    options.layout_features, options.hinting, options.drop_tables = [], False, [*UNUSED]
    options.name_IDs, options.notdef_outline = [0, 1, 2, 3, 4, 5, 6, 13, 14], True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)


def squeeze(font: TTFont) -> None:
    """Make every letter of `font` smaller, across and down."""
    glyphs, table, advances = font.getGlyphSet(), font["glyf"], font["hmtx"]
    drawn = {}
    for name in font.getGlyphOrder():
        recording, pen = DecomposingRecordingPen(glyphs), TTGlyphPen(None)
        glyphs[name].draw(recording)
        recording.replay(TransformPen(pen, (ACROSS, 0, 0, DOWN, 0, 0)))
        drawn[name] = pen.glyph()
    for name, glyph in drawn.items():
        table[name] = glyph
        glyph.recalcBounds(table)
        advances[name] = (round(advances[name][0] * ACROSS), getattr(glyph, "xMin", 0))
    em = font["head"].unitsPerEm
    metrics, windows = font["hhea"], font["OS/2"]
    metrics.ascent, metrics.descent, metrics.lineGap = round(ASCENT * em), -round(DESCENT * em), 0
    windows.sTypoAscender, windows.sTypoDescender, windows.sTypoLineGap = (
        *(metrics.ascent, metrics.descent),
        0,
    )
    windows.usWinAscent, windows.usWinDescent = metrics.ascent, -metrics.descent


def main(source: Path) -> None:
    """Write the asset."""
    font = TTFont(source, recalcTimestamp=False)
    subset(font)
    squeeze(font)
    font.save(asset(JAPANESE))
    print(f"{JAPANESE}: {font['maxp'].numGlyphs} glyphs, {asset(JAPANESE).stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
