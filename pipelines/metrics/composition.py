"""The SQL of a question: each fact aggregated alone, then joined on a spine of periods x slices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.metrics.definition import GRAINS, SMALL_SAMPLE, Metric, Term
from pipelines.metrics.facts import UNKNOWN, Fact, aggregate, gather, same
from pipelines.metrics.question import GAP_MONTHS, Question


@dataclass(frozen=True)
class Composed:
    """The SQL of a question in parts: a SELECT for each fact by name, those over them, and the last one."""

    facts: Mapping[str, str]
    over: Mapping[str, str]
    figures: str
    parameters: Mapping[str, Any]

    def whole(self) -> str:
        """Return one SELECT of all parts."""
        return _with({**self.facts, **self.over}, self.figures)

    def over_tables(self) -> str:
        """Return the SELECT over tables that are named as the facts are."""
        return _with(self.over, self.figures)


def compose(question: Question) -> Composed:
    """Return the SQL of a question and its parameters.

    Columns: metric, slice_no, period_start, `s_<dimension>` for each, numerator and denominator
    (DECIMAL(38, 4)), value (DECIMAL(38, 6)), is_complete, is_small_sample, reason (of a value that is null).
    """
    parameters: dict[str, Any] = {
        "start": question.start,
        "end": min(question.end, question.as_of),
        "asked_end": question.end,
        "as_of": question.as_of,
        "first_date": question.first_date or question.start,
    }
    facts = gather(question.metrics)
    selects = {f"fact_{number}": aggregate(fact, question, parameters) for number, fact in enumerate(facts)}
    over = {
        "periods": _periods(question),
        "spine": _spine(question, facts),
        "joined": _joined(question, facts),
    }
    return Composed(selects, over, _figures(question, _cells(question, facts)), parameters)


def _with(parts: Mapping[str, str], last: str) -> str:
    listed = ",\n".join(f"{name} as (\n{sql}\n)" for name, sql in parts.items())
    return f"with\n{listed}\n{last}"


def _figures(question: Question, cells: str) -> str:
    """Return the figures of the cells. Said once for all metrics: said for each, planning took as long as adding up."""
    columns = ", ".join(
        ["metric", "slice_no", "period_start", *(f"s_{name}" for name in question.dimensions)]
    )
    known = f" and {_KNOWN_THEN}" if question.is_of_another_day else ""
    return (
        f"select {columns},\n"
        f"case when last_day >= $first_date{known} then above end as numerator,\n"
        f"case when last_day >= $first_date{known} then below end as denominator,\n"
        f"case when is_ratio then {ratio('numerator', 'denominator')} else numerator::decimal(38, 6) end as value,\n"
        "is_whole and last_day + matured_days <= $as_of as is_complete,\n"
        f"sample between 1 and {SMALL_SAMPLE - 1} as is_small_sample,\n"
        f"{_reason(question)} as reason\nfrom (\n{cells}\n) as cells"
    )


def _periods(question: Question) -> str:
    """One row a period: its first and last day, and whether the range asked for holds all of it."""
    if question.grain == "all":
        return "select $start::date as period_start, $asked_end::date as last_day, true as is_whole"
    column = GRAINS[question.grain]
    first = "min(date) >= $start and" if question.has_start else ""
    return (
        f"select {column} as period_start, max(date) as last_day, {first} max(date) <= $asked_end as is_whole"
        f"\nfrom marts.dim_dates\ngroup by {column}\nhaving max(date) >= $start and min(date) <= $end"
    )


def _spine(question: Question, facts: Sequence[Fact]) -> str:
    """Every period x every slice value that any fact knows, so that a missing month is seen.

    `in_<fact>` tells whether that fact knows the slice value; all of them know the total. What is unknown is
    listed where something is of it: an order that is not open has no age, and is no open order of unknown age.
    """
    dimensions = [f"s_{name}" for name in question.dimensions]
    found = []
    for number, fact in enumerate(facts):
        known = fact.dimensions(question)
        shown = [
            f"s_{name}" if name in known else f"null::varchar as s_{name}" for name in question.dimensions
        ]
        found.append(
            f"select distinct {', '.join(['slice_no', *shown])}, {number} as fact_no from fact_{number}"
            f"{_tells_something(fact, known)}"
        )
        if () in question.slices:
            blanks = [f"null::varchar as {column}" for column in dimensions]
            total = [f"{question.slices.index(())} as slice_no", *blanks, f"{number} as fact_no"]
            found.append(f"select {', '.join(total)}")
    values = "\nunion all\n".join(found)
    marks = [f"bool_or(fact_no = {number}) as in_{number}" for number in range(len(facts))]
    keys = ", ".join(["slice_no", *dimensions])
    slices = f"select {keys}, {', '.join(marks)}\nfrom (\n{values}\n) as known\ngroup by {keys}"
    if question.is_each_apart:
        return _lively_spine(question, facts, slices)
    return f"select periods.*, slices.*\nfrom periods\ncross join (\n{slices}\n) as slices"


def _tells_something(fact: Fact, known: Sequence[str]) -> str:
    """Return the condition that a fact's row is of known values, or not all zero."""
    if not known:
        return ""
    slices = ", ".join(f"coalesce(s_{name}, '')" for name in known)
    values = " or ".join(f"v{position} <> 0" for position in range(len(fact.terms)))
    return f" where '{UNKNOWN}' not in ({slices}) or {values}"


