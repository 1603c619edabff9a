-- Quantities on order lines: exported = staged + quarantined by a rule.
with
exported as (
    select
        file_no,
        source_row,
        quantity
    from raw.orders
    union all
    select
        file_no,
        source_row,
        quantity
    from staging.order_lines_with_headers
),

totals as (
    select
        (select coalesce(sum(quantity), 0) from exported) as exported_quantity,
        (select coalesce(sum(quantity), 0) from staging.stg_orders) as staged_quantity,
        (
            select coalesce(sum(exported.quantity), 0)
            from exported
            semi join ops.quarantine as quarantine
                on exported.file_no = quarantine.file_no
                and exported.source_row = quarantine.source_row
                and quarantine.rule_id like 'stg_orders.%'
                and quarantine.status = 'open'
        ) as quarantined_quantity
)

select
    *,
    exported_quantity - staged_quantity - quarantined_quantity as difference
from totals
where exported_quantity <> staged_quantity + quarantined_quantity
