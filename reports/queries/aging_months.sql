-- One row is one month end and bucket of the last 13 up to the end of the month under review, in base currency; what is past
-- due is by due date, whatever the buckets are by.
-- Of the sales reps named, where any is.
select
    month_end,
    bucket_no,
    sum(base_open_amount)::decimal(18, 4) as amount,
    coalesce(sum(base_open_amount) filter (where due_date < month_end), 0)::decimal(18, 4) as overdue_amount,
from marts.fct_receivable_months
where month_end > $end::date - interval 13 month
    and month_end <= $end
    and (len($sales_reps::varchar[]) = 0 or list_contains($sales_reps, sales_rep))
group by all
order by all
