-- One row is cash that named no open invoice, meeting one open amount: oldest cash first, oldest open amount first.
-- Both are laid end to end in the order of their account; where they overlap, that much is applied. The day it counts
-- is the later of the two. What overlaps nothing is not here: it is unapplied, or still open.
-- place is the event that opened the amount; item is below zero for money owed back to us.
with
granted as (
    select
        account_no,
        event_no,
        sum(units) as units
    from marts.application_decisions
    group by account_no, event_no
),

taken as (
    select
        account_no,
        item,
        place,
        sum(units) as units
    from marts.application_decisions
    group by account_no, item, place
),

cash as (
    select
        events.account_no,
        events.event_no,
        events.event_date,
        events.line_key,
        events.units - coalesce(granted.units, 0) as units
    from marts.application_events as events
    left join granted using (account_no, event_no)
    where events.kind = 'cash'
),

openings as (
    select
        events.account_no,
        events.event_no,
        events.event_date,
        events.item,
        if(events.kind = 'debit', events.units, 0) - coalesce(taken.units, 0) as units
    from marts.application_events as events
    left join taken
        on events.account_no = taken.account_no
        and events.item = taken.item
        and if(events.kind = 'debit', 0, events.event_no) = taken.place
    where events.kind in ('debit', 'takeback') and events.item is not null
    union all
    select
        events.account_no,
        events.event_no,
        events.event_date,
        -events.event_no as item,
        events.units + coalesce(granted.units, 0) as units
    from marts.application_events as events
    left join granted using (account_no, event_no)
    where events.kind = 'takeback'
),

cash_laid as (
    select
        *,
        (sum(units) over account)::bigint as high,
        high - units as low
    from cash
    where units > 0
    window account as (partition by account_no order by event_no rows unbounded preceding)
),

openings_laid as (
    select
        *,
        (sum(units) over account)::bigint as high,
        high - units as low
    from openings
    where units > 0
    window account as (partition by account_no order by event_no, item desc rows unbounded preceding)
)

select
    cash.account_no,
    cash.line_key,
    openings.item,
    openings.event_no as place,
    greatest(cash.event_no, openings.event_no) as event_no,
    greatest(cash.event_date, openings.event_date) as event_date,
    (least(cash.high, openings.high) - greatest(cash.low, openings.low))::bigint as units
from cash_laid as cash
inner join openings_laid as openings
    on cash.account_no = openings.account_no
    and cash.low < openings.high
    and openings.low < cash.high
