-- One row is one reason and kind of rows in quarantine now: how many, and the money they would have carried. Amounts of
-- other currencies are left out of the sum, never added to it.
select
    reason_code as code,
    any_value(reason_zh) as reason_zh,
    any_value(reason_en) as reason_en,
    kind,
    count(*) as rows,
    coalesce(sum(abs(amount)) filter (where coalesce(currency, $base_currency) = $base_currency), 0)::decimal(18, 4) as amount,
from ops.quarantine
where status = 'open'
group by all
order by rows desc, code, kind