def _lively_spine(question: Question, facts: Sequence[Fact], slices: str) -> str:
    """Every slice value x the periods from its first fact on, without those that no fact has preceded for long.

    A fact without any slice has a row a month whatever happens, and tells nothing of that.
    """
    keys = ["slice_no", *(f"s_{name}" for name in question.dimensions)]
    seen = []
    for number, fact in enumerate(facts):
        if not fact.term.dimensions:
            continue
        known = fact.dimensions(question)
        shown = [f"s_{name}" if name in known else f"null as s_{name}" for name in question.dimensions]
        seen.append(f"select {', '.join(['slice_no', *shown, 'p_start'])} from fact_{number}")
    union = "\nunion\n".join(seen)
    spans = (
        "select *, lead(p_start, 1, date '9999-12-31') "
        f"over (partition by {', '.join(keys)} order by p_start) as p_next\n"
        f"from (\n{union}\n) as seen"
    )
    same_slice = [f"slices.{key} is not distinct from spans.{key}" for key in keys]
    return (
        f"select periods.*, slices.*\nfrom (\n{slices}\n) as slices\n"
        f"inner join (\n{spans}\n) as spans on {' and '.join(same_slice)}\n"
        "inner join periods on periods.period_start >= spans.p_start and periods.period_start < spans.p_next "
        f"and periods.period_start <= spans.p_start + interval {GAP_MONTHS} month"
    )


def _joined(question: Question, facts: Sequence[Fact]) -> str:
    """Return the spine with what each fact says of its rows, found by slice_no and all slice columns.

    Laid one upon the other and grouped: to join the facts one by one, DuckDB makes ready for each for longer than the
    few rows of a small company take.
    """
    keys = ["period_start", "slice_no", *(f"s_{name}" for name in question.dimensions)]
    asked = ["last_day", "is_whole", *(f"in_{number}" for number in range(len(facts)))]
    told = [[f"v{number}_{place}" for place in range(len(fact.terms))] for number, fact in enumerate(facts)]
    columns = [*keys, *asked, *(column for of_one in told for column in of_one)]
    laid = [_laid("spine", columns, {column: column for column in (*keys, *asked)})]
    for number, fact in enumerate(facts):
        known = ["slice_no", *(f"s_{name}" for name in fact.dimensions(question))]
        values = {column: f"v{place}" for place, column in enumerate(told[number])}
        shown = {"period_start": "p_start", **{name: name for name in known}, **values}
        laid.append(_laid(f"fact_{number}", columns, shown))
    found = ", ".join(f"max({column}) as {column}" for column in columns if column not in keys)
    union, by = "\nunion all\n".join(laid), ", ".join(keys)
    return (
        f"select {by}, {found}\nfrom (\n{union}\n) as laid\ngroup by {by}\nhaving max(last_day) is not null"
    )


