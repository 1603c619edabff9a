-- One row is what the general ledger says a customer owes at the end of a day, in one currency. Where a customer and day
-- are given more than once the latest row counts; the others stay, with is_repeated.
select
    * exclude (currency),
    coalesce(currency, $base_currency) as currency,
    row_number() over (
        partition by customer_id, balance_date, coalesce(currency, $base_currency)
        order by file_no desc, source_row desc
    ) > 1 as is_repeated
from raw.ledger_balances
