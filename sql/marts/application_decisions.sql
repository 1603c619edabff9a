-- One row is what one event of marts.application_events got of one open amount, in ten-thousandths of the currency: those of
-- marts.application_grants (surplus_no: the event whose surplus was used up), and the claims that had to give way to nothing
-- and are granted in full. Cash that fills open amounts oldest first is not here but in marts.applications_oldest_first.
select
    account_no,
    event_no,
    place,
    item,
    units,
    surplus_no
from marts.application_grants

union all

select
    events.account_no,
    events.event_no,
    0 as place,
    events.item,
    events.units,
    null as surplus_no
from marts.application_events as events
anti join marts.application_grants as grants
    on events.account_no = grants.account_no
    and events.event_no = grants.event_no
where events.kind = 'claim'