def _laid(source: str, columns: Sequence[str], shown: Mapping[str, str]) -> str:
    """Return the SELECT of a source with all of the columns, null where it has none of its own."""
    listed = ", ".join(f"{shown.get(column, 'null')} as {column}" for column in columns)
    return f"select {listed} from {source}"


def _cells(question: Question, facts: Sequence[Fact]) -> str:
    """Return one row a metric and row of `joined` that is the metric's own.

    Taken out of a list: as many SELECTs, DuckDB would plan them for longer than a small company's facts take.
    """
    columns = ", ".join(["slice_no", "period_start", *(f"s_{name}" for name in question.dimensions)])
    cells = ",\n".join(_metric(metric, question, facts) for metric in question.metrics)
    return (
        f"select * exclude (cell), cell.*\nfrom (\nselect {columns}, last_day, is_whole, "
        f"unnest([\n{cells}\n]) as cell\nfrom joined\n) as listed\nwhere cell is not null"
    )


def _metric(metric: Metric, question: Question, facts: Sequence[Fact]) -> str:
    """Return the metric's cell: what stands above and below the line, and what a figure is drawn from.

    Null in a row of `joined` that is of a slice the metric does not know.
    """
    below = _sum(metric.denominator, facts) if metric.is_ratio else "null::decimal(38, 4)"
    matured = question.maturity_days.get(metric.matures_after, 0)
    numbers = [
        str(number) for number, names in enumerate(question.slices) if set(names) <= set(metric.dimensions)
    ]
    sample = _sum(metric.sample, facts) if metric.sample else "0::decimal(38, 4)"
    own = f" and ({' or '.join(sorted(_marks(metric, facts)))})" if question.is_each_apart else ""
    return (
        f"case when slice_no in ({', '.join(numbers)}){own} then {{'metric': '{metric.name}', "
        f"'above': {_sum(metric.numerator, facts)}, 'below': {below}, 'sample': {sample}, "
        f"'is_ratio': {str(metric.is_ratio).lower()}, 'matured_days': {matured}, "
        f"'known_earlier': '{metric.known_earlier}'}} end"
    )


# Whether a cell can be told as of another day than the build's.
_KNOWN_THEN = (
    "(known_earlier = '' or known_earlier = 'whole_periods' "
    "and is_whole and last_day + matured_days <= $as_of)"
)


def _reason(question: Question) -> str:
    then = f"when not {_KNOWN_THEN} then 'not_known_then' " if question.is_of_another_day else ""
    return (
        "case when value is not null then '' when last_day < $first_date then 'before_data' "
        f"{then}when denominator = 0 then 'no_denominator' else 'no_rows' end"
    )


def _sum(terms: Sequence[Term], facts: Sequence[Fact]) -> str:
    parts = []
    for term in terms:
        column = _place(term, facts)
        known = f"coalesce({column}, 0)" if term.empty_is_zero else column
        parts.append(known if term.times == 1 else f"{term.times} * {known}")
    return f"({' + '.join(parts)})::decimal(38, 4)"


def _marks(metric: Metric, facts: Sequence[Fact]) -> set[str]:
    return {
        f"in_{number}"
        for number, fact in enumerate(facts)
        if any(same(term, other) for term in metric.terms for other in fact.terms)
    }


def _place(term: Term, facts: Sequence[Fact]) -> str:
    """Return the column of `joined` that holds a term."""
    return next(
        f"v{number}_{position}"
        for number, fact in enumerate(facts)
        for position, other in enumerate(fact.terms)
        if same(term, other)
    )


def ratio(numerator: str, denominator: str) -> str:
    """Return SQL for the exact quotient of two DECIMAL(38, 4), half up at 6 decimals; null over 0 and over less.

    A share of a negative balance says nothing. DuckDB's own decimal / decimal is a DOUBLE; this divides whole
    numbers of 0.0001.
    """
    over = f"(abs({numerator}) * 10000)::hugeint"
    under = f"({denominator} * 10000)::hugeint"
    return (
        f"case when {denominator} > 0 then (sign({numerator}) "
        f"* ((2000000 * {over} + {under}) // (2 * {under})) * 0.000001)::decimal(38, 6) end"
    )
