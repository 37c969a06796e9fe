// A researcher who imports RNN needs normalizers, a loss and an optimizer for it.
@_exported import Layers
@_exported import Norms
