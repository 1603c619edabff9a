-- One row is what one event of marts.application_events got of one open amount, in ten-thousandths of the currency; negative
-- where an application was taken back. place 0 is the invoice as issued, else the event that opened the amount again.
-- Left out, being the common cases: claims granted in full of the invoice as issued, and cash that found no single open
-- invoice of its amount and so fills open amounts oldest first (marts.applications_oldest_first).
--
-- Each account is read once, event by event. Think of its open amounts as laid end to end, oldest first: `room` is where
-- the last one ends, `poured` how far unnamed cash has filled the row. An open amount spans low to high; what it still
-- asks for is high less the larger of low and poured. Money for a named invoice shortens that invoice and moves the later
-- ones down; money for no invoice only raises `poured`. So earlier money is never moved by later money.
-- An event takes four turns, each adding one thing to what is known: how much it brings (a rest: what its claim left
-- over), which open amounts it meets, how much it gets or takes back, and what is open after it.
with
turns as (
    select
        account_no,
        event_no,
        unnest([1, 2, 3, 4]) as turn,
        kind,
        line_key,
        item,
        units,
        item_units,
        is_rest,
        may_match
    from marts.application_events
),

accounts as (
    select
        turns.account_no,
        list({
            'open': []::struct(item bigint, place bigint, low bigint, high bigint, is_invoice boolean)[],
            'met': []::struct(item bigint, place bigint, low bigint, high bigint, is_invoice boolean)[],
            'hit': null::struct(item bigint, place bigint, low bigint, high bigint, is_invoice boolean),
            'rests': []::struct(line_key bigint, units bigint)[],
            'grants': []::struct(event_no bigint, place bigint, item bigint, units bigint)[],
            'room': 0::bigint,
            'poured': 0::bigint,
            'units': 0::bigint,
            'granted': 0::bigint,
            'event': turns
        } order by turns.event_no, turns.turn) as states
    from turns
    group by turns.account_no
    -- Accounts of like length together: they are read side by side, as many turns deep as the longest of them.
    order by count(*) desc
),

settled as (
    select
        account_no,
        list_reduce(list_prepend(states[1], states), lambda former, next: case
            when next.event.turn = 1 then struct_update(
                former,
                units := if(
                    next.event.is_rest,
                    coalesce(list_filter(former.rests, lambda each: each.line_key = next.event.line_key)[1].units, 0),
                    next.event.units
                )
            )
            when next.event.turn = 2 then struct_update(
                former,
                met := list_filter(former.open, lambda each: case
                    when next.event.kind <> 'cash' then each.item = next.event.item
                    else next.event.may_match and each.is_invoice and each.high - greatest(each.low, former.poured) = former.units
                end)
            )
            when next.event.turn = 3 then struct_update(
                former,
                hit := case when len(former.met) = 1 then former.met[1] end,
                granted := case
                    when next.event.kind = 'debit' then 0
                    when next.event.kind = 'takeback' then -least(
                        former.units,
                        -- Not more than the invoice got; of no invoice nothing.
                        coalesce(next.event.item_units, 0)
                        - coalesce(former.met[1].high - greatest(former.met[1].low, former.poured), 0)
                    )
                    when len(former.met) = 1
                        then least(former.units, former.met[1].high - greatest(former.met[1].low, former.poured))
                    else 0
                end
            )
            else struct_update(
                former,
                room := former.room + if(next.event.kind in ('debit', 'takeback'), former.units, -former.granted),
                poured := former.poured + if(next.event.kind = 'cash', former.units - former.granted, 0),
                open := list_filter(
                    list_concat(
                        list_transform(former.open, lambda each: struct_update(
                            each,
                            low := each.low - if(coalesce(each.low >= former.hit.high, false), former.granted, 0),
                            high := each.high - if(coalesce(each.high >= former.hit.high, false), former.granted, 0)
                        )),
                        case
                            when next.event.kind = 'debit' then [{
                                'item': next.event.item,
                                'place': 0,
                                'low': former.room,
                                'high': former.room + former.units,
                                'is_invoice': true
                            }]
                            -- Taken back from an invoice that was settled: it is open again, as the newest; what nothing
                            -- can be taken back from is owed to us for itself.
                            when next.event.kind = 'takeback' then [
                                {
                                    'item': next.event.item,
                                    'place': next.event.event_no,
                                    'low': former.room,
                                    'high': former.room + if(former.hit is null, -former.granted, 0),
                                    'is_invoice': true
                                },
                                {
                                    'item': -next.event.event_no,
                                    'place': next.event.event_no,
                                    'low': former.room - former.granted,
                                    'high': former.room + former.units,
                                    'is_invoice': false
                                }
                            ]
                        end
                    ),
                    lambda each:
                    each.high > greatest(each.low, former.poured + if(next.event.kind = 'cash', former.units - former.granted, 0))
                ),
                rests := case
                    when next.event.kind = 'claim' and former.units > former.granted
                        then list_append(former.rests, {'line_key': next.event.line_key, 'units': former.units - former.granted})
                    else former.rests
                end,
                grants := case
                    when next.event.kind = 'debit' or next.event.kind = 'cash' and former.granted = 0 then former.grants
                    when next.event.kind = 'claim' and former.granted = former.units and former.hit.place = 0 then former.grants
                    else list_append(former.grants, {
                        'event_no': next.event.event_no,
                        'place': coalesce(former.hit.place, if(next.event.kind = 'takeback', next.event.event_no, 0)),
                        'item': coalesce(former.hit.item, next.event.item),
                        'units': former.granted
                    })
                end
            )
        end) as state
    from accounts
)

select
    account_no,
    unnest(state.grants, recursive := true)
from settled
