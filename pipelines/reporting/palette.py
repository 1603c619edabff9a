"""Colours by what they say. The same values stand in `reports/style/page.css`; a test compares them."""

from __future__ import annotations

INK = "#15202E"
TEXT = "#435063"
MUTED = "#5F6E82"
RULE = "#DDE1E6"
FAINT = "#EDF0F3"
ACTUAL = "#1E3A5F"
PRIOR = "#8593A6"
ADDITION = "#4F86B5"
TIMING = "#978B72"
FAVOURABLE = "#0B7A75"
ADVERSE = "#B93A0E"
WARNING = "#8A5A00"
WHITE = "#FFFFFF"
AGING = ("#7A93AF", "#BE8B2A", "#C26C22", "#A94C1A", "#812F12", "#521809")
CREDIT = "#9AA5B3"  # credit balances: neither owed late nor owed on time
FONT = (
    '"Segoe UI","Helvetica Neue",Arial,"PingFang SC","HarmonyOS Sans SC","Microsoft YaHei UI",'
    '"Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif'
)


def aging(bucket_no: int, buckets: int) -> str:
    """Return the colour of an aging bucket: 0 is not due, the last one the darkest, however many there are."""
    if bucket_no <= 0:
        return AGING[0]
    overdue = AGING[1:]
    if buckets - 1 <= len(overdue):
        return overdue[min(bucket_no, len(overdue)) - 1]
    # more buckets than colours: spread them over the same ramp, so that no two look alike
    place = (bucket_no - 1) * (len(overdue) - 1) / (buckets - 2)
    lower = min(int(place), len(overdue) - 2)
    return mixed(overdue[lower + 1], overdue[lower], place - lower)


def mixed(colour: str, other: str, weight: float) -> str:
    """Return a colour between two: `weight` of `colour`, the rest of `other`."""
    parts = [
        round(int(colour[i : i + 2], 16) * weight + int(other[i : i + 2], 16) * (1 - weight))
        for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02X}" for part in parts)


def contrast(colour: str, other: str) -> float:
    """Return the contrast ratio of two colours by WCAG 2, 1 to 21."""
    lights = sorted((_luminance(colour), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def verdict(direction: int, better: str, *, is_red_up: bool = False) -> str:
    """Say what a movement means: fav, adv or neu, for a figure that is better up, down or neither.

    With `is_red_up` (红涨绿跌) colour says the direction alone: a rise has the red of adv, a fall the green of fav.
    """
    if is_red_up:
        return {1: "adv", -1: "fav"}.get(direction, "neu")
    if direction == 0 or better not in {"up", "down"}:
        return "neu"
    return "fav" if (direction > 0) == (better == "up") else "adv"


def of_verdict(name: str) -> str:
    """Return the colour of a verdict."""
    return {"fav": FAVOURABLE, "adv": ADVERSE}.get(name, TEXT)
