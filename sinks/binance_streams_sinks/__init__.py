"""Ways for recordings and messages into other engines and file formats, one extra each."""
