"""What stands in the files: sizes, fonts, looks, and what happens when they cannot be written."""

import re
import struct
import subprocess
import sys

import altair
import pandas
import pytest
import vl_convert

from conftest import RESULTS
from plots import charts, style
from plots.errors import CreateError
from plots.figure import Figure
from plots.files import write


def command(*arguments, folder=None):
    """What the command says: the exit code and both streams."""
    process = subprocess.run(
        [sys.executable, RESULTS / "plot.py", *map(str, arguments)], capture_output=True, text=True, cwd=folder
    )
    return process.returncode, process.stdout, process.stderr


def figure(letters="épochs × γ"):
    """A small one."""
    chart = charts.alone(
        altair.layer(
            altair.Chart(pandas.DataFrame({"x": [1], "y": [2]}))
            .mark_point()
            .encode(x=altair.X("x:Q", title=letters), y="y:Q")
        ),
        100,
    )
    return Figure("small", "A point", "It is one.", chart, pandas.DataFrame())


def test_an_svg_is_as_wide_as_a_column_and_brings_its_letters():
    svg = figure().svg()
    assert int(re.search(r'<svg[^>]* width="(\d+)"', svg)[1]) == style.COLUMN_WIDTH
    assert "@font-face" in svg and "data:font/woff;base64," in svg
    bare = figure().svg(has_font=False)
    assert "@font-face" not in bare and re.sub(r"<style>@font-face[^<]*</style>", "", svg) == bare


def test_no_figure_is_wider_than_a_page():
    wide = altair.hconcat(*(altair.Chart(pandas.DataFrame({"x": [1]})).mark_point().encode(x="x:Q") for _ in range(5)))
    small = Figure("wide", "A row", "It is long.", wide, pandas.DataFrame())
    width, height = map(float, re.search(r'<svg[^>]* width="([0-9.]+)" height="([0-9.]+)"', small.svg()).groups())
    assert small.size[0] > style.PAGE_WIDTH == pytest.approx(width)
    assert height / width == pytest.approx(small.size[1] / small.size[0], rel=1e-3)
    assert abs(struct.unpack(">I", small.png()[16:20])[0] / 300 * 25.4 - 175) < 1


def test_the_font_has_every_letter_of_the_figure():
    import base64
    import io
    from fontTools.ttLib import TTFont

    source = re.search(r"base64,([^)]+)\)", figure("γ ≥ ½ fi").svg())[1]
    letters = set(map(chr, TTFont(io.BytesIO(base64.b64decode(source))).getBestCmap()))
    assert set("γ ≥½fi0123456789") - letters == {letter for letter in "3456789" if letter not in letters}
    assert set("γ≥½fi ") <= letters


def test_a_png_is_as_wide_as_a_column_in_print():
    png = figure().png()
    width = struct.unpack(">I", png[16:20])[0]
    assert abs(width / 300 * 25.4 - 85) < 1


def test_normalizers_look_alike_in_every_figure():
    assert style.looks(["none", "batch"])["batch"] == style.looks(["rms", "layer", "batch", "mine"])["batch"]
    assert style.looks(["mine"])["mine"] == style.looks(["none", "mine", "batch"])["mine"]
    assert style.ordered(["layer", "zeta", "none", "alpha"]) == ["none", "layer", "alpha", "zeta"]


def test_no_two_normalizers_share_a_mark_or_a_dash():
    ours = list(style.KNOWN.values())
    for part in ("colour", "mark", "dash"):
        assert len({getattr(look, part) for look in ours}) == len(ours)
    strangers = style.looks([f"mine{number}" for number in range(8)])
    assert len({(look.colour, look.mark) for look in strangers.values()}) == 8
    assert not {look.mark for look in strangers.values()} & {look.mark for look in ours}


def test_the_mark_of_a_stranger_is_as_large_as_ours():
    for look in style.STRANGERS:
        numbers = [float(text) for text in re.findall(r"-?\d+(?:\.\d+)?", look.mark)]
        for ends in (numbers[0::2], numbers[1::2]):
            assert 1.5 <= max(ends) - min(ends) <= 2.1 and -1.1 <= min(ends)


