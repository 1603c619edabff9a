-- One row is one customer with open receivable items as of $as_of. Amounts are in base currency, so that customers can be
-- ranked (empty where an exchange rate is missing); overdue_amounts says what is past due in their own currencies.
-- overdue_amount is what is past due less credits and unapplied cash past their own date; bucket_amounts runs from bucket 0
-- (a list of the aging's buckets); oldest_days is how late the oldest item is that is still owed, empty where none is late.
-- credit_use is the balance by the credit limit. sales_rep: who sold the largest open item.
with
aged as (
    select
        *,
        date_diff('day', if($aging_basis = 'due', due_date, document_date), $as_of::date) as age_days,
        if(
            $aging_basis = 'due' and age_days <= 0,
            0,
            1 + len(list_filter($aging_bounds::integer[], lambda bound: bound < age_days))
        ) as bucket_no,
        date_diff('day', due_date, $as_of::date) as days_late
    from marts.fct_receivables
    where is_open
),

currencies as (
    select
        customer_id,
        string_agg(currency || ' ' || amount::decimal(18, 2), '; ' order by currency) as overdue_amounts,
        max(amount) > 0 as is_overdue
    from (
        select
            customer_id,
            currency,
            sum(open_amount) as amount
        from aged
        where days_late > 0
        group by all
    )
    group by customer_id
),

buckets as (
    select
        customer_id,
        map_from_entries(list((bucket_no, amount))) as amounts
    from (
        select
            customer_id,
            bucket_no,
            if(count(base_open_amount) = count(*), sum(base_open_amount), null)::decimal(18, 4) as amount
        from aged
        group by all
    )
    group by customer_id
),

balances as (
    select
        customer_id,
        if(count(base_open_amount) = count(*), sum(base_open_amount), null)::decimal(18, 4) as balance_amount,
        if(
            count(base_open_amount) filter (where days_late > 0) = count(*) filter (where days_late > 0),
            coalesce(sum(base_open_amount) filter (where days_late > 0), 0),
            null
        )::decimal(18, 4) as overdue_amount,
        max(days_late) filter (where open_amount > 0 and days_late > 0)::integer as oldest_days,
        count(*) filter (where days_late > 0 and open_amount > 0) as overdue_item_count,
        arg_max(sales_rep, row(open_amount, item_id)) as sales_rep
    from aged
    group by customer_id
)

select
    balances.*,
    list_transform(
        generate_series(0, len($aging_bounds::integer[]) + 1),
        -- A bucket that is not there holds nothing; one that is there without an amount is unknown.
        lambda bucket_no: if(map_contains(buckets.amounts, bucket_no), buckets.amounts[bucket_no], 0)::decimal(18, 4)
    ) as bucket_amounts,
    currencies.overdue_amounts,
    -- In at least one currency more is past due than credits cover.
    coalesce(currencies.is_overdue, false) and balances.oldest_days is not null as is_overdue,
    dim.credit_limit,
    -- half up on whole units of 0.0001, as decimal / decimal gives DOUBLE
    if(
        dim.credit_limit > 0,
        sign(balances.balance_amount) * (
            (20000 * (abs(balances.balance_amount)::decimal(38, 4) * 10000)::hugeint + (dim.credit_limit * 10000)::hugeint)
            // (2 * (dim.credit_limit * 10000)::hugeint)
        ) * 0.0001,
        null
    )::decimal(18, 4) as credit_use,
    coalesce(balances.balance_amount > dim.credit_limit, false) as is_over_credit_limit
from balances
inner join buckets on balances.customer_id = buckets.customer_id
left join currencies on balances.customer_id = currencies.customer_id
left join marts.dim_customers as dim on balances.customer_id = dim.customer_id
