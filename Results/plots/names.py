"""Words of the options, apart from the packages that draw: --help needs none of them."""

FORMATS = ("svg", "png")
# The kinds of figures, in the order in which they are shown.
KINDS = ("differences", "curves", "sweep", "heatmap", "tuning", "layers", "landscape", "claims")
