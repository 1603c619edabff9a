-- One row is what one event of marts.application_events got of one open amount, in ten-thousandths of the currency; negative
-- where an application was taken back. place 0 is the invoice as issued, else the event that opened the amount again.
-- surplus_no is the event whose surplus was used up by money that went back (units negative, no item).
-- What names an invoice is here even if it got nothing. Not here: cash that fills open amounts oldest first
-- (marts.applications_oldest_first).
select
    rounds.account_no,
    rounds.event_no,
    if(opened.kind = 'debit', 0, opened.event_no) as place,
    opened.item,
    if(rounds.kind = 'takeback', -rounds.got_units, rounds.got_units) as units,
    null::bigint as surplus_no
from marts.application_rounds as rounds
inner join marts.application_events as opened
    on rounds.account_no = opened.account_no
    and rounds.place_no // 2 = opened.event_no
where rounds.got_units > 0 or rounds.kind in ('claim', 'takeback')

union all

select
    account_no,
    used.back_no as event_no,
    used.back_no as place,
    null as item,
    -used.units as units,
    event_no as surplus_no
from (
    select
        account_no,
        event_no,
        unnest(uses) as used
    from marts.application_rounds
)
