"""Numbers and words as sentences have them."""

from dataclasses import dataclass, field


@dataclass
class Part:
    """Sentences about one thing."""

    title: str
    sentences: list = field(default_factory=list)


def signed(value):
    """A difference as the table of `compare` writes it."""
    digits = f"{abs(value):.4f}"
    return digits if digits == "0.0000" else f"{'−' if value < 0 else '+'}{digits}"


def interval(row):
    """A difference with its interval."""
    return f"{signed(row['difference'])} [{signed(row['low'])},\u00a0{signed(row['high'])}]"


def size_of(row):
    """How large a difference is, whichever way, with its interval."""
    low, high = sorted((abs(row["low"]), abs(row["high"])))
    return f"{abs(row['difference']):.4f} [{low:.4f},\u00a0{high:.4f}]"


def number(value):
    """A number to three digits, without an exponent where it can be read without."""
    if value != value:
        return "–"
    size, sign = abs(value), "−" if value < 0 else ""
    if size == 0:
        return "0"
    if size < 1e-3 or size >= 1e6:
        return f"{sign}{size:.1e}"
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 4
    return f"{sign}{size:.{digits}f}"


def listed(words):
    """Words with commas and an "and"."""
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def counted(count, noun):
    """A number of things."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def span(values):
    """The least and the most of whole numbers, or the one that all are."""
    low, high = int(min(values)), int(max(values))
    return f"{low}" if low == high else f"{low} to {high}"
