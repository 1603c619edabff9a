-- One row is one line of the rules for what to do next about an overdue customer, the only place where they are: those of the
-- export collection_steps, else the house's own. Lines are read in the order of step_no and the first whose conditions all
-- hold decides; an empty condition always holds. oldest_days_over, overdue_over (base currency) and promises_broken_over (how
-- many promises were ever broken) are exceeded; is_promise_broken, is_promise_open and customer_class are as said.
-- is_delivery_held: customers at this step get no more goods. After a month a call is not enough, after a quarter a letter is
-- not, and after half a year it is a matter for a lawyer. Rules that leave a customer without a step end in a call.
with
house as (
    select *
    from (
        values
        (1, 'legal', 180, 1000, null::boolean, null::boolean, null::integer, null::varchar, true),
        (2, 'visit', 90, null, null, null, null, null, true),
        (3, 'visit', 60, null, true, null, null, null, false),
        (4, 'visit', 30, null, null, null, 2, null, false),
        (5, 'wait', null, null, null, true, null, null, false),
        (6, 'email', 30, null, null, null, null, null, false),
        (7, 'email', null, null, true, null, null, null, false),
        (8, 'phone', null, null, null, null, null, null, false)
    ) as steps (
        step_no, step, oldest_days_over, overdue_over, is_promise_broken, is_promise_open, promises_broken_over,
        customer_class, is_delivery_held
    )
),

given as (
    select
        step_no,
        step,
        over_days as oldest_days_over,
        over_amount as overdue_over,
        is_promise_broken,
        is_promise_open,
        broken_promises as promises_broken_over,
        customer_class,
        coalesce(is_delivery_held, false) as is_delivery_held
    from staging.stg_collection_steps
    where not is_repeated
    union all
    select
        max(step_no) + 1,
        'phone',
        null,
        null,
        null,
        null,
        null,
        null,
        false
    from staging.stg_collection_steps
    having count(*) > 0
)

select
    step_no::integer as step_no,
    step,
    oldest_days_over::integer as oldest_days_over,
    overdue_over::decimal(18, 4) as overdue_over,
    is_promise_broken,
    is_promise_open,
    promises_broken_over::integer as promises_broken_over,
    customer_class,
    is_delivery_held
from given
union all
select *
from house
where (select count(*) from given) = 0
