"""Names of files made from customers' numbers: readable, and good on Windows, macOS and Linux."""

from __future__ import annotations

import hashlib
import unicodedata

_RESERVED = set('<>:"/\\|?*')
_DEVICES = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    *(f"{port}{number}" for port in ("COM", "LPT") for number in range(1, 10)),
}
# A name may have 255 bytes; a period, a suffix and a draft's mark come on top of this.
_MOST_BYTES = 180


def plain_name(text: str) -> str:
    """Return a file's name, without suffix, for a text; what had to be changed is told apart by a hash.

    Letters of any script stay; what some system reserves or nobody sees becomes an underscore.
    """
    normal = unicodedata.normalize("NFC", text)
    kept = "".join(
        character if character.isprintable() and character not in _RESERVED else "_" for character in normal
    )
    name = (
        kept.replace("..", "__")
        .lstrip(" .")
        .rstrip(" .")
        .encode()[:_MOST_BYTES]
        .decode(errors="ignore")
        .rstrip(" .")
    )
    is_sound = name == text and name and name.split(".")[0].rstrip().upper() not in _DEVICES
    return (
        name if is_sound else f"{name}-{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()[:8]}"
    )
