"""The SQL of a question: each fact aggregated alone, then joined on a spine of periods x slices.

Identifiers come from the catalog alone; every value a user gives is bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pipelines.metrics.catalog import GRAINS, Metric, Term

UNKNOWN = "unknown"
OTHERS = "others"
# Tables a dimension may be looked up in: alias -> (mart, its unique key, the fact's column).
_LOOKUPS = {"customers": ("marts.dim_customers", "customer_id", "customer_id")}


@dataclass(frozen=True)
class Question:
    """What is asked of the facts: metrics, the period length, slices, and which rows.

    `slices` lists the sets of dimensions to group by, `()` being the total. `keep` names, for a dimension,
    the values that stay apart while all others become 'others'. `has_start` says that `start` was asked for,
    not found in the data.
    """

    metrics: tuple[Metric, ...]
    grain: str
    slices: tuple[tuple[str, ...], ...]
    start: date
    end: date
    as_of: date
    maturity_days: Mapping[str, int]
    has_start: bool = False
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension of any slice, once, in order of appearance."""
        return tuple(dict.fromkeys(name for names in self.slices for name in names))


Facts = list[tuple[str, list[Term]]]


def compose(question: Question) -> tuple[str, dict[str, Any]]:
    """Return one SELECT and its parameters.

    Columns: metric, slice_no, period_start, `s_<dimension>` for each, numerator and denominator (DECIMAL(38,
    4)), value (DECIMAL(38, 6)), is_complete.
    """
    parameters: dict[str, Any] = {
        "start": question.start,
        "end": min(question.end, question.as_of),
        "asked_end": question.end,
        "as_of": question.as_of,
    }
    facts = _gather(question.metrics)
    parts = [f"periods as (\n{_periods(question)}\n)"]
    parts += [
        f"fact_{number} as (\n{_fact(day, terms, question, parameters)}\n)"
        for number, (day, terms) in enumerate(facts)
    ]
    parts.append(f"spine as (\n{_spine(question, facts)}\n)")
    parts.append(f"joined as (\n{_joined(question, facts)}\n)")
    selects = "\nunion all\n".join(_metric(metric, question, facts) for metric in question.metrics)
    return "with\n" + ",\n".join(parts) + "\n" + selects, parameters


def knows(term: Term, dimensions: Sequence[str]) -> bool:
    """Tell whether a term can be sliced by all of the dimensions."""
    return set(dimensions) <= set(term.dimensions)


def _gather(metrics: Sequence[Metric]) -> Facts:
    """Gather the terms by mart and date, so that each is read once whatever is asked of it."""
    gathered: dict[tuple[str, str], list[Term]] = {}
    for metric in metrics:
        for term in metric.terms:
            terms = gathered.setdefault((term.base, term.date), [])
            if not any(_is_same(term, other) for other in terms):
                terms.append(term)
    return [(day, terms) for (_, day), terms in gathered.items()]


def _is_same(one: Term, other: Term) -> bool:
    return (one.base, one.date, one.value, one.where) == (other.base, other.date, other.value, other.where)


def _place(term: Term, facts: Facts) -> str:
    """Return the column of `joined` that holds a term."""
    for number, (_, terms) in enumerate(facts):
        for position, other in enumerate(terms):
            if _is_same(term, other):
                return f"v{number}_{position}"
    raise LookupError(term.value)


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


def _expression(term: Term, name: str) -> str:
    return f"coalesce(({term.dimensions[name]})::varchar, '{UNKNOWN}')"


def _slice(term: Term, name: str, question: Question, parameters: dict[str, Any]) -> str:
    expression = _expression(term, name)
    if name not in question.keep:
        return expression
    kept = _bound(f"keep_{name}", question.keep[name], parameters)
    return f"case when {expression} in ({kept}) then {expression} else '{OTHERS}' end"


def _bound(prefix: str, values: Sequence[str], parameters: dict[str, Any]) -> str:
    """Bind the values and return their markers; where there is none nothing matches."""
    names = [f"{prefix}_{number}" for number in range(len(values))]
    parameters.update(zip(names, values, strict=True))
    return ", ".join(f"${name}" for name in names) or "null"


def _fact(day: str, terms: list[Term], question: Question, parameters: dict[str, Any]) -> str:
    """Aggregate one mart alone, by period and by each slice it knows."""
    term = terms[0]
    dimensions = _known(term, question)
    slices = [f"{_slice(term, name, question, parameters)} as s_{name}" for name in dimensions]
    conditions = [f"{day} between $start and $end"]
    for name, values in question.where.items():
        conditions.append(f"{_expression(term, name)} in ({_bound(f'where_{name}', values, parameters)})")
    period, calendar = _calendar(question.grain, day)
    measures = [
        f"{each.value}{f' filter (where {each.where})' if each.where else ''} as v{number}"
        for number, each in enumerate(terms)
    ]
    sets = ", ".join(
        f"({', '.join(['p_start', *(f's_{name}' for name in names)])})"
        for names in question.slices
        if knows(term, names)
    )
    keys = [_slice_no(term, question, dimensions), "p_start", *(f"s_{name}" for name in dimensions)]
    lines = [
        f"select {', '.join(keys)},",
        ",\n".join(measures),
        f"from (\nselect {', '.join([f'{period} as p_start', *slices, 'facts.*'])}",
        f"from {term.base} as facts",
        *calendar,
        *_lookups([*slices, *conditions]),
        f"where {' and '.join(conditions)}\n) as rows",
        f"group by grouping sets ({sets})",
    ]
    return "\n".join(lines)