def test_no_mark_of_a_legend_is_dashed():
    looks = charts.encodings(["none", "batch"])
    base = altair.Chart(pandas.DataFrame({"x": [1, 2], "y": [1, 2], "norm": ["none", "batch"]}))
    line = base.mark_line().encode(x="x:Q", y="y:Q", color=looks["color"], strokeDash=looks["strokeDash"])
    mark = base.mark_point(filled=True).encode(x="x:Q", y="y:Q", color=looks["color"], shape=looks["shape"])
    (legend,) = vl_convert.vegalite_to_vega((line + mark).to_dict())["legends"]
    assert legend["shape"] == "shape" and "strokeDash" not in legend
    dash = looks["strokeDash"].to_dict()["scale"]
    assert dict(zip(dash["domain"], dash["range"])) == {"none": [2, 2], "batch": [1, 0]}


@pytest.mark.parametrize(
    "values, log",
    [
        ([1, 2, 4, 8], True),
        ([0.003, 0.01, 0.03, 0.1], True),
        ([1, 2, 3, 4], False),
        ([0, 1, 10], False),
        ([2, 32], False),
        ([0.001, 1000], False),
        ([2], False),
        ([2, 2, 32, 8], True),
        ([10, 20, 30, 40, 50], False),
    ],
)
def test_an_axis_is_logarithmic_where_the_sweep_is(values, log):
    assert charts.is_logarithmic(values) == log


def test_a_second_run_replaces_its_own_files_only(tmp_path, recorded):
    (tmp_path / "mine.svg").write_text("mine")
    (tmp_path / "curves-test-accuracy.svg").write_text("old")
    code, output, errors = command(recorded("plain"), "--only", "curves", "--out", tmp_path, "--format", "svg")
    assert (code, errors) == (0, "")
    assert (tmp_path / "mine.svg").read_text() == "mine" and (
        tmp_path / "curves-test-accuracy.svg"
    ).read_text().startswith("<svg")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "curves-test-accuracy.svg",
        "curves-train-loss.svg",
        "mine.svg",
    ]
    assert [line.split(": ")[0] for line in output.splitlines()] == [
        str(tmp_path / "curves-test-accuracy.svg"),
        str(tmp_path / "curves-train-loss.svg"),
    ]


def test_a_figure_comes_to_the_same_bytes_twice():
    assert figure().svg() == figure().svg()


def test_what_is_no_folder_cannot_be_written_to(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CreateError):
        write(tmp_path / "file" / "a.svg", b"")


@pytest.mark.parametrize(
    "arguments, code, words",
    [
        (["nowhere"], 66, "There is no folder nowhere"),
        (["PLAIN", "--metric", "test_acuracy"], 64, "Did you mean 'test_accuracy'"),
        (["PLAIN", "--format", "pgn"], 64, "Did you mean 'png'"),
        (["PLAIN", "--only", "curve"], 64, "Did you mean 'curves'"),
        (["PLAIN", "--only", "tuning"], 64, "nothing for --only tuning"),
        (["PLAIN", "--against", "epoch"], 64, "Did you mean 'epochs'"),
        (["PLAIN", "--against", "norm"], 64, "are words"),
        (["PLAIN", "--cells", "norm"], 64, "takes two settings"),
        (["PLAIN", "--where", "batch_size"], 64, "NAME=VALUE"),
        (["PLAIN", "--whre", "a=b"], 64, "unrecognized arguments"),
        (["PLAIN", "--out", "/dev/null/x", "--only", "curves"], 73, "cannot be made"),
    ],
)
def test_an_error_is_one_line_and_its_exit_code(arguments, code, words, recorded, tmp_path):
    arguments = [recorded("plain") if argument == "PLAIN" else argument for argument in arguments]
    if "--out" not in arguments:
        arguments += ["--out", tmp_path / "out"]
    found, output, errors = command(*arguments)
    assert found == code and words in errors and errors.count("\n") == 1 and output == ""
    assert not (tmp_path / "out").exists()


def test_both_lists_of_packages_are_one():
    header = (RESULTS / "plot.py").read_text().split("# ///")[1]
    assert re.findall(r'"([^"]+>=[^"]+)"', header) == (RESULTS / "requirements.txt").read_text().split()
