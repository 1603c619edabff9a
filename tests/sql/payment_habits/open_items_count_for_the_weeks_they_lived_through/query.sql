select
    nullif(customer_id, '') as customer_id,
    week_late,
    paid_amount,
    at_risk_amount,
    open_before::decimal(9, 6) as open_before,
    open_after::decimal(9, 6) as open_after,
    item_count,
from marts.payment_habits
where origin_date = date '2026-03-31'
