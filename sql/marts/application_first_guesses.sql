-- One row is one event of marts.application_events that asks for something, with a first guess of what it gets: where
-- marts.application_rounds begins. A claim is guessed to get all it asks for. Cash is guessed to find its invoice where one
-- of its amount is left when each earlier payment of that amount has taken one; else it fills what is oldest.
-- place_no names an open amount: twice the event that opened it (plus one: money owed back). Empty: none named, none found.
-- horizon and next_horizon: the account's first event at which money goes back, and the next one after each such event.
-- is_certain: each payment of the account found its invoice and nothing else happened, so the count of open invoices of each
-- amount was right all along and no round has to prove it.
with
events as (
    select
        events.* exclude (event_date, line_key, note_key),
        debits.event_no as debit_no
    from marts.application_events as events
    left join marts.application_events as debits
        on events.account_no = debits.account_no
        and events.item = debits.item
        and debits.kind = 'debit'
    where events.kind <> 'debit'
),

takebacks as (
    select
        account_no,
        event_no,
        lead(event_no) over (partition by account_no order by event_no) as next_horizon
    from marts.application_events
    where kind = 'takeback'
),

amounts as (
    select
        account_no,
        event_no,
        units,
        kind = 'debit' as is_debit
    from marts.application_events
    where kind = 'cash' or kind = 'debit' and (account_no, units) in (
        select
            account_no,
            units
        from marts.application_events
        where may_match
    )
),

counted as (
    select
        *,
        (sum(if(is_debit, 1, -1)) over so_far)::bigint as balance,
        max(if(is_debit, event_no, null)) over so_far as debit_no
    from amounts
    window so_far as (partition by account_no, units order by event_no rows unbounded preceding)
),

-- A payment that found no invoice left took none: the count starts from the lowest balance before.
matches as (
    select
        account_no,
        event_no,
        debit_no,
        balance + 1 - least(0, coalesce(min(balance) over before, 0)) = 1 as is_match
    from counted
    window before as (
        partition by account_no, units
        order by event_no
        rows between unbounded preceding and 1 preceding
    )
    qualify not is_debit
),

guesses as (
    select
        events.*,
        case
            when events.kind in ('claim', 'takeback') then 2 * events.debit_no
            when events.may_match and matches.is_match then 2 * matches.debit_no
        end as place_no
    from events
    left join matches on events.account_no = matches.account_no and events.event_no = matches.event_no
),

accounts as (
    select
        account_no,
        min(if(kind = 'takeback', event_no, null)) as horizon,
        bool_and(kind = 'cash' and place_no is not null) as is_certain
    from guesses
    group by account_no
)

select
    guesses.account_no,
    guesses.event_no,
    guesses.kind,
    guesses.item,
    guesses.units,
    guesses.item_units,
    guesses.is_cash,
    guesses.may_match,
    guesses.place_no,
    if(guesses.kind = 'claim' or guesses.kind = 'cash' and guesses.place_no is not null, guesses.units, 0)::bigint as got_units,
    0::bigint as surplus_units,
    []::struct(back_no bigint, units bigint)[] as uses,
    accounts.horizon,
    takebacks.next_horizon,
    accounts.is_certain
from guesses
inner join accounts on guesses.account_no = accounts.account_no
left join takebacks on guesses.account_no = takebacks.account_no and guesses.event_no = takebacks.event_no
