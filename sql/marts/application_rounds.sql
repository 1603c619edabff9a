-- One row is one event of marts.application_first_guesses with what it gets for certain: got_units of the open amount
-- place_no (money that goes back: what it takes back), and surplus_units: what money that goes back uses up of earlier
-- payments' surplus, or of a payment's surplus how much was used up (uses: by which events).
--
-- All accounts are decided at once, in rounds. A round takes the guesses for granted, lays the open amounts of an account
-- end to end, oldest first, and pours over them the cash that found no invoice of its amount. Then every event is answered
-- anew from what is open when it comes. An account whose answers equal its guesses is certain; the others go on with the
-- answers as guesses. An answer hangs on earlier events alone, so each round makes at least the first wrong guess right.
-- Money that goes back is a threshold (horizon): it is answered when all before it is certain, then comes what follows.
-- So an event is right after at most two rounds for each event up to it; one that is not ends the build with an error.
with recursive
wanted as materialized (select distinct account_no, units from marts.application_events where may_match),

rounds as (
    select *, 0 as round_no from marts.application_first_guesses

    union all

    (
        with
        live as (select *, coalesce(event_no <= horizon, true) as is_seen from rounds where not is_certain),

        poured as (
            select account_no, event_no, units, sum(units) over (partition by account_no order by event_no) as high
            from live
            where is_seen and kind = 'cash' and place_no is null
        ),

        -- What is asked of each open amount and what it gave: below zero when it opens (step 0) or grows.
        -- What is taken back from a settled invoice is open again, as the newest; money owed for itself has odd numbers.
        asks as (
            select account_no, event_no, 2 * event_no as place_no, 0 as step, -units as asked, -units as got
            from marts.application_events
            where kind = 'debit' and units > 0 and account_no in (select account_no from live)
            union all
            select account_no, event_no, 2 * event_no + 1, 0, surplus_units + got_units - units, surplus_units + got_units - units
            from live
            where kind = 'takeback' and is_seen and event_no is distinct from horizon
            union all
            select
                account_no,
                event_no,
                place_no,
                if(place_no = 2 * event_no, 0, 2),
                if(kind = 'takeback', -got_units, units),
                if(kind = 'takeback', -got_units, got_units)
            from live
            where is_seen and place_no is not null
        ),

        laid as (
            select
                account_no,
                place_no,
                min(event_no) as event_no,
                sum(greatest(0, sum(-got))) over (partition by account_no order by place_no) as high,
                high - greatest(0, sum(-got)) as low
            from asks semi join poured using (account_no)
            group by account_no, place_no
        ),

        -- Fans out on purpose: a payment reaches several open amounts, an open amount takes several payments.
        levels as (
            select account_no, greatest(laid.event_no, poured.event_no) as event_no, place_no, poured.high - low as level
            from laid
            inner join poured using (account_no)
            where poured.high > low and poured.high - poured.units <= laid.high
        ),

        states as (
            select
                *,
                -(sum(asked) over so_far) - (max(level) over so_far) as left_after,
                left_after + asked as left_before,
                lead(event_no) over (partition by account_no, place_no order by event_no, step, level) as next_event_no
            from (
                select account_no, event_no, place_no, step, asked, 0 as level
                from asks
                where step = 2
                    or (account_no, -asked) in (from wanted)
                    or (account_no, place_no) in (select account_no, place_no from asks where step = 2)
                    or (account_no, place_no) in (select account_no, place_no from levels)
                union all
                select account_no, event_no, place_no, 1, 0, level from levels
            )
            window so_far as (partition by account_no, place_no order by event_no, step, level rows unbounded preceding)
        ),

        -- An invoice is open with one amount from a change to the next: how many are, with the amount of each payment.
        searches as (
            select account_no, event_no, step, sum(change) over so_far as count, sum(change * place_no) over so_far as place_no
            from (
                select
                    account_no,
                    left_after as units,
                    place_no,
                    1 as step,
                    unnest([event_no, next_event_no]) as event_no,
                    unnest([1, -1]) as change
                from states
                where left_after > 0 and place_no % 2 = 0 and (account_no, left_after) in (from wanted)
                union all
                select account_no, units, 0, 0, event_no, 0 from live where is_seen and may_match
            )
            where event_no is not null
            window so_far as (partition by account_no, units order by event_no, step rows unbounded preceding)
            qualify step = 0
        ),

        answered as (
            select
                live.*,
                greatest(coalesce(states.left_before, 0), 0) as left_units,
                if(kind = 'cash' and is_seen, if(searches.count = 1, searches.place_no, null), live.place_no) as found_no,
                case
                    when kind = 'cash' and is_seen then if(searches.count = 1, live.units, 0)
                    when kind = 'claim' and is_seen then least(live.units, left_units)
                    else got_units
                end as found_units,
                found_no is distinct from live.place_no or found_units <> got_units as is_wrong
            from live
            left join searches using (account_no, event_no)
            left join (from states where step = 2) as states using (account_no, event_no)
        ),

        answers as (select *, account_no in (select account_no from answered where is_wrong) as is_open from answered),

        used as (
            select
                given.account_no,
                given.event_no,
                given.units - given.got_units - given.surplus_units as surplus,
                least(surplus, greatest(0, back.units - (sum(surplus) over so_far) + surplus)) as units
            from answers as back
            inner join answers as given using (account_no)
            where
                back.event_no = back.horizon and back.is_cash and not back.is_open
                and given.kind in ('claim', 'surplus') and given.is_cash and given.is_seen and surplus > 0
                and coalesce(given.item = back.item, true)
            window so_far as (partition by given.account_no order by given.event_no rows unbounded preceding)
        ),

        turned as (
            select
                answers.account_no,
                answers.event_no,
                answers.item,
                next_horizon,
                coalesce(sums.units, 0) as surplus_units,
                least(answers.units - coalesce(sums.units, 0), coalesce(item_units, 0) - left_units) as back_units,
                if(left_units > 0 or back_units = 0, place_no, 2 * event_no) as place_no
            from answers
            left join (select account_no, sum(units) as units from used group by all) as sums using (account_no)
            where event_no = horizon and not is_open
        )

        select
            answers.* exclude (is_seen, left_units, found_no, found_units, is_wrong, is_open) replace (
                case
                    when answers.event_no = turned.event_no then turned.place_no
                    when answers.event_no > turned.event_no and answers.item = turned.item and kind in ('claim', 'takeback')
                        then turned.place_no
                    else found_no
                end as place_no,
                if(answers.event_no = turned.event_no, turned.back_units, found_units) as got_units,
                if(answers.event_no = turned.event_no, turned.surplus_units, answers.surplus_units + coalesce(used.units, 0))
                    as surplus_units,
                if(used.units > 0, list_append(uses, {'back_no': turned.event_no, 'units': used.units}), uses) as uses,
                if(is_open, horizon, turned.next_horizon) as horizon,
                if(is_wrong and round_no > 2 * answers.event_no + 2, error('cash application goes in circles at event '
                    || answers.event_no || ' of account ' || answers.account_no), round_no + 1) as round_no,
                not is_open and horizon is null as is_certain
            )
        from answers
        left join turned using (account_no)
        left join used on answers.account_no = used.account_no and answers.event_no = used.event_no
    )
)

select * exclude is_certain from rounds where is_certain
