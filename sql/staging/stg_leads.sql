-- One row is one inquiry. Where a lead is listed more than once the latest row counts; the others stay, with is_repeated.
select
    * exclude (status),
    coalesce(status, 'new') as status,
    row_number() over (partition by lead_id order by file_no desc, source_row desc) > 1 as is_repeated
from raw.leads
