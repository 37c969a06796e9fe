#!/usr/bin/env python3
"""Makes Sources/Harness/Resources/digits from the handwritten digits that scikit-learn ships.

    pip install scikit-learn==1.9.1
    python3 Scripts/make_digits.py

The 1,797 images of 8x8 pixels with values 0..16 are the test set of the UCI data set "Optical Recognition of
Handwritten Digits" (E. Alpaydin & C. Kaynak, 1998, https://doi.org/10.24432/C50P49, CC BY 4.0). They are split once, by
class, into 1,437 for training and 360 for testing, and written as four IDX files like those of MNIST, gzipped
without a date so that the same input gives the same bytes.
"""
import gzip
import pathlib
import struct

import numpy
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def write(path: pathlib.Path, array: numpy.ndarray) -> None:
    """Writes an array of bytes as an IDX file: a magic number, the extents, the values."""
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 0x08, array.ndim, *array.shape)
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as archive:
        archive.write(header + array.astype(numpy.uint8).tobytes())


def main() -> None:
    digits = load_digits()
    train, test = train_test_split(
        numpy.arange(len(digits.target)), test_size=360, stratify=digits.target, random_state=0
    )
    folder = pathlib.Path(__file__).parent.parent / "Sources/Harness/Resources/digits"
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("train", train), ("t10k", test)):
        write(folder / f"{name}-images-idx3-ubyte.gz", digits.images[rows])
        write(folder / f"{name}-labels-idx1-ubyte.gz", digits.target[rows])
        print(f"{name}: {len(rows)} images, {numpy.bincount(digits.target[rows])} of each class")


if __name__ == "__main__":
    main()
