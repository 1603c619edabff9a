-- One row is one contract and one thing to do about it, by what it is and then the nearest to its end.
select
    alert,
    contract_id,
    customer_id,
    customer_name,
    end_date,
    days_left,
    currency,
    amount,
    late_order_count,
    document_path,
    document_state,
    sales_rep,
from marts.contract_alerts
order by alert, days_left, contract_id
