-- Amounts given on payments, whatever their sign: exported = staged + quarantined by a rule.
-- Payments that say only that they pay in full have no amount of their own.
with
exported as (
    select
        file_no,
        source_row,
        abs(amount) as amount
    from raw.payments
    where not coalesce(pays_in_full, false)
),

totals as (
    select
        (select coalesce(sum(amount), 0) from exported) as exported_amount,
        (select coalesce(sum(case when not pays_in_full then abs(amount) end), 0) from staging.stg_payments) as staged_amount,
        (
            select coalesce(sum(exported.amount), 0)
            from exported
            semi join ops.quarantine as quarantine
                on exported.file_no = quarantine.file_no
                and exported.source_row = quarantine.source_row
                and quarantine.rule_id like 'stg_payments.%'
                and quarantine.status = 'open'
        ) as quarantined_amount
)

select
    *,
    exported_amount - staged_amount - quarantined_amount as difference
from totals
where exported_amount <> staged_amount + quarantined_amount
