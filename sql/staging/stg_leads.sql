-- One row is one inquiry. Where a lead is listed more than once the latest row counts; the others stay, with is_repeated.
with
latest as (
    select
        lead_id,
        max(file_no * 10000000000::bigint + source_row) as row_key
    from raw.leads
    group by lead_id
    having count(*) > 1
)

select
    leads.* exclude (status),
    coalesce(leads.status, 'new') as status,
    coalesce(leads.file_no * 10000000000::bigint + leads.source_row < latest.row_key, false) as is_repeated
from raw.leads as leads
left join latest on leads.lead_id = latest.lead_id
