from __future__ import annotations

import hashlib
import json
import re

import yaml

from pipelines import resources
from pipelines.reporting import palette
from pipelines.reporting.cards import cohorts

REPORTS = resources.path("reports")
CSS = (REPORTS / "style" / "page.css").read_text(encoding="utf-8")


def test_style_sheet_has_the_palette() -> None:
    told = dict(re.findall(r"--(\w+):(#[0-9A-Fa-f]{6})", CSS))
    assert told["ink"] == palette.INK
    assert told["ink2"] == palette.TEXT
    assert told["mut"] == palette.MUTED
    assert told["ac"] == palette.ACTUAL
    assert told["py"] == palette.PRIOR
    assert told["fav"] == palette.FAVOURABLE
    assert told["adv"] == palette.ADVERSE
    assert told["warn"] == palette.WARNING


def test_words_have_enough_contrast_on_their_ground() -> None:
    for ink in (palette.INK, palette.TEXT, palette.MUTED, palette.FAVOURABLE, palette.ADVERSE):
        assert palette.contrast(ink, palette.WHITE) >= 4.5
    assert palette.contrast(palette.MUTED, "#F4F5F7") >= 4.5
    assert palette.contrast(palette.WARNING, "#FFF6E0") >= 4.5
    assert palette.contrast("#66748A", palette.WHITE) >= 4.5  # zeros


def test_retention_shades_keep_their_figures_readable() -> None:
    rules = re.findall(r"background:(#\w{6});color:(#\w{6})", cohorts.shade_rules())
    assert len(rules) == 11
    assert min(palette.contrast(ground, ink) for ground, ink in rules) >= 4.5


def test_aging_colours_differ_for_any_number_of_buckets() -> None:
    for buckets in range(3, 12):
        colours = [palette.aging(number, buckets) for number in range(buckets)]
        assert len(set(colours)) == buckets


def test_plotly_theme_uses_the_house_font() -> None:
    theme = json.loads((REPORTS / "theme" / "plotly.json").read_text(encoding="utf-8"))
    assert theme["layout"]["font"]["family"] == palette.FONT
    assert palette.FONT.replace(",", "") in CSS.replace(",", "")


def test_carried_plotly_is_the_one_of_the_python_package() -> None:
    from plotly.offline import get_plotlyjs_version

    told = yaml.safe_load((REPORTS / "vendor" / "versions.yaml").read_text(encoding="utf-8"))["plotly_basic"]
    script = (REPORTS / "vendor" / told["file"]).read_bytes()
    assert told["version"] == get_plotlyjs_version()
    assert hashlib.sha256(script).hexdigest() == told["sha256"]
    assert told["version"].encode() in script[:400]
    assert "MIT" in (REPORTS / "vendor" / told["licence_file"]).read_text(encoding="utf-8")
