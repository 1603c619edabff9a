"""A pandas frame whose `.plot` draws what the house draws."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandas.plotting import PlotAccessor

from pipelines.analysis import drawing


class HousePlot(PlotAccessor):
    """`frame.plot(lang="en")` is `analysis.figure(frame, "en")`; with pandas' own arguments it is pandas' own plot."""

    def __init__(self, data: pd.DataFrame) -> None:
        super().__init__(data)
        self._frame = data

    def __call__(self, *args: Any, **chosen: Any) -> Any:
        """Draw the frame as the reports would, when it is one they draw and nothing else is asked for."""
        if drawing.is_drawn(self._frame) and not args and set(chosen) <= {"lang"}:
            return drawing.figure(self._frame, **chosen)
        return super().__call__(*args, **chosen)


class HouseFrame(pd.DataFrame):
    """A frame like any other, but for `.plot`; rows and columns taken from it are such frames too."""

    @property
    def _constructor(self) -> type[HouseFrame]:
        return HouseFrame

    @property
    def plot(self) -> HousePlot:
        """How the frame is drawn."""
        return HousePlot(self)
