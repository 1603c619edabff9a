-- One row is one window of days in which what is open and not yet due falls due: items and amount in base currency.
-- Left out: credit notes and unapplied payments, which fall due never.
with
open_items as (
    select
        date_diff('day', $as_of::date, due_date) as days,
        base_open_amount,
    from receivable_items_aged($as_of, 'due', [30])
    where open_amount > 0 and due_date > $as_of
        and (len($sales_reps::varchar[]) = 0 or list_contains($sales_reps, sales_rep))
),

placed as (
    select
        case
            when days <= 7 then 1
            when days <= 15 then 2
            when days <= 30 then 3
            when days <= 60 then 4
            else 5
        end as window_no,
        base_open_amount,
    from open_items
)

select
    ['within_7', 'within_15', 'within_30', 'within_60', 'over_60'][windows.window_no] as key,
    count(placed.window_no) as items,
    coalesce(sum(placed.base_open_amount), 0)::decimal(18, 4) as amount,
from generate_series(1, 5) as windows (window_no)
left join placed on windows.window_no = placed.window_no
group by windows.window_no
order by windows.window_no
