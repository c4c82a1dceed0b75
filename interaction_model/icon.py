"""The icon of the skill, drawn: a path that leads over hills to a low sun. No logo, no device, no letters (rule 6.10).

Amazon cuts icons to a circle, so nothing that matters stands in a corner.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float64]  # size x size x 3, each from 0 to 1
Shape = NDArray[np.float64]  # size x size: how much of a pixel lies in the shape, from 0 to 1

_SKY = (0.99, 0.93, 0.83), (0.96, 0.78, 0.66)  # above, at the horizon
_SUN, _FAR_HILL, _NEAR_HILL, _PATH = (0.95, 0.55, 0.36), (0.33, 0.58, 0.58), (0.10, 0.35, 0.40), (0.99, 0.95, 0.87)


def png(size: int) -> bytes:
    """The icon as a PNG file, `size` pixels wide and high, without transparency."""
    pixels = np.round(_drawn(size) * 255).astype(np.uint8)
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)  # each row begins with its filter: none
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)  # 8 bits each of red, green, blue; not interlaced
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows, 9)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _drawn(size: int) -> Picture:
    """What lies farthest first. x and y run from 0 to 1, y downwards."""
    middle = (np.arange(size) + 0.5) / size
    x, y = np.meshgrid(middle, middle)
    far = 0.60 - 0.06 * np.sin((x + 0.1) * 5.2)
    near = 0.66 + 0.05 * np.sin((x - 0.15) * 4.6)
    down = np.clip((y - near) / (1 - near), 0, 1)  # how far down the near hill
    path = 0.5 + 0.11 * np.sin(down * 4.4) * (1 - 0.5 * down)
    picture = _sky(y)
    picture = _painted(picture, _SUN, _inside(np.hypot(x - 0.5, y - 0.47) - 0.21, size))
    picture = _painted(picture, _FAR_HILL, _inside(far - y, size))
    picture = _painted(picture, _NEAR_HILL, _inside(near - y, size))
    width = 0.03 + 0.15 * down**1.2
    return _painted(picture, _PATH, _inside(np.maximum(abs(x - path) - width, near - y), size))


def _sky(y: Shape) -> Picture:
    above, horizon = (np.array(color) for color in _SKY)
    part = np.clip(y / 0.65, 0, 1)[..., np.newaxis]
    sky: Picture = above * (1 - part) + horizon * part
    return sky


def _inside(distance: Shape, size: int) -> Shape:
    """The shape whose outline lies where `distance` is 0, soft by one pixel at its edge."""
    return np.clip(0.5 - distance * size, 0, 1)


def _painted(picture: Picture, color: tuple[float, float, float], shape: Shape) -> Picture:
    part = shape[..., np.newaxis]
    painted: Picture = picture * (1 - part) + np.array(color) * part
    return painted
