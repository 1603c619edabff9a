-- One row is one natural month end and bucket of the last 13 up to the end of the month under review, in base currency, a month
-- end with nothing open too; what is past due is by due date, whatever the buckets are by.
-- Of the sales reps named, where any is.
with
ends as (
    select date as month_end
    from marts.dim_dates
    where is_month_end
        and date <= $end
        and date > last_day($end::date - interval 13 month)
        and date >= (select min(document_date) from marts.receivable_items)
),

items as (
    select
        month_end,
        bucket_no,
        due_date,
        sales_rep,
        base_open_amount,
    from marts.fct_receivable_months
    union all
    select
        month_end,
        aging_bucket_no(
            $aging_basis, $aging_bounds::integer[], aging_age_days(month_end, $aging_basis, due_date, document_date)
        ),
        due_date,
        sales_rep,
        base_open_amount,
    from marts.receivable_natural_months
)

select
    ends.month_end,
    coalesce(items.bucket_no, 0) as bucket_no,
    coalesce(sum(items.base_open_amount), 0)::decimal(18, 4) as amount,
    coalesce(sum(items.base_open_amount) filter (where items.due_date < ends.month_end), 0)::decimal(18, 4) as overdue_amount,
from ends
left join items
    on ends.month_end = items.month_end
    and (len($sales_reps::varchar[]) = 0 or list_contains($sales_reps, items.sales_rep))
group by all
order by all
