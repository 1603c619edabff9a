-- One row is one application of a payment line or credit note to an invoice, or to one of its instalments: rule says
-- what made it, effective_date from when it counts. An invoice in instalments is paid earliest due first
-- (is_by_instalment_order): its applications, in their order, and its instalments are laid end to end, and where they
-- overlap, that much is applied; what is taken back comes off the last amount applied.
-- payment_id is empty for credit notes (credit_note_id names them); invoice_id is empty where a refund used up unapplied
-- cash (refund_payment_id names it). Nothing is left out, and nothing depends on the as-of date.
with
laid as (
    select
        applications.*,
        (sum(applications.applied_amount) over invoice)::decimal(18, 4) as applied_after,
        applied_after - applications.applied_amount as applied_before
    from marts.applications_to_documents as applications
    semi join marts.invoice_instalments as instalments using (invoice_id)
    window invoice as (
        partition by applications.invoice_id
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

whole as (
    select
        applications.*,
        null::integer as instalment_no,
        false as is_by_instalment_order
    from marts.applications_to_documents as applications
    where applications.invoice_id is null
        or applications.invoice_id not in (select invoice_id from marts.invoice_instalments)
)

select
    payment_id,
    payment_line_no::integer as payment_line_no,
    credit_note_id,
    refund_payment_id,
    refund_line_no::integer as refund_line_no,
    invoice_id,
    instalment_no,
    customer_id,
    currency,
    sum(applied_amount)::decimal(18, 4) as applied_amount,
    effective_date,
    rule,
    is_by_instalment_order
from (
    select * from whole
    union all by name
    select * from by_instalment where applied_amount <> 0
)
group by all
having sum(applied_amount) <> 0
