// A researcher who imports CNN needs normalizers, a loss and an optimizer for it.
@_exported import Layers
@_exported import Norms
