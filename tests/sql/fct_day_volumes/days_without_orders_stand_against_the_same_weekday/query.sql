select
    kind,
    date,
    is_recent,
    document_count,
    base_amount,
    week_count,
    usual_count,
    highest_count,
    highest_base_amount
from marts.fct_day_volumes
where date in ('2026-09-07', '2026-09-14', '2026-09-21', '2026-09-22')
