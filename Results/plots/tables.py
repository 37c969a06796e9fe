"""Reads one CSV file as `compare` writes it, and says in which line and column it is not."""

import csv
import gzip
import re
import warnings
import zlib

from io import StringIO

import pandas

from .columns import RANGES
from .errors import DataError, InputError


# No text has them, and what draws cannot.
NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xef\xbf[\xbe\xbf]")


def read(path, needed, numbers=(), left_out=(), words=None):
    """The rows of a file as text, but for the columns that hold numbers: NaN where nothing stands.

    `needed` are the columns without which it is no such file, `left_out` those that are not read, and `words` has for a
    column the only texts that can stand there.
    """
    text = whole_lines(path)
    header = header_of(path, text, needed)
    kept = [column for column in header if column not in set(left_out)]
    frame = parse(path, text, header, kept)
    for column, valid in (words or {}).items():
        if column in frame:
            check_words(path, text, frame[column], valid)
    columns = {}
    for column in kept:
        columns[column] = as_numbers(path, text, frame[column]) if column in numbers else frame[column]
        if column in numbers and column in RANGES:
            check_range(path, text, frame[column], columns[column], RANGES[column])
    return pandas.DataFrame(columns, columns=kept)


def found(path):
    """The file, or the same one packed, as the reference results are; None if neither is there."""
    packed = path.with_name(path.name + ".gz")
    return next((there for there in (path, packed) if there.is_file()), None)


def content(path):
    """The bytes of a file, unpacked."""
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if path.suffix == ".gz" else raw
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise DataError(path, "a damaged gzip file", "a whole one") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None


def whole_lines(path):
    """The text up to its last line end: a line without one is being written, or was when the program was killed."""
    raw = content(path)
    raw = raw[: raw.rfind(b"\n") + 1]
    wrong = NO_TEXT.search(raw)
    if wrong:
        what = "a NUL byte" if wrong[0] == b"\0" else f"the character {ord(wrong[0].decode()):#x}"
        raise DataError(path, f"{what} in line {line_at(raw, wrong.start())}", "text; mend or remove the line")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"bytes in line {line_at(raw, error.start)} that are no UTF-8"
        raise DataError(path, found, "text; mend or remove the line") from None


def line_at(raw, place):
    """The number of the line that a byte is in."""
    return raw[:place].count(b"\n") + 1


def header_of(path, text, needed):
    """The names of the columns."""
    header = next(csv.reader(StringIO(text, newline="")), [])
    missing = [column for column in needed if column not in header]
    if missing:
        found = f"the columns {','.join(header[:6])}… and no {missing[0]}" if header else "no header"
        raise DataError(path, found, "a file that compare wrote")
    twice = [column for column in header if header.count(column) > 1]
    if twice:
        raise DataError(path, f"two columns {twice[0]}", "each column once")
    return header


def parse(path, text, header, kept):
    """The columns that are kept, as text."""
    lengths = {line.count(",") for line in text.split("\n")[:-1]}
    if '"' in text or lengths != {len(header) - 1}:
        check_lines(path, text, header)
    body = StringIO(text, newline="")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pandas.errors.ParserWarning)
            frame = pandas.read_csv(
                body,
                dtype=str,
                keep_default_na=False,
                na_filter=True,
                na_values=[],
                names=header,
                header=0,
                index_col=False,
                on_bad_lines="error",
                skip_blank_lines=False,
            )
    except (pandas.errors.ParserError, pandas.errors.ParserWarning, pandas.errors.EmptyDataError):
        check_lines(path, text, header)
        raise DataError(path, "lines that cannot be read", "comma-separated values as compare writes them") from None
    return frame[kept]


def check_lines(path, text, header):
    """Stops at the first line that has not as many values as the header."""
    csv.field_size_limit(1 << 30)
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    begin = 1
    try:
        for fields in reader:
            if len(fields) != len(header):
                raise DataError(
                    path,
                    f"{len(fields)} values in line {begin}",
                    f"{len(header)}, as in its header; mend or remove the line",
                )
            begin = reader.line_num + 1
    except csv.Error as error:
        raise DataError(path, f"line {begin} with {error}", "comma-separated values; mend or remove the line") from None


def line_of(text, row):
    """The number of the line in which a row begins, the header being the first."""
    reader = csv.reader(StringIO(text, newline=""))
    begin = 1
    for number, _ in enumerate(reader):
        if number == row + 1:
            break
        begin = reader.line_num + 1
    return begin


def line_of_row(path, row):
    """The number of the line of a file in which a row begins."""
    return line_of(whole_lines(path), row)


def as_numbers(path, text, column):
    """A column of numbers; nothing is NaN."""
    numbers = pandas.to_numeric(column.where(column != "", None), errors="coerce").astype(float)
    wrong = (numbers.isna() | numbers.abs().eq(float("inf"))) & (column != "")
    refuse_first(path, text, column, wrong, "a number or nothing")
    return numbers


def check_range(path, text, texts, numbers, valid):
    """Stops at the first number that cannot stand in its column."""
    wrong = (numbers < valid.low) | (numbers > valid.high)
    if valid.is_whole:
        wrong |= numbers.notna() & numbers.mod(1).ne(0)
    if not valid.is_optional:
        wrong |= numbers.isna()
    refuse_first(path, text, texts, wrong, valid.text)


def check_settings(path, frame, names):
    """Stops at the first setting that is no number and should be."""
    for name in names:
        texts = frame[name]
        numbers = pandas.to_numeric(texts.where(texts != "", None), errors="coerce").astype(float)
        wrong = (numbers.isna() | numbers.abs().eq(float("inf"))) & (texts != "")
        if wrong.any():
            refuse_first(path, whole_lines(path), texts, wrong, "a number")


def refuse_first(path, text, texts, wrong, expected):
    """Stops at the first value that is wrong."""
    if not wrong.any():
        return
    row = int(wrong.to_numpy().argmax())
    shown = f"'{texts.iloc[row][:40]}'" if texts.iloc[row] else "nothing"
    raise DataError(
        path, f"{texts.name} {shown} in line {line_of(text, row)}", f"{expected}; mend or remove the line"
    )


def check_words(path, text, column, valid):
    """Stops at the first text that is none of these."""
    refuse_first(path, text, column, ~column.isin(valid), f"one of {', '.join(valid)}")
