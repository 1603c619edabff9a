-- One row is one of the ledger's days and a currency: the receivable in all, and its three parts.
select
    as_of,
    currency,
    money(sum(open_cents)) as total,
    money(sum(open_cents) filter (item_type = 'invoice')) as open_invoices,
    money(coalesce(sum(open_cents) filter (item_type = 'credit note'), 0)) as open_credit_notes,
    money(coalesce(sum(open_cents) filter (item_type = 'payment'), 0)) as unapplied_payments,
    money(coalesce(sum(open_cents) filter (age_days > 0 and item_type = 'invoice'), 0)) as overdue_invoices,
from demo.open_items
group by all
order by as_of, currency
