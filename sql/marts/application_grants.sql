-- One row is what one event of marts.application_events got of one open amount, in ten-thousandths of the currency; negative
-- where an application was taken back. place 0 is the invoice as issued, else the event that opened the amount again.
-- surplus_no is the event whose surplus was used up by money that went back (units negative, no item).
-- Left out, being the common cases: claims granted in full of the invoice as issued, and cash that found no single open
-- invoice of its amount and so fills open amounts oldest first (marts.applications_oldest_first).
--
-- Each account is read once, event by event. Think of its open amounts as laid end to end, oldest first: `room` is where
-- the last one ends, `poured` how far unnamed cash has filled the row. An open amount spans low to high; what it still
-- asks for is high less the larger of low and poured. Money for a named invoice shortens that invoice and moves the later
-- ones down; money for no invoice only raises `poured`. So earlier money is never moved by later money.
-- An event takes four turns, each adding one thing to what is known: what surplus it uses up, which open amounts it meets,
-- how much it gets or takes back, and what is open after it.
with
turns as (
    select
        * exclude (event_date, document_id, line_no, line_key),
        unnest([1, 2, 3, 4]) as turn
    from marts.application_events
),

accounts as (
    select
        turns.account_no,
        list({
            'open': []::struct(item bigint, place bigint, low bigint, high bigint, is_invoice boolean)[],
            'met': []::struct(item bigint, place bigint, low bigint, high bigint, is_invoice boolean)[],
            'hit': null::struct(item bigint, place bigint, low bigint, high bigint, is_invoice boolean),
            'surplus': []::struct(event_no bigint, item bigint, units bigint)[],
            'used': []::struct(event_no bigint, item bigint, units bigint)[],
            'grants': []::struct(event_no bigint, place bigint, item bigint, units bigint, surplus_no bigint)[],
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
                used := list_filter(
                    former.surplus,
                    lambda each: next.event.kind = 'takeback' and next.event.is_cash
                        and coalesce(each.item = next.event.item, true)
                )
            )
            when next.event.turn = 2 then struct_update(
                former,
                units := greatest(
                    0, next.event.units - coalesce(list_sum(list_transform(former.used, lambda own: own.units)), 0)
                )::bigint,
                used := list_transform(former.used, lambda each, nth: struct_update(each, units := least(each.units, greatest(
                    0, next.event.units - coalesce(list_sum(list_transform(former.used[:nth - 1], lambda own: own.units)), 0)
                ))::bigint)),
                met := list_filter(former.open, lambda each: case
                    when next.event.kind <> 'cash' then each.item = next.event.item
                    else next.event.may_match and each.is_invoice
                        and each.high - greatest(each.low, former.poured) = next.event.units
                end)
            )
            when next.event.turn = 3 then struct_update(
                former,
                hit := case when len(former.met) = 1 then former.met[1] end,
                granted := case
                    when next.event.kind in ('debit', 'surplus') then 0
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
                            when next.event.kind = 'debit'
                                then [row(next.event.item, 0, former.room, former.room + former.units, true)]
                            -- Taken back from an invoice that was settled: it is open again, as the newest; what nothing
                            -- can be taken back from is owed to us for itself.
                            when next.event.kind = 'takeback' then [
                                row(
                                    next.event.item, next.event.event_no,
                                    former.room, former.room + if(former.hit is null, -former.granted, 0), true
                                ),
                                row(
                                    -next.event.event_no, next.event.event_no,
                                    former.room - former.granted, former.room + former.units, false
                                )
                            ]
                        end
                    ),
                    lambda each:
                    each.high > greatest(each.low, former.poured + if(next.event.kind = 'cash', former.units - former.granted, 0))
                ),
                surplus := case
                    when next.event.kind in ('claim', 'surplus') and next.event.is_cash and former.units > former.granted
                        then list_append(former.surplus, row(next.event.event_no, next.event.item, former.units - former.granted))
                    when len(former.used) = 0 then former.surplus
                    else list_filter(list_transform(former.surplus, lambda each: struct_update(
                        each,
                        units := each.units - coalesce(
                            list_filter(former.used, lambda own: own.event_no = each.event_no)[1].units, 0
                        )
                    )), lambda each: each.units > 0)
                end,
                grants := case
                    when next.event.kind in ('debit', 'surplus') then former.grants
                    when next.event.kind = 'cash' and former.granted = 0 then former.grants
                    when next.event.kind = 'claim' and former.granted = former.units and former.hit.place = 0 then former.grants
                    else list_concat(former.grants, [row(
                        next.event.event_no,
                        coalesce(former.hit.place, if(next.event.kind = 'takeback', next.event.event_no, 0)),
                        coalesce(former.hit.item, next.event.item), former.granted, null
                    )], list_transform(
                        list_filter(former.used, lambda each: each.units > 0),
                        lambda each: row(next.event.event_no, next.event.event_no, null, -each.units, each.event_no)
                    ))
                end
            )
        end) as state
    from accounts
)

select
    account_no,
    unnest(state.grants, recursive := true)
from settled
