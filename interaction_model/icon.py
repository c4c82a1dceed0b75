"""The icon of the skill, drawn: a path that leads over hills to a low sun. No logo, no device, no letters (rule 6.10).

Amazon cuts icons to a circle, so nothing that matters stands in a corner. The pages have the same picture as SVG, which
`python -m interaction_model.icon` writes.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float64]  # size x size x 3, each from 0 to 1
Shape = NDArray[np.float64]  # size x size: how much of a pixel lies in the shape, from 0 to 1

SVG = Path(__file__).parents[1] / "skill" / "pages" / "static" / "icon.svg"

_SKY = (0.99, 0.93, 0.83), (0.96, 0.78, 0.66)  # above, at the horizon
_SUN, _FAR_HILL, _NEAR_HILL, _PATH = (0.95, 0.55, 0.36), (0.33, 0.58, 0.58), (0.10, 0.35, 0.40), (0.99, 0.95, 0.87)
_SUN_AT, _SUN_RADIUS, _HORIZON = (0.5, 0.47), 0.21, 0.65
_STEPS = 24  # straight pieces of a curve in the SVG: at 512 pixels none is seen as one


def png(size: int) -> bytes:
    """The icon as a PNG file, `size` pixels wide and high, without transparency."""
    pixels = np.round(_drawn(size) * 255).astype(np.uint8)
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)  # each row begins with its filter: none
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)  # 8 bits each of red, green, blue; not interlaced
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows, 9)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def svg() -> str:
    """The icon as SVG, cut to a circle; 100 units wide and high."""
    x, down = np.linspace(0, 1, _STEPS + 1), np.linspace(0, 1, _STEPS + 1)
    right, left = _middle(down) + _width(down), _middle(down) - _width(down)
    edge = np.concatenate([right, left[::-1]])
    along = np.concatenate([down, down[::-1]])
    shapes = (
        (_FAR_HILL, x, _far(x), True),
        (_NEAR_HILL, x, _near(x), True),
        (_PATH, edge, _near(edge) + along * (1 - _near(edge)), False),
    )
    hills = "".join(
        f'<path d="M{_points(across, height)}{"V100H0" if is_hill else ""}z" fill="{_hex(color)}"/>'
        for color, across, height, is_hill in shapes
    )
    (sun_x, sun_y), (above, horizon) = _SUN_AT, _SKY
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        f'<linearGradient id="sky" x2="0" y2="1"><stop stop-color="{_hex(above)}"/>'
        f'<stop offset="{_HORIZON}" stop-color="{_hex(horizon)}"/></linearGradient>'
        '<clipPath id="round"><circle cx="50" cy="50" r="50"/></clipPath><g clip-path="url(#round)">'
        f'<path d="M0 0h100v100H0z" fill="url(#sky)"/>'
        f'<circle cx="{100 * sun_x:g}" cy="{100 * sun_y:g}" r="{100 * _SUN_RADIUS:g}" fill="{_hex(_SUN)}"/>'
        f"{hills}</g></svg>\n"
    )


def _points(x: Shape, y: Shape) -> str:
    return "L".join(f"{100 * across:.1f} {100 * height:.1f}" for across, height in zip(x, y, strict=True))


def _hex(color: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in color)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _drawn(size: int) -> Picture:
    """What lies farthest first. x and y run from 0 to 1, y downwards."""
    middle = (np.arange(size) + 0.5) / size
    x, y = np.meshgrid(middle, middle)
    far, near = _far(x), _near(x)
    down = np.clip((y - near) / (1 - near), 0, 1)
    picture = _sky(y)
    picture = _painted(picture, _SUN, _inside(np.hypot(x - _SUN_AT[0], y - _SUN_AT[1]) - _SUN_RADIUS, size))
    picture = _painted(picture, _FAR_HILL, _inside(far - y, size))
    picture = _painted(picture, _NEAR_HILL, _inside(near - y, size))
    return _painted(picture, _PATH, _inside(np.maximum(abs(x - _middle(down)) - _width(down), near - y), size))


def _far(x: Shape) -> Shape:
    return 0.60 - 0.06 * np.sin((x + 0.1) * 5.2)


def _near(x: Shape) -> Shape:
    return 0.66 + 0.05 * np.sin((x - 0.15) * 4.6)


def _middle(down: Shape) -> Shape:
    """The middle of the path, by how far down the near hill it is, from 0 to 1."""
    return 0.5 + 0.11 * np.sin(down * 4.4) * (1 - 0.5 * down)


def _width(down: Shape) -> Shape:
    """Half the width of the path."""
    return 0.03 + 0.15 * down**1.2


def _sky(y: Shape) -> Picture:
    above, horizon = (np.array(color) for color in _SKY)
    part = np.clip(y / _HORIZON, 0, 1)[..., np.newaxis]
    sky: Picture = above * (1 - part) + horizon * part
    return sky


def _inside(distance: Shape, size: int) -> Shape:
    """The shape whose outline lies where `distance` is 0, soft by one pixel at its edge."""
    return np.clip(0.5 - distance * size, 0, 1)


def _painted(picture: Picture, color: tuple[float, float, float], shape: Shape) -> Picture:
    part = shape[..., np.newaxis]
    painted: Picture = picture * (1 - part) + np.array(color) * part
    return painted


if __name__ == "__main__":
    SVG.write_text(svg(), encoding="utf-8")
