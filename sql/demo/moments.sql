-- One row is a moment: one of 32,768 equal shares of the span's business, and the day on which it falls.
-- Spreading a customer's orders evenly over moments gives them the season of the days.
with shares as (
    select
        date,
        sum(weight) over (order by date) as weight_to_date,
        sum(weight) over () as weight_in_all,
        weight,
    from demo.days
),

bounds as (
    select
        date,
        ((weight_to_date - weight) * 32768 // weight_in_all)::integer as first_moment,
        (weight_to_date * 32768 // weight_in_all)::integer as end_moment,
    from shares
)

select
    unnest(range(first_moment, end_moment)) as moment,
    date,
from bounds
