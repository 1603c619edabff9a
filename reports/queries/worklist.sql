-- One row is one customer with something overdue, what to do next and by whom: urgent and important customers first, then
-- the largest. $owner, $step and
-- $customer (a number) narrow the list, empty means all.
select
    customer_id,
    customer_name,
    step,
    quadrant,
    overdue_amount,
    amounts,
    oldest_days,
    balance_amount,
    bucket_amounts,
    credit_limit,
    credit_use,
    is_delivery_held,
    last_contact_date,
    last_contact_method,
    last_contact_result,
    last_promised_date,
    last_promised_amount,
    is_promise_broken,
    promises_kept,
    promises_broken,
    promise_rate,
    owner,
    contact_name,
    phone,
    email,
from marts.collections_worklist
where ($owner = '' or owner = $owner)
    and ($step = '' or step = $step)
    and ($customer = '' or customer_id = $customer)
order by is_urgent desc, is_important desc, overdue_amount desc nulls last, customer_id
