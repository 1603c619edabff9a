-- One row is what one event of marts.application_events got of one open amount, in ten-thousandths of the currency; negative
-- where an application was taken back. place 0 is the invoice as issued, else the event that opened the amount again. Cash
-- that found the one open invoice of its amount is here too; all other cash is not: it fills open amounts oldest first, in
-- marts.applications_oldest_first.
--
-- Each account is read once, event by event. Think of its open amounts as laid end to end, oldest first: `room` is where
-- the last one ends, `poured` how far unnamed cash has filled the row. An open amount spans low to high; what it still
-- asks for is high less the larger of low and poured. Money for a named invoice shortens that invoice and moves the later
-- ones down; money for no invoice only raises `poured`. So earlier money is never moved by later money. Claims granted in
-- full of the invoice as issued, the common case, are not noted on the way but added at the end.
with
accounts as (
    select
        events.account_no,
        list({
            'open': []::struct(item bigint, place bigint, low bigint, high bigint, is_invoice boolean)[],
            'room': 0::bigint,
            'poured': 0::bigint,
            'rests': []::struct(line_key bigint, units bigint)[],
            'grants': []::struct(event_no bigint, place bigint, item bigint, units bigint)[],
            'event': {
                'event_no': events.event_no,
                'kind': events.kind,
                'line_key': events.line_key,
                'item': events.item,
                'units': events.units,
                'item_units': events.item_units,
                'is_rest': events.is_rest,
                'may_match': events.may_match
            }
        } order by events.event_no) as states
    from marts.application_events as events
    group by events.account_no
),

settled as (
    select
        account_no,
        list_reduce(list_prepend(states[1], states), lambda former, next: case
            when next.event.kind = 'debit' then struct_update(
                former,
                room := former.room + next.event.units,
                open := case
                    when former.room + next.event.units <= former.poured then former.open
                    else list_append(former.open, {
                        'item': next.event.item,
                        'place': 0,
                        'low': former.room,
                        'high': former.room + next.event.units,
                        'is_invoice': true
                    })
                end
            )
            -- A list of one, transformed, names a value: first the amount, then the open amount it meets, then the grant.
            else list_transform([case
                when next.event.is_rest
                    then coalesce(list_filter(former.rests, lambda each: each.line_key = next.event.line_key)[1].units, 0)
                else next.event.units
            end], lambda units: list_transform([case
                when next.event.kind <> 'cash' then list_filter(former.open, lambda each: each.item = next.event.item)
                when next.event.may_match then list_filter(
                    former.open,
                    lambda each: each.is_invoice and each.high - greatest(each.low, former.poured) = units
                )
            end], lambda met: list_transform([case when len(met) = 1 then met[1] end], lambda hit: list_transform([case
                when next.event.kind = 'takeback' then -least(
                    units,
                    coalesce(next.event.item_units - coalesce(hit.high - greatest(hit.low, former.poured), 0), 0)
                )
                else least(units, coalesce(hit.high - greatest(hit.low, former.poured), 0))
            end], lambda granted: struct_update(
                former,
                room := former.room + if(next.event.kind = 'takeback', units, -granted),
                poured := former.poured + if(next.event.kind = 'cash', units - granted, 0),
                open := list_filter(
                    list_concat(
                        list_transform(former.open, lambda each: case
                            when granted = 0 or hit is null or each.high < hit.high then each
                            when each.item = hit.item then struct_update(each, high := each.high - granted)
                            else struct_update(each, low := each.low - granted, high := each.high - granted)
                        end),
                        -- Taken back from an invoice that was settled: it is open again, as the newest; what nothing
                        -- can be taken back from is owed to us for itself.
                        case when next.event.kind = 'takeback' then [
                            {
                                'item': next.event.item,
                                'place': next.event.event_no,
                                'low': former.room,
                                'high': former.room + if(hit is null, -granted, 0),
                                'is_invoice': true
                            },
                            {
                                'item': -next.event.event_no,
                                'place': next.event.event_no,
                                'low': former.room - granted,
                                'high': former.room + units,
                                'is_invoice': false
                            }
                        ] end
                    ),
                    lambda each:
                    each.high > greatest(each.low, former.poured + if(next.event.kind = 'cash', units - granted, 0))
                ),
                rests := case
                    when next.event.kind = 'claim' and units > granted
                        then list_append(former.rests, {'line_key': next.event.line_key, 'units': units - granted})
                    else former.rests
                end,
                grants := case
                    when next.event.kind = 'cash' and granted = 0 then former.grants
                    when next.event.kind = 'claim' and granted = units and hit.place = 0 then former.grants
                    else list_append(former.grants, {
                        'event_no': next.event.event_no,
                        'place': coalesce(hit.place, if(next.event.kind = 'takeback', next.event.event_no, 0)),
                        'item': coalesce(hit.item, next.event.item),
                        'units': granted
                    })
                end
            ))[1])[1])[1])[1]
        end) as state
    from accounts
),

noted as (
    select
        account_no,
        unnest(state.grants, recursive := true)
    from settled
)

select
    account_no,
    event_no,
    place,
    item,
    units
from noted

union all

select
    events.account_no,
    events.event_no,
    0 as place,
    events.item,
    events.units
from marts.application_events as events
anti join noted using (account_no, event_no)
where events.kind = 'claim'
