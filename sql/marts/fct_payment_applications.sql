-- One row is one application of a payment line or credit note to an invoice, or to one of its instalments: rule says
-- what made it, effective_date from when it counts. A claim of which nothing had to be decided is granted as it stands; the
-- others are in marts.applications_to_documents. An invoice in instalments is paid earliest due first
-- (is_by_instalment_order): its applications, in their order, and its instalments are laid end to end, and where they
-- overlap, that much is applied; what is taken back comes off the last amount applied.
-- payment_id is empty for credit notes (credit_note_id names them); invoice_id is empty where a refund used up unapplied
-- cash (refund_payment_id names it). Nothing is left out, and nothing depends on the as-of date.
with
in_parts as (
    select
        file_no * 10000000000::bigint + source_row as invoice_key
    from marts.fct_invoices
    semi join marts.invoice_instalments using (invoice_id)
),

granted as (
    select
        payment_id,
        payment_line_no,
        null as credit_note_id,
        invoice_key,
        invoice_id,
        customer_id,
        currency,
        amount as applied_amount,
        event_date as effective_date,
        case kind when 'payment' then 'named' else kind end as rule,
        0 as event_no
    from marts.payments_matched
    anti join marts.application_claims using (line_key)
    where match = 'invoice' and amount <> 0
    union all
    select
        null as payment_id,
        null as payment_line_no,
        credit_note_id,
        invoice_key,
        invoice_id,
        customer_id,
        currency,
        amount as applied_amount,
        event_date as effective_date,
        'credit_note' as rule,
        0 as event_no
    from marts.credit_note_claims
    anti join marts.application_claims using (note_key)
    where amount <> 0
),

-- What two documents did to each other on one day by one rule is one row; events stay apart until they are laid.
decided as (
    select
        lines.payment_id,
        lines.payment_line_no,
        notes.credit_note_id,
        refunds.payment_id as refund_payment_id,
        refunds.payment_line_no as refund_line_no,
        applications.invoice_key,
        invoices.invoice_id,
        coalesce(lines.customer_id, notes.customer_id) as customer_id,
        coalesce(lines.currency, notes.currency) as currency,
        applications.applied_amount,
        applications.effective_date,
        applications.rule,
        applications.event_no
    from (
        select
            line_key,
            note_key,
            refund_line_key,
            invoice_key,
            sum(applied_amount)::decimal(18, 4) as applied_amount,
            effective_date,
            rule,
            if(invoice_key in (select invoice_key from in_parts), event_no, null) as event_no
        from marts.applications_to_documents
        group by all
    ) as applications
    left join marts.payments_matched as lines on applications.line_key = lines.line_key
    left join (from marts.payments_matched where amount < 0) as refunds on applications.refund_line_key = refunds.line_key
    left join marts.credit_note_claims as notes on applications.note_key = notes.note_key
    left join marts.fct_invoices as invoices
        on applications.invoice_key = invoices.file_no * 10000000000::bigint + invoices.source_row
    where applications.applied_amount <> 0
),

laid as (
    select
        applications.*,
        (sum(applications.applied_amount) over invoice)::decimal(18, 4) as applied_after,
        applied_after - applications.applied_amount as applied_before
    from (
        select * from granted semi join in_parts using (invoice_key)
        union all by name
        select * from decided semi join in_parts using (invoice_key)
    ) as applications
    window invoice as (
        partition by applications.invoice_key
        order by
            applications.effective_date,
            applications.event_no,
            -- What an event takes back is open again before waiting cash fills it.
            applications.applied_amount > 0,
            applications.payment_id,
            applications.payment_line_no,
            applications.credit_note_id
        rows unbounded preceding
    )
),

by_instalment as (
    select
        laid.* exclude (applied_amount, applied_after, applied_before),
        instalments.instalment_no,
        (
            least(greatest(laid.applied_after, instalments.amount_before), instalments.amount_after)
            - least(greatest(laid.applied_before, instalments.amount_before), instalments.amount_after)
        )::decimal(18, 4) as applied_amount,
        true as is_by_instalment_order
    from laid
    -- Fans out on purpose: one application may reach several instalments.
    inner join marts.invoice_instalments as instalments using (invoice_id)
),

every_one as (
    select * from granted anti join in_parts using (invoice_key)
    union all by name
    select * from decided anti join in_parts using (invoice_key)
    union all by name
    select * exclude (event_no) replace (sum(applied_amount)::decimal(18, 4) as applied_amount)
    from by_instalment
    group by all
    having sum(applied_amount) <> 0
)

select
    payment_id,
    payment_line_no::integer as payment_line_no,
    credit_note_id,
    refund_payment_id,
    refund_line_no::integer as refund_line_no,
    invoice_id,
    instalment_no::integer as instalment_no,
    customer_id,
    currency,
    applied_amount,
    effective_date,
    rule,
    coalesce(is_by_instalment_order, false) as is_by_instalment_order
from every_one
