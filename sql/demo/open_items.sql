-- One row is a receivable item that is open on one of the ledger's days (the span's last, and three month ends before
-- it), with its open amount: negative for credit notes and for money not yet applied to an invoice.
with as_ofs as (
    select $end_date as as_of

    union

    select last_day($end_date - to_months(months_back)) as as_of
    from (values (1), (2), (3)) as earlier (months_back)
),

settled as (
    select
        invoice_no,
        effective_date,
        applied_cents,
    from demo.payment_shares
    where invoice_no is not null

    union all

    select
        invoice_no,
        credit_date as effective_date,
        applied_cents,
    from demo.credit_shares
),

paid as (
    select
        as_ofs.as_of,
        settled.invoice_no,
        sum(settled.applied_cents) as paid_cents,
    from as_ofs
    inner join settled on settled.effective_date <= as_ofs.as_of
    group by all
),

invoices_open as (
    select
        as_ofs.as_of,
        items.customer_no,
        'invoice' as item_type,
        items.invoice_date as document_date,
        items.due_date as basis_date,
        items.amount_cents
        - greatest(0, least(items.amount_cents, coalesce(paid.paid_cents, 0) - items.paid_before_cents)) as open_cents,
    from as_ofs
    inner join demo.due_items as items on items.invoice_date <= as_ofs.as_of
    left join paid
        on paid.as_of = as_ofs.as_of
        and paid.invoice_no = items.invoice_no
),

credits_open as (
    select
        as_ofs.as_of,
        invoices.customer_no,
        'credit note' as item_type,
        credits.credit_date as document_date,
        credits.credit_date as basis_date,
        credits.applied_cents - credits.credit_cents as open_cents,
    from as_ofs
    inner join demo.credit_shares as credits on credits.credit_date <= as_ofs.as_of
    inner join demo.invoices on invoices.invoice_no = credits.credit_no
),

refunds as (
    select
        invoice_no,
        payment_date,
        -amount_cents as refunded_cents,
    from demo.payment_shares
    where kind = 'refund'
),

-- One row a payment line: the invoice it names, or all that names none.
money_open as (
    select
        as_ofs.as_of,
        shares.customer_no,
        shares.payment_no,
        if(shares.is_named, shares.invoice_no, null) as named_invoice_no,
        'payment' as item_type,
        shares.payment_date as document_date,
        shares.payment_date as basis_date,
        sum(
            if(shares.effective_date <= as_ofs.as_of, shares.applied_cents, 0)
            + coalesce(refunds.refunded_cents, 0)
            - shares.amount_cents
        )::bigint as open_cents,
    from as_ofs
    inner join demo.payment_shares as shares on shares.payment_date <= as_ofs.as_of
    left join refunds
        on refunds.invoice_no = shares.invoice_no
        and refunds.payment_date <= as_ofs.as_of
    where shares.kind = 'payment'
    group by all
)

select
    gathered.*,
    customers.currency,
    date_diff('day', gathered.basis_date, gathered.as_of) as age_days,
    date_diff('day', gathered.document_date, gathered.as_of) as invoice_age_days,
from (
    from invoices_open
    union all
    from credits_open
    union all
    select * exclude (payment_no, named_invoice_no) from money_open
) as gathered
inner join demo.customers on customers.customer_no = gathered.customer_no
where gathered.open_cents <> 0
