-- One row is one payment's share in one invoice: the truth about who paid what. It knows which shares are one payment
-- (`payment_no`), which of them the export will name, and from when each counts (`effective_date`).
with gathered as (
    select
        *,
        -- Bulk payments are one document with a line an invoice.
        if(is_bulk, 0, invoice_no * 4 + part_no) as document_key,
        false as is_on_account,
    from demo.single_payments

    union all by name

    select
        *,
        false as is_bulk,
        0 as document_key,
        true as is_on_account,
    from demo.account_payments
),

-- Up to the span's last day; a few cheques that are dated later are in the export already.
handed_in as (
    select *
    from gathered
    where
        payment_date <= $end_date
        or (
            kind = 'payment'
            and not is_bulk
            and not is_on_account
            and payment_date <= $end_date + 20
            and draw(invoice_no * 4 + part_no, 'post-dated', 100) < 9
        )
),

numbered as (
    select
        *,
        dense_rank() over (order by payment_date, customer_no, kind, document_key) as payment_no,
    from handed_in
),

-- A sum on account that happens to equal some invoice of the customer would be taken for that one: it is named instead.
mistakable as (
    select distinct sums.payment_no
    from (
        select
            payment_no,
            customer_no,
            count(*) as share_count,
            sum(amount_cents) as amount_cents,
            any_value(invoice_no) as invoice_no,
        from numbered
        where is_on_account
        group by all
    ) as sums
    inner join demo.invoices
        on invoices.customer_no = sums.customer_no
        and invoices.gross_cents = sums.amount_cents
        and invoices.colour = 'blue'
        and (sums.share_count > 1 or invoices.invoice_no <> sums.invoice_no)
)

select
    numbered.payment_no,
    numbered.customer_no,
    numbered.invoice_no,
    numbered.part_no,
    numbered.kind,
    numbered.payment_date,
    numbered.amount_cents,
    numbered.applied_cents,
    numbered.is_on_account,
    numbered.invoice_no is not null
    and coalesce(numbered.is_named, mistakable.payment_no is not null) as is_named,
    greatest(numbered.payment_date, invoices.invoice_date) as effective_date,
from numbered
left join demo.invoices on invoices.invoice_no = numbered.invoice_no
left join mistakable on mistakable.payment_no = numbered.payment_no
