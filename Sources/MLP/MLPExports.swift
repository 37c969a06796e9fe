// A researcher who imports MLP needs normalizers, a loss and an optimizer for it.
@_exported import Layers
@_exported import Norms