def _known(term: Term, question: Question) -> list[str]:
    """Return the dimensions of those slices that the term knows whole."""
    return list(dict.fromkeys(name for names in question.slices if knows(term, names) for name in names))


def _slice_no(term: Term, question: Question, dimensions: Sequence[str]) -> str:
    """Tell the rows of one grouping set from those of another."""
    if not dimensions:
        return f"{question.slices.index(())} as slice_no"
    cases = []
    for number, names in enumerate(question.slices):
        if knows(term, names):
            bits = "".join("0" if name in names else "1" for name in dimensions)
            cases.append(f"when {int(bits, 2)} then {number}")
    grouped = ", ".join(f"s_{name}" for name in dimensions)
    return f"case grouping({grouped}) {' '.join(cases)} end as slice_no"


def _calendar(grain: str, day: str) -> tuple[str, list[str]]:
    """Return the period's expression and the join it needs."""
    if grain == "all":
        return "$start::date", []
    if grain == "day":
        return f"({day})::date", []
    column = GRAINS[grain]
    calendar = f"(select date as calendar_day, {column} as calendar_period from marts.dim_dates) as calendar"
    return "calendar_period", [f"inner join {calendar} on {day} = calendar_day"]


def _lookups(texts: Sequence[str]) -> Iterator[str]:
    """Join the lookups that the expressions name; each has one row a key, so nothing fans out."""
    for alias, (mart, key, column) in _LOOKUPS.items():
        used = sorted({name for text in texts for name in re.findall(rf"\b{alias}\.(\w+)", text)})
        if used:
            listed = ", ".join([f"{key} as {alias}_key", *used])
            yield f"left join (select {listed} from {mart}) as {alias} on facts.{column} = {alias}_key"


def _spine(question: Question, facts: Facts) -> str:
    """Every period x every slice value that any fact knows, so that a missing month is seen."""
    columns = [f"s_{name}" for name in question.dimensions]
    found = []
    for number, (_, terms) in enumerate(facts):
        known = _known(terms[0], question)
        shown = [
            f"s_{name}" if name in known else f"null::varchar as s_{name}" for name in question.dimensions
        ]
        found.append(f"select {', '.join(['slice_no', *shown])} from fact_{number}")
    if () in question.slices:
        blanks = [f"null::varchar as {column}" for column in columns]
        found.append(f"select {', '.join([f'{question.slices.index(())} as slice_no', *blanks])}")
    values = "\nunion\n".join(found)
    return f"select periods.*, slices.*\nfrom periods\ncross join (\n{values}\n) as slices"


def _joined(question: Question, facts: Facts) -> str:
    measures = [
        f"fact_{number}.v{position} as v{number}_{position}"
        for number, (_, terms) in enumerate(facts)
        for position in range(len(terms))
    ]
    joins = []
    for number, (_, terms) in enumerate(facts):
        matches = [f"spine.period_start = fact_{number}.p_start", f"spine.slice_no = fact_{number}.slice_no"]
        matches += [
            f"spine.s_{name} is not distinct from fact_{number}.s_{name}"
            for name in _known(terms[0], question)
        ]
        joins.append(f"left join fact_{number} on {' and '.join(matches)}")
    return "\n".join([f"select spine.*, {', '.join(measures)}", "from spine", *joins])


def _metric(metric: Metric, question: Question, facts: Facts) -> str:
    numerator = _sum(metric.numerator, facts)
    denominator = _sum(metric.denominator, facts) if metric.is_ratio else "null::decimal(38, 4)"
    value = ratio("numerator", "denominator") if metric.is_ratio else "numerator::decimal(38, 6)"
    matured = question.maturity_days.get(metric.matures_after, 0)
    numbers = [
        str(number)
        for number, names in enumerate(question.slices)
        if all(knows(term, names) for term in metric.terms)
    ]
    columns = ", ".join(["slice_no", "period_start", *(f"s_{name}" for name in question.dimensions)])
    return (
        f"select '{metric.name}' as metric, {columns}, {numerator} as numerator, "
        f"{denominator} as denominator, "
        f"{value} as value, is_whole and last_day + {matured} <= $as_of as is_complete\n"
        f"from joined\nwhere slice_no in ({', '.join(numbers)})"
    )


def _sum(terms: Sequence[Term], facts: Facts) -> str:
    parts = []
    for term in terms:
        column = _place(term, facts)
        known = f"coalesce({column}, 0)" if term.empty_is_zero else column
        parts.append(known if term.times == 1 else f"{term.times} * {known}")
    return f"({' + '.join(parts)})::decimal(38, 4)"


def ratio(numerator: str, denominator: str) -> str:
    """Return SQL for the exact quotient of two DECIMAL(38, 4), half up at 6 decimals, null over 0.

    DuckDB's own decimal / decimal is a DOUBLE; this divides whole numbers of 0.0001.
    """
    over = f"(abs({numerator}) * 10000)::hugeint"
    under = f"(abs({denominator}) * 10000)::hugeint"
    return (
        f"case when {denominator} <> 0 then (sign({numerator}) * sign({denominator}) "
        f"* ((2000000 * {over} + {under}) // (2 * {under})) * 0.000001)::decimal(38, 6) end"
    )
