"""Puts the letters that an SVG shows into the file, so that it looks the same where its font is not at hand."""

import base64
import html
import io
import re

from functools import lru_cache

import pypdf
import vl_convert

from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

# The font that vl-convert brings along, as wide as Arial.
FAMILY = "Liberation Sans"
WIDTH_OF_SPACE = 0.278


def embedded(svg):
    """An SVG with the font of its text in it."""
    letters = "".join(sorted(set(html.unescape(re.sub(r"<[^>]*>", "", svg))) - set(" \n\t")))
    if not letters:
        return svg
    source = base64.b64encode(font(letters)).decode()
    face = f'<style>@font-face{{font-family:"{FAMILY}";src:url(data:font/woff;base64,{source}) format("woff")}}</style>'
    end = svg.index(">", svg.index("<svg")) + 1
    return svg[:end] + face + svg[end:]


@lru_cache(maxsize=64)
def font(letters):
    """A web font of these letters, taken from the PDF that vl-convert makes of them."""
    program, names = of_pdf(letters)
    woff = TTFont(io.BytesIO(program))
    order = woff.getGlyphOrder()
    characters = {ord(letter): order[glyph] for glyph, letter in names.items() if letter in letters}
    add_space(woff, characters)
    builder = FontBuilder(font=woff)
    builder.setupCharacterMap(characters)
    builder.setupNameTable({"familyName": FAMILY, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=woff["hhea"].ascent, sTypoDescender=woff["hhea"].descent)
    builder.setupPost(keepGlyphNames=False)
    woff.flavor = "woff"
    woff.recalcTimestamp = False
    written = io.BytesIO()
    woff.save(written)
    return written.getvalue()


def of_pdf(letters):
    """The font program of a PDF in which each letter stands alone, and the letter of each glyph's number."""
    texts = "".join(
        f'<text x="{20 * place}" y="15" font-family="{FAMILY}" font-size="10">{html.escape(letter)}</text>'
        for place, letter in enumerate(letters)
    )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{20 * len(letters)}" height="20">{texts}</svg>'
    page = pypdf.PdfReader(io.BytesIO(vl_convert.svg_to_pdf(svg))).pages[0]
    fonts = [entry.get_object() for entry in page["/Resources"]["/Font"].values()]
    ours = next(entry for entry in fonts if entry["/BaseFont"].endswith(FAMILY.replace(" ", "")))
    program = ours["/DescendantFonts"][0].get_object()["/FontDescriptor"]["/FontFile2"].get_data()
    pairs = re.findall(r"<([0-9A-F]{4})> <([0-9A-F]{4})>\n", ours["/ToUnicode"].get_object().get_data().decode())
    return program, {int(glyph, 16): chr(int(letter, 16)) for glyph, letter in pairs}


def add_space(woff, characters):
    """A PDF has no glyph for what is blank."""
    woff["glyf"]["space"] = Glyph()
    woff["hmtx"]["space"] = (int(WIDTH_OF_SPACE * woff["head"].unitsPerEm), 0)
    woff["maxp"].numGlyphs = len(woff.getGlyphOrder())
    characters.update({ord(" "): "space", 0xA0: "space"})
