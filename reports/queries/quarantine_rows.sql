-- One row is one source row in quarantine now, as it goes back to the clerk: by file and row.
select
    coalesce(file_name, '') as file_name,
    coalesce(source_part, '') as source_part,
    coalesce(source_row, 0) as source_row,
    coalesce(kind, '') as kind,
    coalesce(document_key, '') as document_key,
    coalesce(column_name, '') as column_name,
    coalesce(found, '') as found,
    coalesce(expected_zh, expected, '') as expected_zh,
    coalesce(expected, '') as expected_en,
    coalesce(reason_zh, reason_code, '') as reason_zh,
    coalesce(reason_en, reason_code, '') as reason_en,
    amount,
    coalesce(currency, '') as currency,
from ops.quarantine
where status = 'open'
order by file_name, source_part, source_row, column_name
limit 100000
