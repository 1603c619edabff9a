-- One row is one sort of issue about invoices: how many, and the money concerned in base currency.
select
    subject,
    issue,
    count(*) as issues,
    sum(base_amount)::decimal(18, 4) as base_amount,
    max(days) as oldest_days,
from marts.invoice_issues
group by all
order by subject, issue
