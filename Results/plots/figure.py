"""A figure: what it shows, the chart and its numbers, and how it comes to a file."""

import re

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import altair
import pandas
import vl_convert

from . import fonts, style
from .files import write
from .names import FORMATS

PRINT_PIXELS_PER_INCH = 300


@dataclass(frozen=True)
class Figure:
    """A chart and the table of the numbers that it shows."""

    # In file names and links: letters, digits and hyphens; what is none becomes a hyphen.
    name: str
    # What it is, in a few words.
    title: str
    # What a reader has to know to read it, in sentences.
    caption: str
    chart: altair.TopLevelMixin
    table: pandas.DataFrame
    # The same for a phone, where the chart cannot only be made narrower.
    narrow: altair.TopLevelMixin | None = None

    def __post_init__(self):
        """Names hold words of the files, which may be anything."""
        object.__setattr__(self, "name", re.sub(r"[^A-Za-z0-9-]+", "-", self.name))

    def spec(self, is_narrow=False):
        """The Vega-Lite specification, data within."""
        with altair.data_transformers.enable("default", max_rows=None):
            spec = (self.narrow if is_narrow else self.chart).to_dict()
        spec["config"] = style.CONFIG | {
            key: value for key, value in spec.get("config", {}).items() if key not in style.CONFIG
        }
        spec["config"].get("view", {}).pop("continuousWidth", None)
        spec["description"] = f"{self.title}. {self.caption}"
        return spec

    def svg(self, has_font=True):
        """The figure at a paper's width, as text; with its font within, or with what the reader has in its place."""
        width, height = self.size
        size = f'width="{width * self.shrinkage:g}" height="{height * self.shrinkage:g}"'
        svg = self.drawn.replace(f'width="{width:g}" height="{height:g}"', size, 1)
        return fonts.embedded(svg) if has_font else svg

    def png(self):
        """The figure at a paper's width, at 300 pixels to the inch."""
        scale = 72 / style.PIXELS_PER_INCH * self.shrinkage
        return vl_convert.vegalite_to_png(self.spec(), scale=scale, ppi=PRINT_PIXELS_PER_INCH)

    @cached_property
    def drawn(self):
        """The figure as vl-convert draws it."""
        return vl_convert.vegalite_to_svg(self.spec())

    @property
    def size(self):
        """Width and height as drawn, in pixels."""
        return tuple(map(float, re.search(r'<svg[^>]* width="([0-9.]+)" height="([0-9.]+)"', self.drawn).groups()))

    @property
    def shrinkage(self):
        """What panels with long labels are made smaller by, so that none is wider than a page."""
        return min(1.0, style.PAGE_WIDTH / self.size[0])

    def save(self, folder, formats=FORMATS, has_font=True):
        """Writes the figure in each format, and says where."""
        paths = []
        for extension in formats:
            content = self.png() if extension == "png" else self.svg(has_font).encode()
            paths.append(write(Path(folder) / f"{self.name}.{extension}", content))
        return paths
