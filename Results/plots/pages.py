"""Pieces of HTML; every text in them is escaped."""

import html


class Markup(str):
    """Text that is HTML already."""


def escaped(value):
    """A value as HTML."""
    return value if isinstance(value, Markup) else html.escape(cell(value))


def items(sentences):
    """A list of sentences."""
    lines = "".join(f"<li>{escaped(sentence)}</li>" for sentence in sentences)
    return f"<ul>{lines}</ul>" if lines else ""


def verdict(word):
    """A verdict with its sign."""
    return f'<span class="verdict {html.escape(word)}">{html.escape(word)}</span>'


def table(heads, rows, caption):
    """A table that scrolls in its own frame, with the keyboard, too."""
    head = "".join(f'<th scope="col">{escaped(text)}</th>' for text in heads)
    body = "".join(f"<tr>{''.join(data(value, place == 0) for place, value in enumerate(row))}</tr>" for row in rows)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{html.escape(caption)}"><table><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")


def data(value, is_head):
    """One cell; the first of a row is its head."""
    if is_head:
        return f'<th scope="row">{escaped(value)}</th>'
    wide = ' class="wide"' if isinstance(value, str) and not isinstance(value, Markup) and len(value) > 40 else ""
    return f'<td class="number">{escaped(value)}</td>' if is_number(value) else f"<td{wide}>{escaped(value)}</td>"


def is_number(value):
    """Whether a cell is aligned as numbers are."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def cell(value):
    """A value as a table has it: four digits, nothing where there is no number."""
    if not is_number(value):
        return str(value)
    if value != value:
        return "–"
    if abs(value) == float("inf"):
        return "∞" if value > 0 else "−∞"
    text = str(int(value)) if float(value).is_integer() and abs(value) < 1e12 else f"{value:.4g}"
    return text.replace("-", "−", 1) if value < 0 else text
