-- One row is one thing to look at about invoices, the largest first. $issue and $subject narrow the list, empty means all.
select
    issue,
    subject,
    invoice_id,
    order_id,
    customer_id,
    customer_name,
    currency,
    since_date,
    days,
    amount,
    expected_amount,
    base_amount,
    note,
    sales_rep,
from marts.invoice_issues
where ($issue = '' or issue = $issue) and ($subject = '' or subject = $subject)
order by subject, issue, base_amount desc nulls last, invoice_id, order_id, note
