// A researcher who imports Norms needs tensors to feed it.
@_exported import Tensors
