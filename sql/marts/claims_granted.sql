-- One row is one claim of marts.application_claims and what it got of its invoice (applied_amount): its first-day amount, or
-- what marts.application_decisions gave it, which may be nothing.
with
decided as (
    select
        events.line_key,
        events.note_key,
        event_no,
        sum(decisions.units) as units
    from marts.application_decisions as decisions
    inner join marts.application_events as events using (account_no, event_no)
    where events.kind <> 'cash' and decisions.surplus_no is null
    group by all
)

select
    claims.*,
    coalesce(lines.event_no, notes.event_no, 0) as event_no,
    coalesce(claims.first_day_amount, lines.units * 0.0001, notes.units * 0.0001, claims.amount)::decimal(18, 4)
        as applied_amount
from marts.application_claims as claims
left join decided as lines on claims.line_key = lines.line_key
left join decided as notes on claims.note_key = notes.note_key
