-- One row is one contract: what was ordered under it and what is left, those that run first, the nearest to their end first.
select
    contract_id,
    customer_id,
    customer_name,
    status,
    signed_date,
    end_date,
    days_left,
    currency,
    amount,
    ordered_amount,
    remaining_amount,
    order_count,
    payment_terms_days,
    document_path,
    document_state,
    sales_rep,
from marts.contract_usage
order by is_running desc, days_left, contract_id
